"""The binary and the stochastic model of memories, updated in sweeps over the units."""
