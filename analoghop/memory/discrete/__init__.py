"""The binary and the stochastic model of memories."""
