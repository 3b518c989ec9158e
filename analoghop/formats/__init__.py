"""Readers and writers of files: plain records, exact round trips, atomic writes."""
