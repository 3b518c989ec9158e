"""`PROBLEMS`: what can be solved, with which formulations, from which files."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

from analoghop.errors import InputError
from analoghop.optimise.catalogue.record import AnyFormulation, CatalogueEntry, suffix_of
from analoghop.problems.base import Problem

PROBLEMS: Mapping[str, str] = {
    "tsp": "tsp",
    "qap": "qap",
    "colouring": "colouring",
    "maxcut": "maxcut",
    "ising": "ising",
    "qubo": "qubo",
    "independent-set": "independent_set",
    "vertex-cover": "vertex_cover",
    "partition": "partition",
    "queens": "queens",
    "sudoku": "sudoku",
    "sat": "satisfiability",
    "model": "model",
}
"""By the word of the command line, the module here whose `<module>_entry()` makes the entry: one problem does
not load all others."""

ALIASES: Mapping[str, str] = {"coloring": "colouring", "max-cut": "maxcut"}
"""Other words for the same."""


def entry(kind: str) -> CatalogueEntry:
    """Return the entry of a kind of problem; raises `InputError`, listing all, where there is none."""
    name = ALIASES.get(kind, kind)
    if name not in PROBLEMS:
        raise InputError(f"there is no problem {kind!r}, expected one of {', '.join(PROBLEMS)}")
    module = PROBLEMS[name]
    made: CatalogueEntry = getattr(import_module(f"{__name__}.{module}"), f"{module}_entry")()
    return made


def entry_of(problem: Problem) -> CatalogueEntry:
    """Return the entry of a problem's kind; raises `InputError` for something that is no problem of ours."""
    if not isinstance(problem, Problem):
        raise InputError(
            f"`problem` is a {type(problem).__name__}, expected an instance such as TSP.read(path)"
        )
    return entry(problem.kind)


def known_entry(problem: Problem) -> CatalogueEntry | None:
    """Return the entry of a problem's kind, None for a kind that is not in the catalogue.

    Raises `InputError` for something that is no `Problem`.
    """
    if isinstance(problem, Problem) and problem.kind not in {**PROBLEMS, **ALIASES}:
        return None
    return entry_of(problem)


__all__ = [
    "ALIASES",
    "PROBLEMS",
    "AnyFormulation",
    "CatalogueEntry",
    "entry",
    "entry_of",
    "known_entry",
    "suffix_of",
]
