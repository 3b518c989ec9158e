"""The travelling salesman: the instance, its formulations, its search, its baselines."""

from collections.abc import Mapping

from analoghop.problems.base import Formulation
from analoghop.problems.tsp.automatic import AutomaticTour
from analoghop.problems.tsp.elastic import Elastic
from analoghop.problems.tsp.guaranteed import Guaranteed
from analoghop.problems.tsp.hopfield_tank import HopfieldTank
from analoghop.problems.tsp.instance import TSP
from analoghop.problems.tsp.potts import Potts
from analoghop.problems.tsp.subspace import Subspace
from analoghop.problems.tsp.successor import SuccessorTour

FORMULATIONS: Mapping[str, type[Formulation[TSP]]] = {
    kind.name: kind
    for kind in (AutomaticTour, Potts, SuccessorTour, Subspace, Elastic, Guaranteed, HopfieldTank)
}
"""Formulations by the word of the command line, the default first."""

__all__ = [
    "FORMULATIONS",
    "TSP",
    "AutomaticTour",
    "Elastic",
    "Guaranteed",
    "HopfieldTank",
    "Potts",
    "Subspace",
    "SuccessorTour",
]
