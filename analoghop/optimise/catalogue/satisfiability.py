"""Satisfiability in the catalogue."""

from __future__ import annotations

from analoghop.formats.instances.cnf import read_assignment, write_assignment
from analoghop.optimise.catalogue.record import CatalogueEntry
from analoghop.problems.base import Answer
from analoghop.problems.satisfiability.encodings import FORMULATIONS
from analoghop.problems.satisfiability.instance import Satisfiability


def satisfiability_entry() -> CatalogueEntry:
    """Return the entry."""
    return CatalogueEntry(
        problem=Satisfiability,
        purpose="truth values under which every clause holds; never says that there are none",
        takes="a DIMACS .cnf file",
        read=Satisfiability.read,
        formulations=FORMULATIONS,
        starts=16,
        read_answer=lambda path, problem: read_assignment(path, problem.size),
        writers={".sol": _write},
        unsolved="whether the formula can be satisfied stays open",
    )


def _write(path: str, problem: Satisfiability, answer: Answer, comment: str) -> None:
    write_assignment(path, answer, comment)
