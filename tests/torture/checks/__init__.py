"""What must be true after the torture. Each checker reads the databases, the topic and the clients' own logs, and says what is wrong."""
