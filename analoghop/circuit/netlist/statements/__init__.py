"""The parsers of a deck's statements, one module per kind."""
