"""`PROBLEMS`: the catalogue of problems, their formulations and file formats."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from analoghop.errors import InputError
from analoghop.optimise.catalogue.record import AnyFormulation, CatalogueEntry, suffix_of
from analoghop.optimise.catalogue.table import FILES, ROWS, AnswerFormat
from analoghop.problems.base import Answer, Problem

PROBLEMS: tuple[str, ...] = tuple(ROWS)
"""The kinds of problems, by their names on the command line."""

TABLE, DRAWING = ".csv", ".dot"
"""Suffixes of answers by names, and of graphs with an answer."""
ALIASES: Mapping[str, str] = {"coloring": "colouring", "max-cut": "maxcut"}
"""Other names of the kinds."""


def entry(kind: str) -> CatalogueEntry:
    """Return the entry of a kind of problem; raises `InputError`, listing all, for an unknown kind.

    Only the modules that this entry names are imported.
    """
    name = ALIASES.get(kind, kind)
    if name not in ROWS:
        raise InputError(f"there is no problem {kind!r}, expected one of {', '.join(PROBLEMS)}")
    row = ROWS[name]
    problem, answers = _named(row.problem), row.answers
    formulations: dict[str, AnyFormulation] = {}
    for found in map(_named, row.formulations):
        formulations |= found if isinstance(found, Mapping) else {found.name: found}
    return CatalogueEntry(
        problem=problem,
        purpose=row.purpose,
        takes=row.takes,
        read=_named(row.read) if row.read else problem.read,
        formulations=formulations,
        starts=row.starts,
        searches={word: _named(search) for word, search in row.searches.items()},
        polishers=problem.polishers,
        read_answer=_reader(answers.reader, answers.named),
        read_candidate=_reader(answers.candidate, answers.named) if answers.candidate else None,
        writers=_writers(answers, problem),
        deck_settings=row.deck_settings,
        deck_formulation=row.deck_formulation,
        narrow=_named(row.narrow) if row.narrow else None,
        unsolved=row.unsolved,
    )


def _named(name: str) -> Any:
    """Return the object named "module:name" below the package."""
    module, _, inner = name.partition(":")
    return getattr(import_module(f"analoghop.{module}"), inner)


def _reader(name: str, named: bool) -> Callable[[str, Any], Answer]:
    function: Callable[..., Answer] = _named(name)

    def read(path: str, problem: Any) -> Answer:
        if named and path.lower().endswith(TABLE):
            return _named(f"{FILES}:read_names_of")(path, problem)
        if hasattr(problem, "graph") and path.lower().endswith(DRAWING):
            return _named(f"{FILES}:read_dot_of")(path, problem)
        return function(path, problem if name.startswith(FILES) else problem.size)

    return read


def _writers(answers: AnswerFormat, problem: Any) -> Mapping[str, Callable[[str, Any, Answer, str], None]]:
    """Return the writers by suffix: the format's own, tables of names, and graphs for Graphviz."""
    found = dict.fromkeys(answers.suffixes, _writer(answers.writer))
    if answers.named:
        found[TABLE] = _named(f"{FILES}:write_names_of")
    if hasattr(problem, "from_networkx") and problem.kind != "tsp":
        found[DRAWING] = _named(f"{FILES}:write_dot_of")
    return found


def _writer(name: str) -> Callable[[str, Any, Answer, str], None]:
    function: Callable[..., None] = _named(name)
    if name.startswith(FILES):
        return function
    return lambda path, problem, answer, comment: function(path, answer, comment)


def entry_of(problem: Problem) -> CatalogueEntry:
    """Return the entry of a problem's kind; raises `InputError` for an object outside the catalogue."""
    if not isinstance(problem, Problem):
        raise InputError(
            f"`problem` is a {type(problem).__name__}, expected an instance such as TSP.read(path)"
        )
    return entry(problem.kind)


def known_entry(problem: Problem) -> CatalogueEntry | None:
    """Return the entry of a problem's kind, None for a kind that is not in the catalogue.

    Raises `InputError` for an object that is not a `Problem`.
    """
    if isinstance(problem, Problem) and problem.kind not in {*PROBLEMS, *ALIASES}:
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
