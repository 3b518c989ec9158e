"""Synthesis: circuits of elements that have the equations of a given system."""
