"""Readers and writers of answers that need the instance, not only its size, with late imports."""

from __future__ import annotations

from typing import Any

from analoghop.problems.base import Answer


def read_tour_of(path: str, problem: Any) -> Answer:
    """Return the tour in a TSPLIB file; see `read_tour`."""
    from analoghop.formats.tsplib import read_tour

    return read_tour(path, problem.size, problem.name).order


def write_tour_of(path: str, problem: Any, answer: Answer, comment: str) -> None:
    """Write a tour to a TSPLIB file with the name of the instance."""
    from analoghop.formats.tsplib import Tour, write_tour

    write_tour(path, Tour(tuple(answer), f"{problem.name}.tour", comment))


def read_permutation_of(path: str, problem: Any) -> Answer:
    """Return the permutation in a QAPLIB file; see `read_solution`."""
    from analoghop.formats.instances.qaplib import read_solution

    return read_solution(path, problem.size).permutation


def write_permutation_of(path: str, problem: Any, answer: Answer, comment: str) -> None:
    """Write a QAPLIB file with the cost, and the comment behind the numbers, where nobody reads on."""
    from analoghop.formats.instances.qaplib import write_solution

    write_solution(path, problem.cost(answer), answer, comment)


def read_grid_of(path: str, problem: Any) -> Answer:
    """Return the first grid in a file of sudokus."""
    from analoghop.formats.instances.sudoku import read_sudoku

    return read_sudoku(path)[0]


def write_grid_of(path: str, problem: Any, answer: Answer, comment: str) -> None:
    """Write a grid of a sudoku."""
    from analoghop.formats.instances.sudoku import write_sudoku

    write_sudoku(path, str(answer), comment)
