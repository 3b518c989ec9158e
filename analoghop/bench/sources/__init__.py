"""The circuits that can be put on the bench: decks and problems."""
