"""Figures about associative memories."""
