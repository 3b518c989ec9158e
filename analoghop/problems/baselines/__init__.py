"""Standard digital algorithms, for comparison with circuits."""
