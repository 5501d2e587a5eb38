"""Facts that charity publishes."""
