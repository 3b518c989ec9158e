"""Files of patterns, couplings, and what a study of memories has measured."""
