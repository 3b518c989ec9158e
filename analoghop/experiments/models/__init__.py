"""What a study computes at its points: decks, problems, memories and Python functions."""
