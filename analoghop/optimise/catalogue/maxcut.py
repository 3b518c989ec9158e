"""Max-cut in the catalogue."""

from __future__ import annotations

from collections.abc import Mapping

from analoghop.formats.graphs.rudy import read_cut, write_cut
from analoghop.optimise.catalogue.record import AnyFormulation, CatalogueEntry
from analoghop.problems.base import Answer
from analoghop.problems.spins import DECKS, MACHINES
from analoghop.problems.spins.maxcut import MaxCut

FORMULATIONS: Mapping[str, AnyFormulation] = MACHINES
"""By name, the default first."""


def maxcut_entry() -> CatalogueEntry:
    """Return the entry."""
    return CatalogueEntry(
        problem=MaxCut,
        purpose="two sides for the vertices of a graph, with as much weight as possible between them",
        takes="a graph in rudy's format (G-set, Biq Mac), or a DIMACS .col file",
        read=MaxCut.read,
        formulations=FORMULATIONS,
        deck_settings=DECKS,
        deck_formulation="gain",
        starts=16,
        read_answer=lambda path, problem: read_cut(path, problem.size),
        writers={".cut": write_sides},
    )


def write_sides(path: str, problem: object, answer: Answer, comment: str) -> None:
    """Write sides, 0 or 1, as `.cut` files have them."""
    write_cut(path, answer, comment)
