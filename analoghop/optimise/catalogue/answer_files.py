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


def _names(problem: Any) -> Any:
    """Return the names of cities, vertices or variables: numbers from 0, those of a formula from 1."""
    first = 1 if problem.kind in ("sat", "maxsat") else 0
    return problem.labels or range(first, problem.size + first)


def read_names_of(path: str, problem: Any) -> Answer:
    """Return the answer in a table of names, see `read_values`, or of the cities in their order."""
    from analoghop.formats.instances.labelled import read_order_of, read_values

    names = _names(problem)
    if problem.kind == "tsp":
        return read_order_of(path, names)
    values = read_values(path, names)
    return tuple(map(bool, values)) if problem.kind == "sat" else values


def write_names_of(path: str, problem: Any, answer: Answer, comment: str) -> None:
    """Write a table of names and values, or of the cities in their order; see `write_values`."""
    from analoghop.formats.instances.labelled import write_order, write_values

    names = _names(problem)
    if problem.kind == "tsp":
        write_order(path, names, answer, comment)
    else:
        write_values(path, names, [int(value) for value in answer], comment)


def write_dot_of(path: str, problem: Any, answer: Answer, comment: str) -> None:
    """Write the graph with the answer for Graphviz."""
    from analoghop.formats.graphs.dot import write_dot

    write_dot(path, problem.graph, [int(value) for value in answer], comment)


def read_dot_of(path: str, problem: Any) -> Answer:
    """Return the answer in a graph for Graphviz that `write_dot_of` wrote."""
    from analoghop.formats.graphs.dot import read_dot_values

    return read_dot_values(path, _names(problem))
