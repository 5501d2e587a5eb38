"""The way of a command: key, load, check, decide, append, answer. Nothing here knows HTTP."""

from kit.commands.answer import Answer, Cause, Stored
from kit.commands.path import CommandPath
from kit.commands.request import Keys

__all__ = ["Answer", "Cause", "CommandPath", "Keys", "Stored"]
