"""Graph colouring in the catalogue."""

from __future__ import annotations

from collections.abc import Mapping

from analoghop.formats.graphs.dimacs import read_col_sol, write_col_sol
from analoghop.optimise.catalogue.record import AnyFormulation, CatalogueEntry
from analoghop.optimise.fewest import fewest_colours
from analoghop.problems.base import Answer
from analoghop.problems.colouring.adaptive import AdaptiveColouring
from analoghop.problems.colouring.binary import Binary
from analoghop.problems.colouring.instance import Colouring

FORMULATIONS: Mapping[str, AnyFormulation] = {AdaptiveColouring.name: AdaptiveColouring, Binary.name: Binary}
"""By name, the default first."""


def colouring_entry() -> CatalogueEntry:
    """Return the entry."""
    return CatalogueEntry(
        problem=Colouring,
        purpose="colours for the vertices of a graph such that no edge joins two of a kind",
        takes="a DIMACS .col file, or a graph in rudy's format",
        read=Colouring.read,
        formulations=FORMULATIONS,
        starts=16,
        # No part of a deck makes noise, and a deck makes one attempt.
        deck_settings={"memristive": {"noise": 0.0, "cycles": 1, "core": False}},
        read_answer=lambda path, problem: read_col_sol(path, problem.size),
        writers={".col.sol": _write},
        narrow=fewest_colours,
    )


def _write(path: str, problem: Colouring, answer: Answer, comment: str) -> None:
    write_col_sol(path, answer, comment)
