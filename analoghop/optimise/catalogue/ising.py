"""Ising spins in the catalogue."""

from __future__ import annotations

from collections.abc import Mapping

from analoghop.formats.instances.spins import read_spins, write_spins
from analoghop.optimise.catalogue.record import AnyFormulation, CatalogueEntry
from analoghop.problems.base import Answer
from analoghop.problems.spins import DECKS, MACHINES
from analoghop.problems.spins.ising import Ising

FORMULATIONS: Mapping[str, AnyFormulation] = MACHINES
"""By name, the default first."""


def ising_entry() -> CatalogueEntry:
    """Return the entry."""
    return CatalogueEntry(
        problem=Ising,
        purpose="spins of lowest energy -sum J_ij s_i s_j - sum h_i s_i",
        takes="a line `n m`, then lines `i j J` and `i i h`",
        read=Ising.read,
        formulations=FORMULATIONS,
        deck_settings=DECKS,
        deck_formulation="gain",
        starts=16,
        read_answer=lambda path, problem: read_spins(path, problem.size),
        writers={".spins": _write},
    )


def _write(path: str, problem: Ising, answer: Answer, comment: str) -> None:
    write_spins(path, answer, comment)
