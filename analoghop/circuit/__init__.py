"""Circuits: what is soldered, read from decks, reduced to systems, and written back."""
