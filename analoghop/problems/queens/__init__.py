"""The problem of n queens."""
