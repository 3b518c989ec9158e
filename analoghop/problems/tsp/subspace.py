"""`Subspace`: outputs confined to squares with row and column sums of one, with hysteretic annealing."""

from __future__ import annotations

import math
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
from analoghop.problems.tsp.weights import centred, scaled
from analoghop.schedules import Schedule
from analoghop.systems.circuits.network import Network


@dataclass(frozen=True)
class Subspace(Formulation[TSP]):
    """Aiyer, Niranjan & Fallside (1990), IEEE Trans. Neural Netw. 1:204; Gee & Prager (1995), ibid. 6:280.

    Squares whose rows and columns sum to one are an affine subspace; the coupling `confine` (None: 20, or n/4
    if that is larger) drives V back to it, and the tour's length acts inside. Both are in units of the tour
    term's largest eigenvalue there. The amplifiers' gain rises: u0 goes from `start_temperature` to
    `end_temperature` times the value at which the uniform state loses its stability. Each output is coupled
    to itself by `self_coupling` (None: 2/n + 15/n^2; with less, small rings end at outputs of 1/2): the
    curvature of the energy changes from positive to negative, which is hysteretic annealing. Initial inputs
    are within `jitter` u0 of the uniform state. `duration` in time constants.
    """

    confine: float | None = option(
        None,
        "force that drives rows and columns to sums of one",
        "largest eigenvalue of the length",
        above=0,
        none="20, or a quarter of the cities",
    )
    self_coupling: float | None = option(
        None,
        "self-coupling of an output",
        "largest eigenvalue of the length",
        none="2/n + 15/n^2 for n cities",
    )
    start_temperature: float = option(1.2, "temperature at the beginning", "critical temperature", above=0)
    end_temperature: float = option(0.15, "temperature at the end", "critical temperature", above=0)
    jitter: float = option(0.001, "random part of the initial inputs", "u0", low=0)
    duration: float = option(200.0, "duration of the anneal", "time constants", above=0)

    name: ClassVar[str] = "subspace"
    purpose: ClassVar[str] = "outputs confined to sums of one, hardened by rising gain and self-coupling"

    def encode(self, problem: TSP) -> GridEncoding:
        """Return the circuit of `problem`."""
        n = problem.size
        W = centred(scaled(problem.distances))
        W = W / _largest_eigenvalue(W)
        g = 2.0 / n + 15.0 / n**2 if self.self_coupling is None else self.self_coupling
        c = max(20.0, 0.25 * n) if self.confine is None else self.confine
        critical = 2.0 * (1.0 + g) * (n - 1) / n**2
        u0 = self.start_temperature * critical
        one, all_ = Eye(n), Ones(n)
        T = (
            g * Kron(one, one)
            - (c / n) * (Kron(one, all_) + Kron(all_, one))
            + (c / n**2) * Kron(all_, all_)
            - tour_coupling(W)
        )
        resting = -0.5 * u0 * math.log(n - 1)  # input at which all outputs are 1/n
        system = Network(
            T,
            Amplifiers.uniform(Logistic(), n * n, gain=2.0 / u0),
            bias=np.array((c - g) / n + resting),
            gain_factor=Schedule(
                np.array([0.0, self.duration]),
                np.array([1.0, self.start_temperature / self.end_temperature]),
                "geometric",
            ),
            names=place_names(n),
        )
        parameters: dict[str, float | int | str | bool] = {
            "confine": c,
            "own": g,
            "u0_critical": critical,
            "hot": self.start_temperature,
            "cold": self.end_temperature,
            "jitter": self.jitter,
        }
        return GridEncoding(
            problem,
            system,
            self.duration,
            parameters,
            np.full(n * n, resting),
            self.jitter * u0,
            forgets="it starts at a gain where the uniform state is stable, and would lose the answer",
        )


def _largest_eigenvalue(W: Array) -> float:
    """Return the largest eigenvalue of the tour term on the ring's longest and shortest waves."""
    n = len(W)
    turns = (np.exp(2j * np.pi * k / n) for k in (1, n // 2))
    largest = max(float(np.linalg.eigvalsh(-(W * z + W.T * z.conjugate()))[-1]) for z in turns)
    return largest if largest > 1e-12 else 1.0  # all tours have equal lengths
