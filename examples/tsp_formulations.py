"""Five circuits for one tour through ten cities, 1985 to today. Writes tsp_formulations.png."""

from pathlib import Path

import matplotlib
import numpy as np

import analoghop
from analoghop import TSP, entry_of
from analoghop.plotting import save_figure

matplotlib.use("Agg")
INSTANCE = Path(__file__).parent / "instances" / "ht10.csv"
BEST = 2.6906706370094136  # by enumeration
ORDER = ("hopfield-tank", "guaranteed", "subspace", "elastic", "potts")
STARTS = {"hopfield-tank": 200, "guaranteed": 200, "subspace": 20, "elastic": 20, "potts": 20}

if __name__ == "__main__":
    import matplotlib.pyplot as plt

    problem = TSP.read(INSTANCE)
    results = [
        analoghop.solve(problem, name, starts=STARTS[name], best_known=BEST, baselines=False)
        for name in ORDER
    ]
    random = np.random.default_rng(0)
    lengths = [problem.length(random.permutation(10)) for _ in range(1000)]

    figure, axes = plt.subplots(len(ORDER), 1, figsize=(7, 8), sharex=True, layout="constrained")
    bins = np.arange(-1, 142, 2)
    for ax, result in zip(axes, results, strict=True):
        summary = result.to_dict()
        gaps = 100 * (np.array(result.costs) / BEST - 1)
        title = (
            f"{result.formulation}: {100 * summary['valid_rate']:.0f} % of {summary['starts']} starts valid"
        )
        title += f", on average {gaps.mean():.1f} % too long" if len(gaps) else ""
        print(title)
        shares = np.full(len(gaps), 100 / len(result.starts))
        ax.hist(gaps, bins, weights=shares, color="C0")
        ax.hist(100 * (np.array(lengths) / BEST - 1), bins, weights=np.full(1000, 0.1), color="0.8", zorder=0)
        ax.set(title=title, ylabel="% of starts")
        ax.title.set_fontsize(9)
    known = entry_of(problem).formulations
    print("purposes:", *(f"  {name}: {known[name].purpose}" for name in ORDER), sep="\n")
    axes[-1].set_xlabel("excess length in % (grey: random tours)")
    save_figure(figure, "tsp_formulations.png")
