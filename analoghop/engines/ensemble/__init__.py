"""Many trajectories at once, each with a step of its own, on NumPy or PyTorch."""
