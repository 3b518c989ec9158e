"""Max-cut of a frustrated grid by five Ising machines and by simulated annealing. Writes maxcut.png."""

import numpy as np

import analoghop
from analoghop import Graph, MaxCut, entry_of, trace
from analoghop.plotting import save_figure, solved

SIDE = 12


def torus(side: int, seed: int) -> Graph:
    """A square grid, closed to a torus, with weights -1 and 1 at random."""
    spin = np.arange(side * side).reshape(side, side)
    edges = [np.stack([spin.ravel(), np.roll(spin, -1, axis).ravel()], axis=1) for axis in (0, 1)]
    weights = np.random.default_rng(seed).choice((-1.0, 1.0), 2 * side * side)
    places = [(k % side, k // side) for k in range(side * side)]
    return Graph.of(side * side, np.concatenate(edges), weights, f"torus{side}", places)


if __name__ == "__main__":
    problem = MaxCut(torus(SIDE, seed=0))
    results = {
        machine: analoghop.solve(problem, machine, starts=16, seed=0, baselines=machine == "inertial")
        for machine in entry_of(problem).formulations
    }
    best = max(max(result.costs) for result in results.values())
    for machine, result in results.items():
        hits = sum(cost == best for cost in result.costs)
        mean = np.mean(result.costs)
        print(f"{machine:<10} best {max(result.costs):g}, mean {mean:.1f}, {hits} of 16 at {best:g}")
    for name, cost in results["inertial"].baselines.items():
        print(f"  {name:<32} {cost:.1f}")

    result = results["amplitude"]
    encoding = entry_of(problem).formulation("amplitude")().encode(problem)
    run = trace(encoding, result.seed, list(result.starts).index(result.best))
    save_figure(solved(problem, result, run), "maxcut.png")
