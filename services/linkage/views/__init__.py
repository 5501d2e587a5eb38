"""Facts in, rows out: one module per read model. A row is fed by one topic and one Kafka key (ruling 3 of the design)."""
