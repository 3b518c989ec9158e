"""The travelling salesman: the instance, its formulations, its search, its baselines."""

from collections.abc import Mapping

from analoghop.problems.base import Formulation
from analoghop.problems.tsp.instance import TSP
from analoghop.problems.tsp.potts import Potts

FORMULATIONS: Mapping[str, type[Formulation[TSP]]] = {Potts.name: Potts}
"""Formulations by the word of the command line, the default first."""

__all__ = ["FORMULATIONS", "TSP", "Potts"]
