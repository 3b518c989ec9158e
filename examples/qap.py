"""Quadratic assignment by an analog circuit, compared with standard methods. Writes qap.png."""

from pathlib import Path

import analoghop
from analoghop import QAP, entry_of, trace
from analoghop.plotting import save_figure, solved

INSTANCE = Path(__file__).parent / "instances" / "tai12a.dat"

if __name__ == "__main__":
    problem = QAP.read(INSTANCE)
    result = analoghop.solve(problem, starts=10, seed=0)

    summary = result.to_dict()
    print(f"{result.valid} of {summary['starts']} anneals end in an assignment")
    print(f"best known {summary['best_known']:.0f}; best {summary['cost_best']:.0f}")
    for name, cost in summary["baselines"].items():
        print(f"  {name:<8} {cost:9.0f}")

    encoding = entry_of(problem).formulation("potts")().encode(problem)
    best = list(result.starts).index(result.best)
    save_figure(solved(problem, result, trace(encoding, result.seed, best)), "qap.png")
