"""Figures about circuits that solve problems."""
