"""Programs of 0/1 variables in LP format."""
