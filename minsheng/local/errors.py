"""What a person is told when an installation cannot do what was asked; the text says what is missing and what to do."""


class CannotStart(Exception):
    """Something the machine lacks or holds keeps the installation from starting; the message is shown as it is."""


class AlreadyRunning(CannotStart):
    """Another supervisor holds this installation."""


class NotRunning(Exception):
    """Nothing runs in this home, or not the program that was named."""
