"""`GridEncoding`: a tour as a square of amplifiers in Hopfield's circuit, cities by positions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Array
from analoghop.couplings import Coupling, Cycle, Dense, Kron
from analoghop.errors import InputError
from analoghop.problems.base import Answer, Encoding, Raw
from analoghop.problems.permutation import permutation_outputs, read_permutations
from analoghop.problems.tsp.instance import TSP
from analoghop.systems.circuits.network import Network

HELD = 0.9
"""Initial output of the amplifiers that are on in starts near a tour; of those that are off: 1 - HELD."""


def tour_coupling(weights: Array) -> Coupling:
    """Return the operator of sum_y W_xy V_y,i+1 + W_yx V_y,i-1 on squares V of cities by positions.

    It is the gradient of the tour's length sum_xyi V_xi W_xy V_y,i+1, applied in n^3 products without a
    matrix of n^4 entries.
    """
    n = len(weights)
    if np.array_equal(weights, weights.T):
        return Kron(Dense(weights), Cycle(n))
    # Each of the products is its own transpose: the sum is known to be symmetric without its matrix.
    ahead = np.roll(np.eye(n), 1, axis=1)
    even, odd = 0.5 * (weights + weights.T), 0.5 * (weights - weights.T)
    return Kron(Dense(even), Cycle(n)) + Kron(Dense(odd), Dense(ahead - ahead.T))


def place_names(n: int) -> tuple[str, ...]:
    """Return the names `<city>_<place>` of n^2 amplifiers, numbered from 1."""
    return tuple(f"{x + 1}_{i + 1}" for x in range(n) for i in range(n))


@dataclass(frozen=True, eq=False)
class GridEncoding(Encoding):
    """A tour in n^2 amplifiers whose initial inputs are within +-`jitter` of `centre` (n^2).

    `forgets` is the reason why the circuit cannot start near a tour, None if it can.
    """

    problem: TSP
    system: Network
    duration: float
    parameters: Mapping[str, float | int | str | bool]
    centre: Array
    jitter: float
    forgets: str | None = None
    tau: float = 1.0
    step: float | None = None

    def start(self, seed: int, index: NDArray[Any]) -> Array:
        """Return inputs with random differences, which decide between tours."""
        return self._around(self.centre, seed, index)

    def start_near(self, answer: Answer, seed: int, index: NDArray[Any]) -> Array:
        """Return inputs at which the outputs are 0.9 for the tour's entries and 0.1 for the others.

        Raises `InputError` if the circuit would not preserve the tour.
        """
        if self.forgets is not None:
            raise InputError(f"this formulation cannot begin near an answer: {self.forgets}")
        v = np.clip(self.embed(answer), 1.0 - HELD, HELD)
        return self._around(self.system.amplifiers.inverse(v)[:, 0], seed, index)

    def _around(self, centre: Array, seed: int, index: NDArray[Any]) -> Array:
        numbers = [np.random.SeedSequence(seed, spawn_key=(int(k),)) for k in index]
        drawn = [np.random.default_rng(number).uniform(-1.0, 1.0, len(centre)) for number in numbers]
        return np.asarray(centre[:, None] + self.jitter * np.stack(drawn, axis=1))

    def decode(self, outputs: Array) -> Sequence[Raw]:
        """Return the tours: the city at each position."""
        return read_permutations(outputs, "cities", "places")

    def embed(self, answer: Answer) -> Array:
        """Return the permutation matrix of a tour."""
        return permutation_outputs(answer)

    def objective(self, outputs: Array) -> Array:
        """Return sum_xyi V_xi d_xy V_y,i+1, the length of the tour that the outputs represent."""
        n = self.problem.size
        V = outputs.reshape(n, n, -1)
        ahead = (self.problem.distances @ np.roll(V, -1, axis=1).reshape(n, -1)).reshape(V.shape)
        return np.asarray(np.sum(V * ahead, axis=(0, 1)))
