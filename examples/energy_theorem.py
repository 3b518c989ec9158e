"""The energy theorem needs a symmetric coupling: in a ring without it E rises. Writes energy_theorem.png."""

import numpy as np
from matplotlib.figure import Figure

from analoghop import Amplifiers, Network, Tanh, simulate
from analoghop.plotting import energy

RING = np.array([[0.0, 0.0, -2.0], [-2.0, 0.0, 0.0], [0.0, -2.0, 0.0]])

if __name__ == "__main__":
    amplifiers = Amplifiers.uniform(Tanh(), 3, gain=2.0)
    figure = Figure(figsize=(9, 4), layout="constrained")
    for axes, (title, T) in zip(
        figure.subplots(1, 2), (("symmetric", (RING + RING.T) / 2), ("a ring", RING)), strict=True
    ):
        network = Network(T, amplifiers)
        solution = simulate(network, tstop=20.0, x0=[0.3, -0.2, 0.1])
        record = solution.energy
        print(
            f"{title}: rises by {record.largest_rise:.3g}, guaranteed: {record.guaranteed} ({record.reason})"
        )
        energy(solution, axes)
    figure.savefig("energy_theorem.png", dpi=120)
