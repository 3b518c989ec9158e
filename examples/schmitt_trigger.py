"""A Schmitt trigger: how wide its hysteresis is for each gain, followed up and down, beside the formula.

Writes schmitt_trigger.png.
"""

import math
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from analoghop import dc

DECK = """Schmitt trigger
.param gain=10
V1 in 0 0
R1 in u 10k
R2 out u 10k
C1 u 0 1n
B1 out 0 V=tanh(gain*V(u))
.nodeset v(u)=-1
"""


def fold(gain: float) -> float:
    """The slope of the loop is one where gain (1 - v^2) = 2; below gain 2 it never is."""
    v = math.sqrt(max(1 - 2 / gain, 0.0))
    return v - 2 * math.atanh(v) / gain


if __name__ == "__main__":
    deck = Path("trigger.cir")
    deck.write_text(DECK)
    figure = Figure(figsize=(9, 4), layout="constrained")
    left, right = figure.subplots(1, 2)
    dc(deck, {"v1": np.linspace(-1, 1, 201)}).plot("v(out)", ax=left)
    gains = np.linspace(2.2, 20, 10)
    folds = []
    for gain in gains:
        curve = dc(deck, {"v1": np.linspace(-1, 1, 41)}, parameters={"gain": float(gain)})
        folds.append(curve.folds[0].value)
        print(f"gain {gain:5.2f}: fold at {folds[-1]:.9f} V, by the formula {fold(gain):.9f} V")
    right.plot(gains, folds, "o", label="followed")
    right.plot(gains, [fold(gain) for gain in gains], label="formula")
    right.set(xlabel="gain", ylabel="fold (V)")
    right.legend()
    figure.savefig("schmitt_trigger.png")
