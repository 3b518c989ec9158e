"""A bifurcation diagram: two coupled amplifiers have 1, 3, 5, then 9 equilibria while their gain rises.

Writes bifurcations.png.
"""

import numpy as np

from analoghop import Amplifiers, Network, Tanh, continuation, equilibria
from analoghop.plotting import save_figure

T = np.array([[1.0, 0.2], [0.2, 1.0]])  # siemens

if __name__ == "__main__":
    circuit = Network(T, Amplifiers.uniform(Tanh(), 2))
    diagram = continuation(circuit, "gain", (0.5, 2.5))
    print("\n".join(diagram.lines))
    print(f"the first at 1/lambda_max = {1 / np.linalg.eigvalsh(T)[-1]:.9f}")
    gains = [0.8, 1.0, 1.4, 2.0]
    for gain, count, stable in zip(gains, *diagram.counts(gains), strict=True):
        found = equilibria(Network(T, Amplifiers.uniform(Tanh(), 2, gain=gain)), starts=64)
        print(f"gain {gain}: {count} equilibria, {stable} stable; Newton's method finds {len(found)}")
    save_figure(diagram.plot(), "bifurcations.png")
