"""Compiled steps of machines: replicas in the lanes of the vector registers."""
