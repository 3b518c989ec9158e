"""Reduction of a circuit to a system of ordinary differential equations."""
