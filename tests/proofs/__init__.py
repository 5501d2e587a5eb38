"""Which tests prove which rule: read from the tests' docstrings, written to `docs/rules.md` (`python -m tests.proofs [--check]`)."""
