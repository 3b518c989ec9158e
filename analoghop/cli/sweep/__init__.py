"""The verb `sweep`: studies from files."""
