"""Facts that eldercare publishes."""
