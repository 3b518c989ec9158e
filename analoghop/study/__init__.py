"""Studies of circuits that need more than one run."""
