"""The demonstration: case files of invented families, played through the public HTTP APIs, and what the read side then says."""
