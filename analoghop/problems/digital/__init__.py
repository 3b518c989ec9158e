"""Plain digital methods, to judge a circuit's answers against."""
