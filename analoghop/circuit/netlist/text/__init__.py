"""The text of a deck: files, lines, fields, and where they stand."""
