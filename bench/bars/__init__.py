"""The bars: one module a kind, each with functions (ground) -> figure. `bench.suite` lists them with their goals."""
