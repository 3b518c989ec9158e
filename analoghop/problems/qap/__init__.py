"""Quadratic assignment: the instance, its formulation, its baselines."""

from collections.abc import Mapping

from analoghop.problems.base import Formulation
from analoghop.problems.qap.instance import QAP
from analoghop.problems.qap.potts import PottsQAP

FORMULATIONS: Mapping[str, type[Formulation[QAP]]] = {PottsQAP.name: PottsQAP}
"""Formulations by the word of the command line, the default first."""

__all__ = ["FORMULATIONS", "QAP", "PottsQAP"]
