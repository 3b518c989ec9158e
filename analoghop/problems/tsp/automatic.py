"""`AutomaticTour`: the circuit for a tour that a rule chooses from the distances; the default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from analoghop.arrays import Array
from analoghop.problems.base import Encoding, Formulation
from analoghop.problems.option import option
from analoghop.problems.tsp.instance import TSP
from analoghop.problems.tsp.modes import ROUGH, roughness
from analoghop.problems.tsp.potts import TINY, Potts
from analoghop.problems.tsp.successor import SuccessorTour
from analoghop.problems.tsp.weights import Ways, relative
from analoghop.problems.turns import TakingTurns

APART = 10.0
"""Longest link of the shortest spanning tree, in usual distances, beyond which cities lie in far groups."""
FEW = 32
"""Number of cities up to which quiet anneals end in few tours, so that some starts have more noise."""
LOUD: Mapping[str, Any] = {"sigma": 2.0, "steps": 16000}
"""Settings of these starts."""
QUIET_SHARE = 3
"""Quiet starts for each of them."""
ROUGH_DETERMINANT = 0.4
"""Strength of the determinant at the beginning for distances that no map has."""


@dataclass(frozen=True)
class AutomaticTour(Formulation[TSP]):
    """The circuit for the distances: `potts` for far groups of cities and below 12 cities, else `successor`.

    Groups are far apart where the longest edge of the shortest spanning tree is more than 10 times the usual
    distance (see `Ways`): the determinant would have to be so strong to join them that it spoils the rest. In
    a successor network the determinant begins weaker, at 0.4, where distances are asymmetric or rough (see
    `roughness`), and up to 32 cities one of four starts has more noise and more steps. `steps`, `reheats` and
    `tau` are options of both circuits; with `steps` all starts are alike from 12 cities on.
    """

    steps: int | None = option(None, "number of steps", whole=True, low=1, none="that of the circuit")
    reheats: int = option(3, "largest number of repeated anneals of an invalid end state", low=0)
    tau: float = option(1.0, "time constant of the circuit", "s", above=0)

    name: ClassVar[str] = "automatic"
    purpose: ClassVar[str] = "the circuit that fits the distances: potts or successor"

    def encode(self, problem: TSP) -> Encoding:
        """Return the circuit that the rule chooses, or several that take turns."""
        d = problem.distances
        given: dict[str, Any] = {"steps": self.steps, "reheats": self.reheats, "tau": self.tau}
        if problem.size < TINY or Ways.of(d).longest_link > APART:
            return Potts(**given).encode(problem)
        quiet = SuccessorTour(**given)
        if no_map(d):
            quiet = replace(quiet, first_determinant=ROUGH_DETERMINANT)
        if problem.size > FEW or self.steps is not None:
            return quiet.encode(problem)
        loud = replace(quiet, **LOUD)
        return TakingTurns(
            ("successor", quiet.encode(problem), QUIET_SHARE), ("noisy successor", loud.encode(problem), 1)
        )


def no_map(d: Array) -> bool:
    """Return whether distances are asymmetric or rough, as no points in a plane have them."""
    return not np.array_equal(d, d.T) or roughness(relative(d)) > ROUGH
