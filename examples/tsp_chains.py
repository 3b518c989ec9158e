"""A search that uses a small circuit many times to improve raw anneals, and 2-opt. Writes tsp_chains.png."""

from pathlib import Path

import analoghop
from analoghop import TSP, ChainSearch, Potts
from analoghop.plotting import save_figure, tour

INSTANCE = Path(__file__).parent / "instances" / "kroA100.tsp"

if __name__ == "__main__":
    problem = TSP.read(INSTANCE)
    result = analoghop.solve(problem, Potts(steps=1000), starts=2, search="chains", polish="2opt")

    summary = result.to_dict()
    print(f"single anneals, raw:       {summary['gap_mean']:6.2f} % above the optimum")
    print(f"2-opt from these:          {summary['polished']['gap_mean']:6.2f} %")
    print(f"2-opt from random tours:   {summary['polished']['control']['gap_mean']:6.2f} %")
    search = summary["search"]
    print(f"chains, {search['calls'] / search['runs']:.0f} calls per run: {search['gap_mean']:6.2f} %")
    print("one use of the circuit is", ChainSearch().steps, "steps of 0.2 time constants")

    save_figure(tour(problem, search["answer"]).figure, "tsp_chains.png")
