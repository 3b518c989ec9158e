"""Numbers of the projection onto doubly stochastic matrices, which NumPy and the compiled kernel share."""

SWEEPS = 20
"""Sweeps of a close projection."""
STEEPEST = 60.0
"""Logarithm that a sweep corrects a row by; more comes with the next ones."""
LEAST = 1e-30
"""Sum that a sweep corrects by: where a row or a column is lost, its scale stays a number."""
FEW = 8
"""Non-zero entries of a circulant up to which shifts are faster than a product."""
