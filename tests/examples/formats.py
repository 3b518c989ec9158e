"""Every pair of functions that write and read a format, by the file's name, with a record."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from analoghop.formats.graphs.dimacs import read_col, read_col_sol, write_col, write_col_sol
from analoghop.formats.graphs.graph import Graph
from analoghop.formats.graphs.rudy import read_cut, read_ising, read_rudy, write_cut, write_ising, write_rudy
from analoghop.formats.instances.cnf import CNF, read_assignment, read_cnf, write_assignment, write_cnf
from analoghop.formats.instances.labelled import read_values, write_values
from analoghop.formats.instances.qaplib import (
    Matrices,
    QAPSolution,
    read_qaplib,
    read_solution,
    write_qaplib,
    write_solution,
)
from analoghop.formats.instances.quadratic import Quadratic
from analoghop.formats.instances.qubo import read_qubo, write_qubo
from analoghop.formats.instances.spins import read_spins, write_spins
from analoghop.formats.instances.sudoku import read_sudoku, write_sudoku
from analoghop.formats.instances.tables import read_table, write_table
from analoghop.formats.instances.wcnf import WeightedCNF, read_wcnf, write_wcnf
from analoghop.formats.memories.columns import Columns, read_columns, write_columns
from analoghop.formats.memories.patterns import Patterns, read_patterns, write_patterns
from analoghop.formats.memories.weights import StoredWeights, read_weights, write_weights
from analoghop.formats.programs.program import Program, ProgramRow
from analoghop.formats.programs.reading import read_lp
from analoghop.formats.programs.writing import write_lp
from analoghop.formats.tsplib import Cities, Tour, read_tour, read_tsplib, write_tour, write_tsplib
from analoghop.formats.waveforms.files import (
    read_table_file,
    read_waveforms,
    write_table_file,
    write_waveforms,
)
from analoghop.formats.waveforms.table import AnalysisTable
from analoghop.formats.waveforms.waveforms import Waveforms
from tests.examples.problems import PUZZLE


class Format(NamedTuple):
    """How a record is written and read."""

    write: Callable[..., Any]
    read: Callable[..., Any]
    record: Any


def solution(path: Any, record: QAPSolution) -> None:
    """Write a solution, whose fields are arguments."""
    write_solution(path, record.value, record.permutation)


def grids(path: Any, record: tuple[str, ...]) -> None:
    """Write one grid."""
    write_sudoku(path, record[0])


def values(path: Any, record: tuple[int, ...]) -> None:
    """Write the values of two names."""
    write_values(path, ("a", "b, c"), record)


def table(path: Any, record: Cities) -> None:
    """Write a matrix of distances."""
    write_table(path, record.distances)


WAVES = Waveforms(
    ("time", "v(a,b)"),
    ("time", "voltage"),
    np.array([[0.0, 0.1, 0.2], [1 / 3, -2e-20, 5.0]]),
    "Title",
    {"seed": 3, "a: b": [1.5]},
)
COLUMNS = Columns({"load": np.array([0.1, 1 / 3]), "count": np.array([2.0, np.nan])}, {"seed": 3})
PIXELS = Patterns(np.array([[1.0, -1.0, 1.0, 1.0], [-1.0, -1.0, 1.0, -1.0]]), (2, 2))
FORM = Quadratic.of(4, [(0, 0), (0, 2), (1, 3), (3, 3)], [1.5, -2.0, 1 / 3, 2.0], "x")
SPINS = Quadratic.of(4, [(0, 0), (0, 2), (1, 3)], [1.5, -2.0, 4.0], "x")
D = np.array([[0.0, 3.0, 4.0], [3.0, 0.0, 5.0], [4.0, 5.0, 0.0]])

REAL = AnalysisTable(
    "DC transfer characteristic",
    ("v(v-sweep)", "v(a)"),
    ("voltage", "voltage"),
    np.array([[1, 2], [0.1, 1 / 3]]),
)
COMPLEX = AnalysisTable(
    "AC Analysis",
    ("frequency", "v(a)", "i(v1)"),
    ("frequency", "voltage", "current"),
    np.array([[1.0, 10.0], [1 / 3 + 2j, -1j], [0.1, 1e-300 - 7j]]),
    "a title",
    {"swept": ["v1"], "n": 3},
)

PROGRAM = Program(
    ("a", "b_1", "c"),
    {0: 1.5, 2: -1 / 3},
    {(0, 1): 2.0, (1, 2): -0.1},
    7.0,
    "max",
    (ProgramRow("cap", ((0, 2.0), (2, -1.0)), "<=", 1.5), ProgramRow("R2", ((1, 1.0),), "==", 1.0)),
    {1: 1},
    "x",
)

FORMATS: dict[str, Format] = {
    **{f"real{s}": Format(write_table_file, read_table_file, REAL) for s in (".raw", ".csv", ".npz")},
    **{f"complex{s}": Format(write_table_file, read_table_file, COMPLEX) for s in (".raw", ".csv", ".npz")},
    **{f"x{suffix}": Format(write_waveforms, read_waveforms, WAVES) for suffix in (".raw", ".csv", ".npz")},
    **{f"columns{suffix}": Format(write_columns, read_columns, COLUMNS) for suffix in (".csv", ".npz")},
    **{f"pixels{suffix}": Format(write_patterns, read_patterns, PIXELS) for suffix in (".txt", ".npy")},
    "weights.npz": Format(write_weights, read_weights, StoredWeights(D, D[0], {"rule": "hebbian"})),
    "x.rud": Format(write_rudy, read_rudy, Graph.of(4, [(0, 1), (1, 3)], [2.0, -1.0], name="x")),
    "x.ising": Format(write_ising, read_ising, SPINS),
    "x.col": Format(write_col, read_col, Graph.of(4, [(0, 1), (1, 3)], name="x")),
    "x.col.sol": Format(write_col_sol, partial(read_col_sol, size=4), (0, 2, 1, 0)),
    "x.cut": Format(write_cut, partial(read_cut, size=4), (0, 1, 1, 0)),
    "x.spins": Format(write_spins, partial(read_spins, size=4), (-1, 1, 1, -1)),
    "x.cnf": Format(write_cnf, read_cnf, CNF(3, ((1, -2), (2, 3), (-1,)), "x")),
    "x.sol": Format(write_assignment, partial(read_assignment, variables=4), (True, False, False, True)),
    "x.dat": Format(write_qaplib, read_qaplib, Matrices("x", D, 2.0 * D)),
    "x.sln": Format(solution, read_solution, QAPSolution(26.0, (2, 0, 1))),
    **{f"x{suffix}": Format(write_qubo, read_qubo, FORM) for suffix in (".qubo", ".coo", ".sparse")},
    "values.csv": Format(values, partial(read_values, names=("a", "b, c")), (3, -1)),
    "x.wcnf": Format(write_wcnf, read_wcnf, WeightedCNF(3, ((1, -2), (3,)), ((2.5, (2, 3)), (1.0, ())), "x")),
    "x.lp": Format(write_lp, read_lp, PROGRAM),
    "x.sudoku": Format(grids, read_sudoku, (PUZZLE,)),
    "matrix.csv": Format(table, read_table, Cities("matrix", D, None, "EXPLICIT")),
    "x.tsp": Format(write_tsplib, read_tsplib, Cities("x", D, None, "EXPLICIT", "three cities")),
    "x.tour": Format(write_tour, read_tour, Tour((2, 0, 1), "x.tour", "a comment")),
}
