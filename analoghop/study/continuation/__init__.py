"""Continuation: how the equilibria of a circuit move, end and branch while a parameter moves."""

from __future__ import annotations

from analoghop.study.continuation.diagram import BifurcationDiagram as BifurcationDiagram
from analoghop.study.continuation.diagram import DiagramBranch as DiagramBranch
from analoghop.study.continuation.diagram import SpecialPoint as SpecialPoint
from analoghop.study.continuation.door import continuation as continuation
from analoghop.study.continuation.orbits import OrbitBranch as OrbitBranch
from analoghop.study.continuation.orbits import orbits_from as orbits_from

__all__ = [
    "BifurcationDiagram",
    "DiagramBranch",
    "OrbitBranch",
    "SpecialPoint",
    "continuation",
    "orbits_from",
]
