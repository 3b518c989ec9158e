"""Digital methods to judge circuits against."""
