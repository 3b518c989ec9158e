"""Constraints: a modelling layer for variables of 0 and 1, and the circuits that solve its models."""

from collections.abc import Mapping
from typing import Any

from analoghop.problems.base import Formulation
from analoghop.problems.constraints.adaptive import AdaptiveModel
from analoghop.problems.constraints.constrained import Constrained
from analoghop.problems.constraints.model import Model
from analoghop.problems.constraints.penalty import Penalty

FORMULATIONS: Mapping[str, type[Formulation[Any]]] = {form.name: form for form in (AdaptiveModel, Penalty)}
"""Formulations of models by name; the default depends on the problem."""

__all__ = ["FORMULATIONS", "AdaptiveModel", "Constrained", "Model", "Penalty"]
