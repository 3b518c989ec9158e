"""Encode, simulate, decode, verify: each step separately, with SciPy. Writes tsp_in_pieces.png."""

from pathlib import Path

import numpy as np

from analoghop import TSP, Potts, simulate
from analoghop.plotting import energy, save_figure

INSTANCE = Path(__file__).parent / "instances" / "ht10.csv"

if __name__ == "__main__":
    problem = TSP.read(INSTANCE)
    encoding = Potts(kernel=False, sigma=0.0).encode(problem)
    print("amplifiers:", encoding.system.n_outputs, " critical temperature:", encoding.parameters["Tc"])

    start = encoding.start(seed=0, index=np.array([0]))
    solution = simulate(encoding.system, tstop=encoding.duration, x0=start)
    print(f"{solution.counts.steps} steps; may the energy rise? {solution.system.theorem.reason}")

    raw = encoding.decode(solution.outputs[:, -1:])[0]
    print("tour:", raw.answer, " violations:", dict(raw.violations))
    print("verdict:", problem.verify(raw.answer))
    held = encoding.embed(raw.answer)
    print("the same length from the outputs:", float(encoding.objective(held)[0]))

    save_figure(energy(solution).figure, "tsp_in_pieces.png")
