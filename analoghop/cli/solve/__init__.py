"""The verbs for problems."""
