"""Spins by chance, by descent, and by simulated annealing on a computer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Array

if TYPE_CHECKING:
    from analoghop.problems.spins.ising import Ising

Spins = NDArray[np.float64]

RANDOM = 100
DESCENTS = 10
READS, SWEEPS = 10, 1000
MOST_FLIPS = 200_000
"""Flips of all descents together: fewer descents are made where one takes many."""


def baselines(ising: Ising, seed: int) -> Mapping[str, float]:
    """Return mean energies by name: what one run of each method is expected to give.

    `random`: 100 states; `1-opt`: descents from 10 of them; with dwave-samplers installed, `simulated
    annealing`: 10 runs of 1000 sweeps, and the best of them.
    """
    rng = np.random.default_rng(seed)
    states = rng.choice((-1.0, 1.0), size=(ising.n, RANDOM))
    descents = max(1, min(DESCENTS, MOST_FLIPS // ising.n))
    settled = np.stack([one_opt(ising, s) for s in states.T[:descents]], axis=1)
    found = {
        "random": float(ising.energy(states).mean()),
        "1-opt": float(ising.energy(settled).mean()),
    }
    annealed = simulated_annealing(ising, seed)
    if annealed is not None:
        energies = ising.energy(annealed)
        found["simulated annealing"] = float(energies.mean())
        found[f"simulated annealing, best of {READS}"] = float(energies.min())
    return found


def one_opt(ising: Ising, spins: Array) -> Spins:
    """Return `spins` (n,) after flips of the spin that lowers the energy most, as long as one does."""
    J, s = ising.matrix, spins.copy()
    first, others, values = J.indptr, J.indices, J.data
    field = J @ s + ising.h
    gain = -s * field
    floor = 1e-12 * max(float(np.abs(gain).max()), 1e-300)
    while True:
        i = int(np.argmax(gain))
        if gain[i] <= floor:
            return s
        s[i] = -s[i]
        gain[i] = -gain[i]
        near = slice(first[i], first[i + 1])
        gain[others[near]] -= 2.0 * s[i] * values[near] * s[others[near]]


def simulated_annealing(ising: Ising, seed: int, reads: int = READS, sweeps: int = SWEEPS) -> Spins | None:
    """Return the ends (n, reads) of simulated annealing by dwave-samplers; None where it is not installed."""
    try:
        from dimod import BinaryQuadraticModel, Vartype
        from dwave.samplers import SimulatedAnnealingSampler
    except ImportError:
        return None
    i, j = ising.pairs.T
    model = BinaryQuadraticModel.from_numpy_vectors(-ising.h, (i, j, -ising.J), ising.constant, Vartype.SPIN)
    model.add_linear_from((k, 0.0) for k in range(ising.n))
    ends = SimulatedAnnealingSampler().sample(model, num_reads=reads, num_sweeps=sweeps, seed=seed)
    order = np.argsort(list(ends.variables))
    return np.asarray(ends.record.sample[:, order].T, dtype=np.float64)
