"""Recognition of amplifiers in the expressions of a deck."""
