"""`CatalogueEntry`: one kind of problem with its formulations, searches and file formats."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analoghop.errors import InputError
from analoghop.limits import Limits
from analoghop.optimise.search import Search
from analoghop.problems.base import Answer, Formulation, Problem
from analoghop.problems.result import Result

AnyFormulation = type[Formulation[Any]]


@dataclass(frozen=True)
class CatalogueEntry:
    """One kind of problem.

    `read` makes an instance from a file name (or a number); `formulations` by name, the first is the default;
    `starts` is the default number of anneals. `searches` by name. `read_answer` reads an answer from a file,
    to start near it; `read_candidate` reads an answer for judgement: it accepts mistakes that `read_answer`
    refuses, which the problem then reports (None: `read_answer`). `writers` write an answer, by suffix, with
    a comment. `deck_settings` are the options, by formulation, with which the circuit can be built from
    parts, and `deck_formulation` is the default formulation of decks (None: the first). `narrow` solves an
    instance with an unspecified number of colours, see `fewest_colours`, and returns None for others.
    `unsolved` is the report line if no valid answer was found.
    """

    problem: type[Problem]
    purpose: str
    takes: str
    read: Callable[[str], Problem]
    formulations: Mapping[str, AnyFormulation]
    starts: int
    searches: Mapping[str, Search] = field(default_factory=dict)
    polishers: tuple[str, ...] = ()
    read_answer: Callable[[str, Any], Answer] | None = None
    read_candidate: Callable[[str, Any], Answer] | None = None
    writers: Mapping[str, Callable[[str, Any, Answer, str], None]] = field(default_factory=dict)
    deck_settings: Mapping[str, Mapping[str, str | float | bool]] = field(default_factory=dict)
    deck_formulation: str | None = None
    narrow: Callable[[Any, Any, Limits], Result | None] | None = None
    unsolved: str = ""

    @property
    def default(self) -> str:
        """Name of the default formulation; raises `InputError` if there is no formulation."""
        first = next(iter(self.formulations), None)
        if first is None:
            raise InputError(f"there is no circuit for {self.problem.kind}")
        return first

    def formulation(self, name: str | None) -> AnyFormulation:
        """Return a formulation by name; raises `InputError`, listing all, for an unknown name."""
        wanted = self.default if name is None else name
        if wanted not in self.formulations:
            known = ", ".join(self.formulations)
            raise InputError(f"{self.problem.kind} has no formulation {wanted!r}, expected one of {known}")
        return self.formulations[wanted]


def suffix_of(path: str | Path, known: Mapping[str, object]) -> str:
    """Return the suffix of `path`, one of `known`; raises `InputError` for others."""
    name = Path(path).name.lower()
    for suffix in sorted(known, key=len, reverse=True):
        if name.endswith(suffix) and name != suffix:
            return suffix
    raise InputError(f"answers are written to {' or '.join(known)} files, not to {str(path)!r}")
