"""Constants of the projection onto doubly stochastic matrices, shared by NumPy and the compiled kernel."""

SWEEPS = 20
"""Sweeps of a close projection."""
STEEPEST = 60.0
"""Largest change of the logarithm of a row's scale in a sweep; the next sweeps correct the rest."""
LEAST = 1e-30
"""Least sum that a sweep divides by, so that the scale of a row or column of zeros stays finite."""
FEW = 8
"""Largest number of non-zero entries of a circulant for which shifts are faster than a product."""
