"""Files of problems other than graphs and tours."""
