"""Tours from an analog circuit in one line, and their baselines. Writes tsp.png."""

from pathlib import Path

import analoghop
from analoghop import TSP, entry_of, trace
from analoghop.plotting import save_figure, solved

INSTANCE = Path(__file__).parent / "instances" / "berlin52.tsp"

if __name__ == "__main__":
    problem = TSP.read(INSTANCE)
    result = analoghop.solve(problem, starts=10, seed=0, polish="2opt")

    summary = result.to_dict()
    after, control = summary["polished"]["gap_mean"], summary["polished"]["control"]["gap_mean"]
    print(
        f"{result.valid} of {summary['starts']} anneals end in a tour,",
        f"{summary['gap_mean']:.1f} % over the optimum",
    )
    print(f"after 2-opt {after:.1f} %; as many random tours after 2-opt {control:.1f} %")
    for name, length in summary["baselines"].items():
        print(f"  {name:<18} {length:9.1f}")

    encoding = entry_of(problem).formulation("potts")().encode(problem)
    best = list(result.starts).index(result.best)
    save_figure(solved(problem, result, trace(encoding, result.seed, best)), "tsp.png")
