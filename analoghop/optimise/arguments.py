"""The arguments of `solve`: checks, and the objects that words mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from analoghop.ensembles.streams import check_seed
from analoghop.errors import InputError
from analoghop.optimise.catalogue import CatalogueEntry
from analoghop.optimise.search import Search
from analoghop.optimise.settings import with_settings
from analoghop.problems.base import Answer, Encoding, Formulation, Problem


def check_numbers(starts: int | None, seed: int) -> None:
    """Raise `InputError` for a number of starts or a seed that is none."""
    check_seed(seed, "seed")
    if starts is None:
        return
    if isinstance(starts, bool) or not isinstance(starts, int | np.integer):
        raise InputError(f"`starts` is {starts!r}, expected a whole number")
    if starts < 1:
        raise InputError(f"`starts` is {starts}, expected at least 1")


def checked_encoding(encoding: Encoding) -> Encoding:
    """Return `encoding`; raises `InputError` if it lacks one of its attributes."""
    for name in ("system", "duration", "tau", "step", "parameters"):
        if not hasattr(encoding, name):
            raise InputError(f"a {type(encoding).__name__} has no `{name}`; an encoding needs it")
    return encoding


def check_start(problem: Problem, start: Answer) -> None:
    """Raise `InputError` for an answer to begin near that is not valid."""
    verdict = problem.verify(start)
    if not verdict.valid:
        broken = ", ".join(f"{count} {name}" for name, count in verdict.violations.items())
        raise InputError(f"`start` is no valid answer: it violates {broken}")


def searcher_of(entry: CatalogueEntry | None, name: str | None) -> Search | None:
    """Return the search of this name, None for None; raises `InputError` where the problem has no such."""
    if name is None:
        return None
    searches = {} if entry is None else entry.searches
    if name not in searches:
        known = ", ".join(searches)
        wanted = f"expected one of {known}" if known else "and this problem has none"
        raise InputError(f"`search` is {name!r}, {wanted}")
    return searches[name]


def formulation_of(
    entry: CatalogueEntry | None,
    formulation: str | Formulation[Any] | None,
    settings: Mapping[str, str | float | bool],
) -> Formulation[Any]:
    """Return the formulation of this name with its `settings`, or the object that is given.

    Raises `InputError` for another kind of object, and for settings of an object.
    """
    if isinstance(formulation, str) or formulation is None:
        assert entry is not None, "names are those of the catalogue"
        return with_settings(entry.formulation(formulation), settings)
    if not isinstance(formulation, Formulation):
        raise InputError(f"`formulation` is {formulation!r}, expected a name or an object such as `Potts()`")
    if settings:
        raise InputError("`settings` are for a formulation given by name; this one has its options")
    return formulation
