"""A system as tables, and its rates of change in the kernels."""
