"""Facts that registry publishes."""
