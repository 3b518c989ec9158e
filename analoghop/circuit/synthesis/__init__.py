"""From systems back to circuits of parts."""
