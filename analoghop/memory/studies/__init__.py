"""Studies of memories: how recall depends on load, damage, gain, temperature and faults."""
