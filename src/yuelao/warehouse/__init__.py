"""The analytical store: the data contract, what brings data to it, the lake that keeps it, and what is read from it."""
