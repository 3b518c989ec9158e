"""Changes of a circuit on the bench: knobs that all networks have, faults, anneals."""
