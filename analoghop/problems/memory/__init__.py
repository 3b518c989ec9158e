"""Associative memories: patterns, learning rules, circuits, discrete models, and what was recalled."""
