"""One trajectory by the solvers of SciPy, recorded and audited step by step."""
