"""Machines: circuits that step by their own rule, run in blocks of members."""
