"""From equations to a circuit: a memory as a deck for ngspice. Writes build_a_network.cir and .png."""

from pathlib import Path

import numpy as np

from analoghop import Amplifiers, Network, Tanh, Tran, netlist, simulate, synthesize
from analoghop.plotting import coupling, save_figure

if __name__ == "__main__":
    rng = np.random.default_rng(1)
    patterns = rng.choice([-1.0, 1.0], (3, 32))
    T = patterns.T @ patterns / 32
    np.fill_diagonal(T, 0.0)
    network = Network(T, Amplifiers.uniform(Tanh(), 32, gain=5.0))
    cue = patterns[0] * np.where(np.arange(32) < 6, -1.0, 1.0)  # six of 32 bits are wrong

    built = synthesize(network, impedance=1e4, start=0.2 * cue, tran=Tran(1e-2, 20.0, uic=True))
    print(f"voltages are scaled by {built.scale}; {len(built.circuit.elements)} parts")
    Path("build_a_network.cir").write_text(netlist.format(built.circuit))

    solution = simulate(built.circuit)
    recalled = np.sign([solution[f"v(v{k + 1})"][-1] for k in range(32)])
    print("bits that agree with the memory:", int((recalled == patterns[0]).sum()), "of 32")
    axes = coupling(solution)
    save_figure(axes.figure, "build_a_network.png")
