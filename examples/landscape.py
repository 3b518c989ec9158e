"""The landscape of two amplifiers: the energy surface, its minima, and the barriers between them.

Writes surface.png and tree.png.
"""

import numpy as np

from analoghop import Amplifiers, Network, Tanh
from analoghop.plotting import save_figure
from analoghop.study import critical_gain, energy_surface, landscape, string_between

T = np.array([[1.0, 0.2], [0.2, 1.0]])  # siemens

if __name__ == "__main__":
    circuit = Network(T, Amplifiers.uniform(Tanh(), 2, gain=1.8))
    print(f"critical gain {critical_gain(circuit):.6f}")
    surface = energy_surface(circuit)
    print("\n".join(surface.lines))
    tree = landscape(circuit)
    print("\n".join(tree.lines))
    string = string_between(circuit, tree["minima"][0], tree["minima"][2])
    print(f"by a string between two minima: {string.message}")
    save_figure(surface.plot(), "surface.png")
    save_figure(tree.plot(), "tree.png")
