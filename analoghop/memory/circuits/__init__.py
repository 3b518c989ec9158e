"""Memories as circuits."""
