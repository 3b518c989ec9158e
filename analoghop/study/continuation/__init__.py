"""Continuation: how the equilibria of a circuit move, end and branch while a parameter moves."""

from __future__ import annotations

from analoghop.study.continuation.diagram import BifurcationDiagram as BifurcationDiagram
from analoghop.study.continuation.diagram import DiagramBranch as DiagramBranch
from analoghop.study.continuation.diagram import SpecialPoint as SpecialPoint
from analoghop.study.continuation.door import continuation as continuation

__all__ = ["BifurcationDiagram", "DiagramBranch", "SpecialPoint", "continuation"]
