"""Hopfield's flip-flop from a deck: its phase plane and its energy over time. Writes flipflop.png."""

from pathlib import Path

import analoghop
from analoghop.plotting import overview, save_figure

DECK = Path(__file__).parents[1] / "circuits" / "flipflop.cir"

if __name__ == "__main__":
    solution = analoghop.simulate(DECK)
    print(solution.status.value, solution.final["v(v1)"], solution.final["v(v2)"])
    print(
        "energy falls by", solution.energy.drop, "W and rises by at most", solution.energy.largest_rise, "W"
    )
    save_figure(overview(solution), "flipflop.png")
