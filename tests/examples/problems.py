"""Small instances of every kind of problem, by name, each with answers, one or more of them valid."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from analoghop.memory.patterns import Memory
from analoghop.problems.base import Problem
from analoghop.problems.colouring.instance import Colouring
from analoghop.problems.constraints.model import Constrained, Model
from analoghop.problems.graph import Graph
from analoghop.problems.independent_set import IndependentSet
from analoghop.problems.maxsat import MaxSat
from analoghop.problems.partition import Partition
from analoghop.problems.qap import QAP
from analoghop.problems.queens.instance import Queens
from analoghop.problems.satisfiability.instance import Satisfiability
from analoghop.problems.spins.ising import Ising
from analoghop.problems.spins.maxcut import MaxCut
from analoghop.problems.spins.qubo import QUBO
from analoghop.problems.sudoku.instance import Sudoku
from analoghop.problems.tsp import TSP
from analoghop.problems.vertex_cover import VertexCover

DATA = Path(__file__).parents[1] / "data"
PUZZLE = "53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79"
SOLVED = "534678912672195348198342567859761423426853791713924856961537284287419635345286179"
PATH = Graph.of(5, [(0, 1), (1, 2), (2, 3), (3, 4), (1, 3)], [2.0, -1.0, 3.0, 1.0, 4.0])
SIDES = [(0, 1, 0, 1, 0), (0, 0, 1, 0, 1), (1, 1, 0, 0, 0), (0, 0, 0, 0, 0)]

Posed = tuple[Problem, Sequence[Any]]


def matrix(n: int, symmetric: bool, seed: int = 0) -> np.ndarray:
    """Random numbers, a zero diagonal."""
    d = np.random.default_rng(seed).uniform(1.0, 9.0, (n, n))
    return (d + d.T if symmetric else d) * (1.0 - np.eye(n))


def knapsack() -> Constrained:
    """Two choices of three, a limit on the weight, one product that pays."""
    model = Model()
    a, b = model.variables(3), model.variables(3)
    model.exactly_one(a)
    model.exactly_one(b)
    model.linear([*a, *b], [1, 2, 4, 1, 3, 5], "<=", 6, "weight")
    model.minimise({a[0]: -1, a[1]: -2, a[2]: -4, b[0]: -1, b[1]: -2, b[2]: -5}, {(a[1], b[1]): -3}, 10.0)
    return model.problem("knapsack")


def ising() -> Posed:
    """Couplings and fields."""
    J = matrix(5, True)
    return Ising.of(J, J[0] - 5.0, constant=2.0), [2 * np.array(s) - 1 for s in SIDES]


def memory() -> Posed:
    """Three patterns, and one that is none of them."""
    stored = Memory.random(30, 3, 1)
    wrong = stored.patterns[0].copy()
    wrong[:2] *= -1
    return stored, [*stored.patterns, wrong]


TOURS = [(0, 1, 2, 3, 4, 5), (3, 1, 5, 0, 2, 4), (5, 4, 3, 2, 1, 0)]
PLACES = [(0, 1, 2, 3, 4), (4, 2, 0, 1, 3), (1, 0, 3, 2, 4)]
KNAPSACKS = [(1, 0, 0, 1, 0, 0), (0, 1, 0, 0, 1, 0), (1, 0, 0, 0, 0, 1)]
TRUTHS = [(True, False, True), (True, True, True)]

PROBLEMS: dict[str, Callable[[], Posed]] = {
    "maxcut": lambda: (MaxCut(PATH), SIDES),
    "maxcut with a best known": lambda: (MaxCut(PATH, best_known=10.0), SIDES),
    "ising": ising,
    "qubo": lambda: (QUBO.of(matrix(5, False) - 4.0, constant=1.5), SIDES),
    "tsp": lambda: (TSP.from_coordinates(np.random.default_rng(0).uniform(size=(6, 2)), "map"), TOURS),
    "tsp, one-way": lambda: (TSP(matrix(6, False)), [*TOURS, (0, 1, 2, 3, 4, 4)]),
    "tsp of a file": lambda: (TSP.read(DATA / "burma14.tsp"), [tuple(range(14))]),
    "qap": lambda: (QAP(matrix(5, True), matrix(5, True, 1), "both"), PLACES),
    "qap, one-way": lambda: (QAP(matrix(5, False), matrix(5, False, 1), "none"), [*PLACES, (0, 1, 2, 3, 3)]),
    "qap of a file": lambda: (QAP.read(DATA / "nug12.dat"), [tuple(range(12))]),
    "colouring": lambda: (Colouring(PATH, 3), [(0, 1, 0, 2, 0), (1, 0, 1, 2, 1), (0, 0, 0, 1, 2)]),
    "independent set": lambda: (IndependentSet(PATH), [(1, 0, 1, 0, 1), (1, 0, 0, 0, 1), (1, 1, 0, 0, 0)]),
    "vertex cover": lambda: (VertexCover(PATH), [(0, 1, 0, 1, 0), (1, 1, 0, 1, 0), (0, 1, 0, 0, 0)]),
    "partition": lambda: (Partition(PATH), [(0, 0, 1, 1, 1), (1, 0, 1, 0, 0), (1, 1, 1, 1, 0)]),
    "model": lambda: (knapsack(), [*KNAPSACKS, (1, 1, 0, 1, 0, 0)]),
    "queens": lambda: (Queens(6), [(1, 3, 5, 0, 2, 4), (0, 1, 2, 3, 4, 5)]),
    "sudoku": lambda: (Sudoku(PUZZLE), [SOLVED, SOLVED.replace("1", "2")]),
    "satisfiability": lambda: (
        Satisfiability.of(3, [[1, -2], [2, 3], [-1, 3]]),
        [*TRUTHS, (True, True, False)],
    ),
    "maxsat": lambda: (
        MaxSat.of([[1, 2], [-1, -3]], [(2.0, [3]), (1.5, [-1, -2]), (1.0, [2, 3, -1])]),
        [(0, 1, 1), (1, 0, 0), (1, 1, 1)],
    ),
    "memory": memory,
}
