"""`PROBLEMS`: what can be solved, with which formulations, from which files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analoghop.errors import InputError
from analoghop.optimise.search import Search
from analoghop.problems.base import Answer, Formulation, Problem

AnyFormulation = type[Formulation[Any]]


@dataclass(frozen=True)
class Entry:
    """One kind of problem.

    `read` makes an instance of a file's name (or a number); `formulations` by name, the first is the default;
    `starts` how many anneals are made where nobody says. `searches` by name. `read_answer` brings an answer
    back from a file to start near it; `writers` write one, by suffix, with a comment. `deck_settings` are
    options, by formulation, under which it can be built from constant parts.
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
    writers: Mapping[str, Callable[[str, Any, Answer, str], None]] = field(default_factory=dict)
    deck_settings: Mapping[str, Mapping[str, str | float | bool]] = field(default_factory=dict)

    @property
    def default(self) -> str:
        """Name of the formulation that is taken where nobody says."""
        return next(iter(self.formulations))

    def formulation(self, name: str | None) -> AnyFormulation:
        """Return a formulation by name; raises `InputError`, listing all, where there is none of it."""
        wanted = self.default if name is None else name
        if wanted not in self.formulations:
            known = ", ".join(self.formulations)
            raise InputError(f"{self.problem.kind} has no formulation {wanted!r}, expected one of {known}")
        return self.formulations[wanted]


def _tsp() -> Entry:
    from analoghop.formats.tsplib import Tour, read_tour, write_tour
    from analoghop.optimise.restarts import restarts
    from analoghop.problems.tsp import FORMULATIONS, TSP

    def write(path: str, problem: TSP, answer: Answer, comment: str) -> None:
        write_tour(path, Tour(tuple(answer), f"{problem.name}.tour", comment))

    return Entry(
        problem=TSP,
        purpose="the shortest round trip through all cities",
        takes="a TSPLIB file, or a .csv of coordinates or of a matrix of distances",
        read=TSP.read,
        formulations=FORMULATIONS,
        starts=10,
        searches={"restarts": restarts},
        polishers=TSP.polishers,
        read_answer=lambda path, problem: read_tour(path, problem.size, problem.name).order,
        writers={".tour": write},
        # Constant parts have no kernel that narrows and no noise. Slots coupled to themselves make up for it:
        # valid in 400 of 400 starts for 5 to 10 cities, without them in 88 to 100 %.
        deck_settings={"potts": {"kernel": False, "sigma": 0.0, "own": 0.8}},
    )


PROBLEMS: dict[str, Callable[[], Entry]] = {"tsp": _tsp}
"""Entries by the word of the command line; functions, so that one problem does not load all others."""


def entry(kind: str) -> Entry:
    """Return the entry of a kind of problem; raises `InputError`, listing all, where there is none."""
    if kind not in PROBLEMS:
        raise InputError(f"there is no problem {kind!r}, expected one of {', '.join(PROBLEMS)}")
    return PROBLEMS[kind]()


def entry_of(problem: Problem) -> Entry:
    """Return the entry of a problem's kind; raises `InputError` for something that is no problem of ours."""
    if not isinstance(problem, Problem):
        raise InputError(
            f"`problem` is a {type(problem).__name__}, expected an instance such as TSP.read(path)"
        )
    return entry(problem.kind)


def suffix_of(path: str | Path, known: Mapping[str, object]) -> str:
    """Return the suffix of `path`; raises `InputError` where it is not one of `known`."""
    suffix = Path(path).suffix.lower()
    if suffix not in known:
        raise InputError(f"answers are written to {' or '.join(known)} files, not to {str(path)!r}")
    return suffix
