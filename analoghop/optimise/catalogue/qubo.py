"""QUBO in the catalogue."""

from __future__ import annotations

from collections.abc import Mapping

from analoghop.formats.graphs.rudy import read_cut
from analoghop.optimise.catalogue.maxcut import write_sides
from analoghop.optimise.catalogue.record import AnyFormulation, CatalogueEntry
from analoghop.problems.spins import DECKS, MACHINES
from analoghop.problems.spins.qubo import QUBO

FORMULATIONS: Mapping[str, AnyFormulation] = MACHINES
"""By name, the default first."""


def qubo_entry() -> CatalogueEntry:
    """Return the entry."""
    return CatalogueEntry(
        problem=QUBO,
        purpose="zeros and ones of lowest quadratic cost x'Qx",
        takes="a Biq Mac .sparse, a qbsolv .qubo or a .coo file, or a matrix as .npy or .csv",
        read=QUBO.read,
        formulations=FORMULATIONS,
        deck_settings=DECKS,
        deck_formulation="gain",
        starts=16,
        read_answer=lambda path, problem: read_cut(path, problem.size),
        writers={".bits": write_sides},
    )
