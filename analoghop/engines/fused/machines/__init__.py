"""Compiled machines: replicas side by side in the vector registers."""
