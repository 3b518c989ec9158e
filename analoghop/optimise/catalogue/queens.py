"""The queens in the catalogue."""

from __future__ import annotations

from collections.abc import Mapping

from analoghop.formats.instances.queens import read_queens, write_queens
from analoghop.optimise.catalogue.record import AnyFormulation, CatalogueEntry
from analoghop.problems.base import Answer
from analoghop.problems.queens.adaptive import QueensMemristive
from analoghop.problems.queens.instance import Queens

FORMULATIONS: Mapping[str, AnyFormulation] = {QueensMemristive.name: QueensMemristive}
"""By name, the default first."""


def queens_entry() -> CatalogueEntry:
    """Return the entry."""
    return CatalogueEntry(
        problem=Queens,
        purpose="n queens on a board of n by n such that none attacks another",
        takes="the number of queens",
        read=Queens.read,
        formulations=FORMULATIONS,
        read_answer=lambda path, problem: read_queens(path, problem.size),
        writers={".queens": _write},
        starts=16,
        # No part of a deck makes noise, and a deck makes one attempt.
        deck_settings={"memristive": {"noise": 0.0, "steps": 500}},
    )


def _write(path: str, problem: Queens, answer: Answer, comment: str) -> None:
    write_queens(path, answer, comment)
