"""Delay: three amplifiers that inhibit each other settle, until their connections are too slow.

Writes delay.png.
"""

import numpy as np

from analoghop import Amplifiers, Network, Tanh
from analoghop.plotting import save_figure
from analoghop.study import delay, pole_threshold, poles

T = -(np.ones((3, 3)) - np.eye(3)) / 2  # siemens

if __name__ == "__main__":
    circuit = Network(T, Amplifiers.uniform(Tanh(), 3, gain=50.0))
    found = delay(circuit, np.linspace(0.5, 0.9, 5), starts=4, tstop=200.0)
    print("\n".join(found.lines))
    for fact in found.facts:
        print(f"{fact.name}: measured {fact.value:.4f} s, by the formula {fact.expected:.4f} s")
    save_figure(found.plot(), "delay.png")
    one = Network([[-1.0]], Amplifiers.uniform(Tanh(), 1))
    for count in (1, 2, 3):
        print(f"{poles(one, count, 0.1).message}; by the formula {pole_threshold(count, 0.1):.4f}")
