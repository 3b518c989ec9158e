"""Energy to solution: what a cut costs in time and joules, against the length of the anneal.

Writes joules.png.
"""

import numpy as np

from analoghop import MaxCut
from analoghop.plotting import save_figure
from analoghop.study import SolderedCut, joules, joules_scan

if __name__ == "__main__":
    rng = np.random.default_rng(0)
    weights = np.triu(rng.random((30, 30)) < 0.2, 1).astype(float)
    problem = MaxCut(weights + weights.T)
    parts = SolderedCut(R=1e5, C=1e-12, quiescent_w=1e-6)
    print("\n".join(joules(problem, parts, starts=100).lines))
    scan = joules_scan(problem, "duration", [10, 30, 100], parts, starts=100)
    print("\n".join(scan.lines))
    save_figure(scan.plot(), "joules.png")
