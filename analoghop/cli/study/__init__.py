"""`analoghop study`: studies of how a circuit computes."""
