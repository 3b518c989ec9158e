"""Studies: what a circuit can do, beyond one run of it."""
