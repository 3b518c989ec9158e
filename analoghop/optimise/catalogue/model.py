"""Models written in Python, in the catalogue."""

from __future__ import annotations

from analoghop.errors import InputError
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
    )


def _read(path: str) -> Problem:
    raise InputError(f"{path!r} cannot be read as a model: models are written in Python, see analoghop.Model")
