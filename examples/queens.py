"""Queens on boards of increasing size: every start ends without an attack. Writes queens.png."""

from matplotlib.figure import Figure

import analoghop
from analoghop import Queens
from analoghop.plotting import board, save_figure

SIZES = (4, 8, 20, 60)

if __name__ == "__main__":
    figure = Figure(figsize=(12.0, 3.4), dpi=100, layout="constrained")
    for n, ax in zip(SIZES, figure.subplots(1, len(SIZES)), strict=True):
        problem = Queens(n)
        result = analoghop.solve(problem, starts=16, seed=0)
        chance = result.baselines["random permutation"]
        print(
            f"{n:>3} queens: {result.valid} of 16 starts valid, {result.tau_per_start:.1f} tau each,", end=" "
        )
        print(f"where random permutations have {chance:.1f} pairs that attack")
        board(problem, result.answer or result.starts[0].answer, ax)
    save_figure(figure, "queens.png", {"seed": 0})
