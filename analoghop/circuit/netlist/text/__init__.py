"""The text of a deck: files, lines, fields, and their locations."""
