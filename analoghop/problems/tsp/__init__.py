"""The travelling salesman: the instance, its formulations, its search, its baselines."""

from collections.abc import Mapping

from analoghop.problems.base import Formulation
from analoghop.problems.tsp.instance import TSP

FORMULATIONS: Mapping[str, type[Formulation[TSP]]] = {}
"""Formulations by the word of the command line, the default first."""

__all__ = ["FORMULATIONS", "TSP"]
