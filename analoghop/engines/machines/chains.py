"""Anneals of chains in NumPy: what the compiled kernel does."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analoghop.engines.machines.chains_tables import SWEEPS, Program, noise, places, tape


def anneal(program: Program, start: NDArray[Any], keys: NDArray[np.uint32]) -> NDArray[Any]:
    """Return the outputs (members, units, slots) after the anneals from the inputs `start`, as large.

    V is projected by one sweep in each step, chains and then slots, from the potentials of the last.
    `keys` (members,) are those of the noise.
    """
    A, bias, first, levels, dt = program
    number = A.dtype.type
    u = start.copy()
    widths = np.diff(first)
    f = np.maximum.reduceat(u, first[:-1], axis=1).max(axis=2)
    m = np.zeros((len(u), u.shape[2]), A.dtype)
    V = np.zeros_like(u)
    one = number(1.0)

    def sweep(T: Any) -> None:
        nonlocal f, m, V
        V = np.exp((u - np.repeat(f, widths, axis=1)[:, :, None] - m[:, None, :]) * (one / T))
        r = one / np.add.reduceat(V.sum(axis=2), first[:-1], axis=1)
        V *= np.repeat(r, widths, axis=1)[:, :, None]
        c = one / V.sum(axis=1)
        V *= c[:, None, :]
        f = f - T * np.log(r)
        m = m - T * np.log(c)

    read = [places(len(levels), u.shape[1], key) for key in keys]
    with np.errstate(all="ignore"):
        for k, (T, g, amplitude) in enumerate(levels):
            sweep(T)
            pull = -bias[None] - g * V
            pull[:, :, :-1] += A @ V[:, :, 1:]
            pull[:, :, 1:] += A.T @ V[:, :, :-1]
            u = (one - dt) * u - dt * pull
            if amplitude != 0:
                shots = [noise(tape(str(A.dtype)), where[k], *u.shape[1:]) for where in read]
                u += amplitude * np.stack(shots)
        for _ in range(SWEEPS):
            sweep(levels[-1, 0])
    return V
