"""Sessions on paper: logs, decks with a log, scripts, pages."""
