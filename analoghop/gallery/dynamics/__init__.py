"""Figures about single circuits: their energy, their equilibria, what delay and disorder do to them."""
