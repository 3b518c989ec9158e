"""Integration of one trajectory by SciPy's solvers, recorded and audited step by step."""
