"""`Guaranteed`: Hopfield's circuit with parameters for which every stable state is a tour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from analoghop.activations import Logistic
from analoghop.amplifiers import Amplifiers
from analoghop.arrays import Array
from analoghop.couplings import Eye, Kron, Ones
from analoghop.problems.base import Formulation
from analoghop.problems.option import option
from analoghop.problems.tsp.grid import GridEncoding, place_names, tour_coupling
from analoghop.problems.tsp.instance import TSP
from analoghop.systems.circuits.network import Network

DURATION = 4.0  # per city: ten times the time in which berlin52 saturates
RETURN = 20.0  # divided by C: amplifiers at their rails cost no steps


@dataclass(frozen=True)
class Guaranteed(Formulation[TSP]):
    """Talavan & Yanez (2002), Neural Networks 15:237: valid tours, but poor ones.

    Distances are in units of the longest; with rho the shortest of them, D = 1, B = 3 + C, A = B - rho,
    N = n + 3/C: at a tour, all outputs outside it are driven down, and at every other corner some output is
    driven away, but perhaps by no more than `C`: one of the two cities nearest to each other, if it is twice
    next to the other. `C` is free; the larger it is, the sooner such a state is left, and the longer are the
    tours; None: 1/n^2. Inputs are integrators; a `leak` gives them a time constant 1/leak, which a deck of
    resistors needs. Amplifiers are (1 + tanh(u / u0)) / 2. The circuit starts within `jitter` of the saddle
    at which all positions have equal outputs. `duration` in units of C/G of a unit conductance; None: 4 for
    each city, plus 20/C for inputs that have to return from the rails.
    """

    C: float | None = option(
        None,
        "strength by which a state that is no tour is left",
        "longest distance",
        above=0,
        none="1/n^2 for n cities",
    )
    u0: float = option(0.3, "input at which an amplifier bends", above=0)
    leak: float = option(0.0, "leak of the inputs", "unit conductance", low=0)
    jitter: float = option(0.001, "random part of the start beside the saddle", low=0)
    duration: float | None = option(
        None, "duration of the run", "C/G of a unit conductance", above=0, none="4 for each city, and 20/C"
    )

    name: ClassVar[str] = "guaranteed"
    purpose: ClassVar[str] = "parameters that make every end state a tour, a long one"

    def encode(self, problem: TSP) -> GridEncoding:
        """Return the circuit of `problem`."""
        n = problem.size
        C = 1.0 / n**2 if self.C is None else self.C
        longest = float(problem.distances.max())
        d = problem.distances / longest if longest > 0 else problem.distances
        rho = float(d[~np.eye(n, dtype=bool)].min())
        B = 3.0 + C
        A, N = B - rho, n + 3.0 / C
        one, all_ = Eye(n), Ones(n)
        T = -A * Kron(one, all_ - one) - B * Kron(all_ - one, one) - C * Kron(all_, all_) - tour_coupling(d)
        bank = Amplifiers.uniform(Logistic(), n * n, gain=2.0 / self.u0)
        system = Network(T, bank, G=np.array(self.leak), bias=np.array(C * N), names=place_names(n))
        column = (B + n * C) * np.ones((n, n)) + ((n - 1) * A - B) * np.eye(n) + d + d.T
        v = _saddle(column, C * N, self.leak, self.u0)
        duration = DURATION * n + RETURN / C if self.duration is None else self.duration
        parameters: dict[str, float | int | str | bool] = {
            "A": A,
            "B": B,
            "C": C,
            "D": 1.0,
            "N": N,
            "rho": rho,
            "unit": longest,
            "u0": self.u0,
            "leak": self.leak,
            "jitter": self.jitter,
        }
        centre = np.repeat(_input(v, self.u0), n)
        return GridEncoding(problem, system, duration, parameters, centre, self.jitter)


def _input(v: Array, u0: float) -> Array:
    return np.asarray(0.5 * u0 * np.log(v / (1.0 - v)))


def _saddle(M: Array, drive: float, leak: float, u0: float) -> Array:
    """Return the outputs v (n) of each city, equal in all positions, with M v + leak u(v) = drive.

    By Newton's method, exact in one step without leak. If the saddle of few cities lies beyond the rails, all
    outputs are equal.
    """
    least = 0.01 / len(M)
    v = np.full(len(M), 1.0 / len(M))
    for _ in range(50):
        slope = M + np.diag(leak * 0.5 * u0 / (v * (1.0 - v)))
        change = np.linalg.solve(slope, drive - M @ v - leak * _input(v, u0))
        if np.abs(change).max() < 1e-14:
            break
        v = np.clip(v + change, np.maximum(least, 0.1 * v), np.minimum(1.0 - least, 0.9 + 0.1 * v))
    beyond = v.min() <= least or v.max() >= 1.0 - least
    return np.full(len(M), drive / M.sum(axis=1).mean()) if beyond else v
