"""The verbs for decks."""
