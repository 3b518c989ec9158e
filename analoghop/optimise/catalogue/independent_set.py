"""`IndependentSet` in the catalogue."""

from __future__ import annotations

from analoghop.formats.graphs.rudy import read_cut
from analoghop.optimise.catalogue.maxcut import write_sides
from analoghop.optimise.catalogue.record import CatalogueEntry
from analoghop.problems.constraints import FORMULATIONS
from analoghop.problems.independent_set import IndependentSet


def independent_set_entry() -> CatalogueEntry:
    """Return the entry."""
    return CatalogueEntry(
        problem=IndependentSet,
        purpose="as many vertices of a graph as possible, no two of them joined",
        takes="a DIMACS .col file, or a graph in rudy's format",
        read=IndependentSet.read,
        formulations=FORMULATIONS,
        starts=16,
        read_answer=lambda path, problem: read_cut(path, problem.size),
        writers={".bits": write_sides},
    )
