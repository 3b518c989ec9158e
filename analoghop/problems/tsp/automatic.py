"""`AutomaticTour`: the circuit for a tour that a rule chooses from the distances; the default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from analoghop.problems.base import Encoding, Formulation
from analoghop.problems.option import option
from analoghop.problems.tsp.instance import TSP
from analoghop.problems.tsp.modes import ROUGH, roughness
from analoghop.problems.tsp.potts import TINY, Potts, PottsEncoding
from analoghop.problems.tsp.successor import SuccessorEncoding, SuccessorTour
from analoghop.problems.tsp.weights import Ways, relative
from analoghop.problems.turns import TakingTurns

APART, LARGE, APART_IF_LARGE = 10.0, 200, 5.0
"""Longest link of the shortest spanning tree, in usual distances, beyond which cities lie in far groups; the
number of cities beyond which that is less, and what it is then: the pull along a tour falls as 1/n."""
FEW = 32
"""Number of cities up to which quiet anneals end in few tours, so that some starts have more noise."""
LOUD: Mapping[str, Any] = {"sigma": 2.0, "steps": 16000}
"""Settings of these starts."""
QUIET_SHARE = 3
"""Quiet starts for each of them."""
MIDDLE, APART_IF_MIDDLE, SMOOTH = 60, 5.0, 0.09
"""Number of cities on a map up to which the ring, which takes four times as long, is the better circuit where
the longest link is longer than this, in usual distances, or the roughness is below this."""
ONE_WAY = 0.4
"""Strength of the determinant at the beginning for asymmetric distances."""


@dataclass(frozen=True)
class AutomaticTour(Formulation[TSP]):
    """The circuit for the distances: `potts` for far groups, smooth maps and few cities, else `successor`.

    Groups are far apart where the longest edge of the shortest spanning tree is more than 10 times the usual
    distance (see `Ways`), beyond 200 cities more than 5 times: the determinant would have to be so strong to
    join them that it spoils the rest. On maps of 33 to 60 cities `potts`, which takes four times as long, is
    the better circuit where that edge is more than 5 times the usual distance, or the roughness (see `modes`)
    is below 0.09. In a successor network the determinant begins weaker, at 0.4, where distances are
    asymmetric, and up to 32 cities one of four starts has more noise and more steps. `steps`, `reheats` and
    `tau` are options of both circuits; with `steps` all starts are alike from 12 cities on.
    """

    steps: int | None = option(None, "number of steps", whole=True, low=1, none="that of the circuit")
    reheats: int = option(3, "largest number of repeated anneals of an invalid end state", low=0)
    tau: float = option(1.0, "time constant of the circuit", "s", above=0)

    name: ClassVar[str] = "automatic"
    purpose: ClassVar[str] = "the circuit that fits the distances: potts or successor"

    def encode(self, problem: TSP) -> Encoding:
        """Return the circuit that the rule chooses, or several that take turns."""
        given: dict[str, Any] = {"steps": self.steps, "reheats": self.reheats, "tau": self.tau}
        apart = APART if problem.size <= LARGE else APART_IF_LARGE
        if problem.size < TINY:
            return Potts(**given).encode(problem)
        link = Ways.of(problem.distances).longest_link
        if link > apart or _ringlike(problem, link):
            return _named(Potts(**given).encoded(problem))
        quiet = SuccessorTour(**given)
        if not problem.symmetric:
            quiet = replace(quiet, first_determinant=ONE_WAY)
        if problem.size > FEW or self.steps is not None:
            return _named(quiet.encode(problem))
        loud = replace(quiet, **LOUD)
        return TakingTurns(
            ("successor", quiet.encode(problem), QUIET_SHARE), ("noisy successor", loud.encode(problem), 1)
        )


def _ringlike(problem: TSP, link: float) -> bool:
    """Return whether the ring is the better circuit for a map of middle size with the longest link `link`."""
    if not (FEW < problem.size <= MIDDLE and problem.symmetric):
        return False
    rough = roughness(relative(problem.distances))
    return rough < SMOOTH or (link > APART_IF_MIDDLE and rough <= ROUGH)


def _named(encoding: PottsEncoding | SuccessorEncoding) -> Encoding:
    """Return the encoding whose parameters begin with the name of its circuit."""
    name = Potts.name if isinstance(encoding, PottsEncoding) else SuccessorTour.name
    return replace(encoding, parameters={"circuit": name, **encoding.parameters})
