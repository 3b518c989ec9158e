"""`CatalogueEntry`: one kind of problem, and what can be done with it."""

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

    `read` makes an instance of a file's name (or a number); `formulations` by name, the first is the default;
    `starts` is the number of anneals where none is given. `searches` by name. `read_answer` reads an answer
    from a file to start near it; `read_candidate` reads one that is to be judged, and leaves it to the
    problem to find mistakes that `read_answer` refuses (None: the same function). `writers` write an answer,
    by suffix, with a comment. `deck_settings` are options, by formulation, under which the circuit can be
    built from parts, and `deck_formulation` is the formulation of decks where none is given, by default the
    first. `narrow` solves an instance that leaves a number open, see `fewest_colours`, and returns None for
    others. `unsolved` says what it means that no valid answer was found.
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
        """Name of the formulation that is taken where none is named; `InputError` where there is none."""
        first = next(iter(self.formulations), None)
        if first is None:
            raise InputError(f"there is no circuit for {self.problem.kind}")
        return first

    def formulation(self, name: str | None) -> AnyFormulation:
        """Return a formulation by name; raises `InputError`, listing all, where there is none of it."""
        wanted = self.default if name is None else name
        if wanted not in self.formulations:
            known = ", ".join(self.formulations)
            raise InputError(f"{self.problem.kind} has no formulation {wanted!r}, expected one of {known}")
        return self.formulations[wanted]


def suffix_of(path: str | Path, known: Mapping[str, object]) -> str:
    """Return which of `known` suffixes `path` ends in; raises `InputError` where it is none of them."""
    name = Path(path).name.lower()
    for suffix in sorted(known, key=len, reverse=True):
        if name.endswith(suffix) and name != suffix:
            return suffix
    raise InputError(f"answers are written to {' or '.join(known)} files, not to {str(path)!r}")
