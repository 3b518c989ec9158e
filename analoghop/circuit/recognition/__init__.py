"""Which amplifiers stand behind the expressions of a deck."""
