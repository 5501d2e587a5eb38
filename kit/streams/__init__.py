"""From a service's store to Kafka and from Kafka to whoever listens: messages, topics, the relay, the consumer, its checkpoint."""
