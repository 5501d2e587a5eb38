"""Facts that relief publishes."""
