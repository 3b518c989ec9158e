"""Quadratic assignment in the catalogue."""

from __future__ import annotations

from analoghop.formats.instances.qaplib import read_places, read_solution, write_solution
from analoghop.optimise.catalogue.record import CatalogueEntry
from analoghop.optimise.restarts import restarts
from analoghop.problems import qap
from analoghop.problems.base import Answer
from analoghop.problems.qap import QAP


def qap_entry() -> CatalogueEntry:
    """Return the entry."""
    return CatalogueEntry(
        problem=QAP,
        purpose="facilities on locations, such that flows times distances are least",
        takes="a QAPLIB .dat file",
        read=QAP.read,
        formulations=qap.FORMULATIONS,
        starts=10,
        searches={"restarts": restarts},
        polishers=QAP.polishers,
        read_answer=lambda path, problem: read_solution(path, problem.size).permutation,
        read_candidate=lambda path, problem: read_places(path, problem.size),
        writers={".sln": _write},
        # Constant parts have no noise, for which the anneal takes its time.
        deck_settings={"potts": {"sigma": 0.0, "steps": 1000}},
    )


def _write(path: str, problem: QAP, answer: Answer, comment: str) -> None:
    # The format has no place for a comment.
    write_solution(path, problem.cost(answer), answer)
