"""Associative memories: patterns, learning rules, and recall by circuits and discrete models."""
