"""Lossless lines: waves that arrive after a delay."""
