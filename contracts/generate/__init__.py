"""What is kept of the declared events: a JSON Schema and an example for each version, and one AsyncAPI document.

    python -m contracts.generate            writes what is new; refuses to change what was published incompatibly
    python -m contracts.generate --check    writes nothing; exit code 1 when something is stale, missing or incompatible

The committed schemas are the past that stored facts and other programs rest on; the classes are the present.
"""
