"""Circuits with a step of their own: spin machines, clauses, adaptive lines."""
