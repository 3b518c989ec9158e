"""Machines for spins: cells that are coupled by a symmetric matrix, and biased."""
