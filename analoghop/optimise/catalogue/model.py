"""Models written in Python, in the catalogue."""

from __future__ import annotations

from analoghop.errors import InputError
from analoghop.formats.graphs.rudy import read_cut
from analoghop.optimise.catalogue.maxcut import write_sides
from analoghop.optimise.catalogue.record import CatalogueEntry
from analoghop.problems.base import Problem
from analoghop.problems.constraints import FORMULATIONS, Constrained


def model_entry() -> CatalogueEntry:
    """Return the entry."""
    return CatalogueEntry(
        problem=Constrained,
        purpose="choices, bounds and an objective of your own, written in Python: analoghop.Model",
        takes="a model built in Python",
        read=_read,
        formulations=FORMULATIONS,
        starts=16,
        read_answer=lambda path, problem: read_cut(path, problem.size),
        writers={".bits": write_sides},
    )


def _read(path: str) -> Problem:
    raise InputError(f"{path!r} cannot be read as a model: models are written in Python, see analoghop.Model")
