"""Machines, circuits with their own rule for steps: spin machines, clauses, adaptive lines."""
