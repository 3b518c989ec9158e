"""Integration of many trajectories at once, each with its own step, on NumPy or PyTorch."""
