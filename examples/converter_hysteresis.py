"""The 4-bit converter of Tank & Hopfield (1986), swept up and down without a reset: it has hysteresis.

Writes converter_hysteresis.png.
"""

import numpy as np
from matplotlib.figure import Figure

from analoghop import Amplifiers, Logistic, Network, simulate

BITS = 2.0 ** np.arange(4)


def converter(x: float, gain: float = 20.0) -> Network:
    """T_ij = -2^(i+j) off the diagonal, I_i = 2^i x - 2^(2i-1)."""
    T = -np.outer(BITS, BITS)
    np.fill_diagonal(T, 0.0)
    return Network(T, Amplifiers.uniform(Logistic(), 4, gain), bias=BITS * x - BITS**2 / 2)


def sweep(inputs: np.ndarray) -> list[float]:
    u, read = np.zeros(4), []
    for x in inputs:
        network = converter(x)
        solution = simulate(network, x0=u, settle=True)
        u = solution.states[:, -1]
        read.append(float(BITS @ solution.outputs[:, -1]))
    return read


if __name__ == "__main__":
    inputs = np.arange(0.0, 15.01, 0.25)
    up, down = sweep(inputs), sweep(inputs[::-1])[::-1]
    print(
        "up and down differ at", sum(abs(a - b) > 0.5 for a, b in zip(up, down, strict=True)), "of", len(up)
    )
    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = figure.subplots()
    axes.plot(inputs, inputs, color="0.8", label="ideal")
    axes.step(inputs, up, where="mid", label="swept up")
    axes.step(inputs, down, where="mid", linestyle="--", label="swept down")
    axes.set(xlabel="analog input x (V)", ylabel="digital output", title="A converter with a memory")
    axes.legend(frameon=False)
    figure.savefig("converter_hysteresis.png", dpi=120)
