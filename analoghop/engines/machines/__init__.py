"""Runs of machines, circuits that step by their own rule, in blocks of members."""
