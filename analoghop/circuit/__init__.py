"""Circuits: their elements, read from decks, reduced to systems of equations, and written back as decks."""
