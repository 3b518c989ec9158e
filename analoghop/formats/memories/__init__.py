"""Files of patterns, couplings, and results of studies of memories."""
