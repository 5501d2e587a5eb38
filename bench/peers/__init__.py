"""The peers' scripts: each is run with the peers' own interpreter, imports nothing of the product, and speaks `bench.peers.protocol`."""
