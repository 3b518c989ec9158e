"""Circuits of associative memories."""
