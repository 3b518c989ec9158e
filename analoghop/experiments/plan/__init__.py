"""What a study computes: its axes, draws and metrics, read from a TOML file or built in Python."""
