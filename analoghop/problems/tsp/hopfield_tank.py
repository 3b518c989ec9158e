"""`HopfieldTank`: the network of Hopfield and Tank (1985) with its published parameters."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from analoghop.activations import Logistic
from analoghop.amplifiers import Amplifiers
from analoghop.couplings import Eye, Kron, Ones
from analoghop.problems.base import Formulation
from analoghop.problems.option import option
from analoghop.problems.tsp.grid import GridEncoding, place_names, tour_coupling
from analoghop.problems.tsp.instance import TSP
from analoghop.systems.circuits.network import Network


@dataclass(frozen=True)
class HopfieldTank(Formulation[TSP]):
    """Hopfield & Tank (1985), Biol. Cybern. 52:141, for cities in the unit square.

    `A`: one position per city; `B`: one city per position; `C`: `N` outputs on in all (None: five more than
    cities, as the published 15 for ten cities); `D`: the tour's length. Amplifiers are (1 + tanh(u / u0)) /
    2, and start within `spread` u0 of the input at which the outputs sum to the number of cities. `unit`: the
    unit of distance; None: 1 if all cities fit into the unit square, else the largest distance is set to
    sqrt(2), the diagonal of that square. `duration` in time constants of an amplifier's input.
    """

    A: float = option(500.0, "penalty of a second position of a city", low=0)
    B: float = option(500.0, "penalty of a second city of a position", low=0)
    C: float = option(200.0, "penalty of a wrong number of outputs", low=0)
    D: float = option(500.0, "weight of the length of the tour", low=0)
    N: float | None = option(None, "wanted number of outputs", none="five more than cities")
    u0: float = option(0.02, "input at which an amplifier bends", above=0)
    unit: float | None = option(
        None,
        "unit of distance",
        "distance of the instance",
        above=0,
        none="1, or such that the largest distance is sqrt(2)",
    )
    spread: float = option(0.1, "random part of the initial inputs", "u0", low=0)
    duration: float = option(0.4, "duration of the run", "time constants", above=0)

    name: ClassVar[str] = "hopfield-tank"
    purpose: ClassVar[str] = "the network of 1985 as published: most starts do not end in a tour"

    def encode(self, problem: TSP) -> GridEncoding:
        """Return the circuit of `problem`."""
        n = problem.size
        longest = float(problem.distances.max())
        unit = self.unit or (1.0 if longest <= math.sqrt(2.0) else longest / math.sqrt(2.0))
        wanted = n + 5.0 if self.N is None else self.N
        one, all_ = Eye(n), Ones(n)
        T = (
            -self.A * Kron(one, all_ - one)
            - self.B * Kron(all_ - one, one)
            - self.C * Kron(all_, all_)
            - self.D * tour_coupling(problem.distances / unit)
        )
        bank = Amplifiers.uniform(Logistic(), n * n, gain=2.0 / self.u0)
        system = Network(T, bank, bias=np.array(self.C * wanted), names=place_names(n))
        parameters: dict[str, float | int | str | bool] = {
            **{name: float(getattr(self, name)) for name in "ABCD"},
            "N": wanted,
            "u0": self.u0,
            "unit": unit,
            "spread": self.spread,
        }
        centre = np.full(n * n, -0.5 * self.u0 * math.log(n - 1))
        return GridEncoding(problem, system, self.duration, parameters, centre, self.spread * self.u0)
