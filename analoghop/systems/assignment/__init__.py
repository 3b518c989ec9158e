"""Doubly stochastic networks and what anneals them."""
