"""`Partition` in the catalogue."""

from __future__ import annotations

from collections.abc import Mapping

from analoghop.formats.graphs.rudy import read_cut
from analoghop.optimise.catalogue.maxcut import write_sides
from analoghop.optimise.catalogue.record import AnyFormulation, CatalogueEntry
from analoghop.problems.constraints import Penalty
from analoghop.problems.partition import Partition

FORMULATIONS: Mapping[str, AnyFormulation] = {Penalty.name: Penalty}
"""By name, the default first."""


def partition_entry() -> CatalogueEntry:
    """Return the entry."""
    return CatalogueEntry(
        problem=Partition,
        purpose="two halves of a graph with as little weight as possible between them",
        takes="a DIMACS .col file, or a graph in rudy's format",
        read=Partition.read,
        formulations=FORMULATIONS,
        starts=16,
        read_answer=lambda path, problem: read_cut(path, problem.size),
        writers={".cut": write_sides},
    )
