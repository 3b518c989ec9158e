"""`ROWS`: the data of the catalogue, one row per kind of problem."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class AnswerFormat(NamedTuple):
    """A format of answers, by the `suffixes` of its files and the names "module:function" of its functions.

    `reader(path, size)` returns an answer, `writer(path, answer, comment)` writes one; those in `FILES`
    depend on the instance: `reader(path, problem)` and `writer(path, problem, answer, comment)`. `candidate`,
    called like a reader, reads an answer for judgement; "" for `reader`. `named`: whether an answer may also
    be a table (`.csv`) of the names of cities, vertices or variables.
    """

    suffixes: tuple[str, ...]
    reader: str
    writer: str
    candidate: str = ""
    named: bool = True


class Row(NamedTuple):
    """The fields of a `CatalogueEntry`, with the names "module:name" of objects to import.

    `formulations` are names of classes, or of mappings with several of them by name. `read` is the name of
    the function that makes an instance; "" for the method `read` of the problem.
    """

    problem: str
    purpose: str
    takes: str
    formulations: tuple[str, ...]
    answers: AnswerFormat
    starts: int = 16
    read: str = ""
    searches: Mapping[str, str] = {}
    deck_settings: Mapping[str, Mapping[str, str | float | bool]] = {}
    deck_formulation: str | None = None
    narrow: str = ""
    unsolved: str = ""


FILES, _FORMATS = "optimise.catalogue.answer_files", "formats.instances"
_GRAPH = "a graph: DIMACS, rudy, METIS, Matrix Market, a list of edges, GML, GraphML"
_CONSTRAINTS = ("problems.constraints:FORMULATIONS",)
_MACHINES = ("problems.spins:MACHINES",)
_SIDES = AnswerFormat((".cut",), "formats.graphs.rudy:read_cut", "formats.graphs.rudy:write_cut")
_BITS = _SIDES._replace(suffixes=(".bits",))

# Simulating a deck is slow. Its parts have no noise, and a deck makes a single attempt.
_SPINS_DECK: Mapping[str, Mapping[str, str | float | bool]] = {"gain": {"steps": 600}}

ROWS: Mapping[str, Row] = {
    "tsp": Row(
        "problems.tsp:TSP",
        "the shortest round trip through all cities",
        "a TSPLIB file, or a .csv of coordinates, of degrees, or of a matrix of distances",
        ("problems.tsp:FORMULATIONS",),
        AnswerFormat(
            (".tour",),
            f"{FILES}:read_tour_of",
            f"{FILES}:write_tour_of",
            candidate="formats.tsplib:read_order",
        ),
        starts=10,
        searches={"chains": "optimise.chains:CHAINS", "restarts": "optimise.restarts:restarts"},
        # Constant parts allow no narrowing kernel and no noise. Self-coupled slots compensate for this:
        # valid in 400 of 400 starts for 5 to 10 cities, without them in 88 to 100 %.
        # Resistors determine the time constant of every input. Steps of ngspice scale with the duration.
        deck_settings={
            "potts": {"kernel": False, "sigma": 0.0, "self_coupling": 0.8},
            "guaranteed": {"leak": 0.01, "duration": 100.0},
            "successor": {"sigma": 0.0, "steps": 1000},
        },
        deck_formulation="potts",
    ),
    "qap": Row(
        "problems.qap:QAP",
        "facilities at locations, with the least sum of flow times distance",
        "a QAPLIB .dat file",
        ("problems.qap:FORMULATIONS",),
        AnswerFormat(
            (".sln",),
            f"{FILES}:read_permutation_of",
            f"{FILES}:write_permutation_of",
            candidate=f"{_FORMATS}.qaplib:read_places",
            named=False,
        ),
        starts=10,
        searches={"restarts": "optimise.restarts:restarts"},
        # Constant parts have no noise, so the anneal is slower.
        deck_settings={"potts": {"sigma": 0.0, "steps": 1000}},
    ),
    "colouring": Row(
        "problems.colouring.instance:Colouring",
        "colours for the vertices of a graph such that no edge joins two of one colour",
        _GRAPH,
        ("problems.colouring.adaptive:AdaptiveColouring", "problems.colouring.binary:Binary"),
        AnswerFormat(
            (".col.sol",), "formats.graphs.dimacs:read_col_sol", "formats.graphs.dimacs:write_col_sol"
        ),
        deck_settings={"memristive": {"noise": 0.0, "cycles": 1, "core": False}},
        narrow="optimise.fewest:fewest_colours",
    ),
    "maxcut": Row(
        "problems.spins.maxcut:MaxCut",
        "two sides for the vertices of a graph, with the largest weight of edges between them",
        _GRAPH,
        _MACHINES,
        _SIDES,
        deck_settings=_SPINS_DECK,
        deck_formulation="gain",
    ),
    "ising": Row(
        "problems.spins.ising:Ising",
        "spins of lowest energy -sum J_ij s_i s_j - sum h_i s_i",
        "lines `i j J` and `i i h`, perhaps below a line `n m`, or a model of dimod in JSON or .coo",
        _MACHINES,
        AnswerFormat((".spins",), f"{_FORMATS}.spins:read_spins", f"{_FORMATS}.spins:write_spins"),
        deck_settings=_SPINS_DECK,
        deck_formulation="gain",
    ),
    "qubo": Row(
        "problems.spins.qubo:QUBO",
        "zeros and ones of lowest quadratic cost x'Qx",
        "a Biq Mac .sparse, a qbsolv .qubo, a .coo or a JSON file, or a matrix as .npy or .csv",
        _MACHINES,
        _BITS,
        deck_settings=_SPINS_DECK,
        deck_formulation="gain",
    ),
    "independent-set": Row(
        "problems.independent_set:IndependentSet",
        "as many vertices of a graph as possible, no two of them adjacent",
        _GRAPH,
        _CONSTRAINTS,
        _BITS,
    ),
    "vertex-cover": Row(
        "problems.vertex_cover:VertexCover",
        "as few vertices of a graph as possible that touch every edge",
        _GRAPH,
        _CONSTRAINTS,
        _BITS,
    ),
    "partition": Row(
        "problems.partition:Partition",
        "two halves of a graph, with the smallest weight of edges between them",
        _GRAPH,
        ("problems.constraints:Penalty",),
        _SIDES,
    ),
    "queens": Row(
        "problems.queens.instance:Queens",
        "n queens on a board of n by n such that none attacks another",
        "the number of queens",
        ("problems.queens.adaptive:QueensMemristive",),
        AnswerFormat(
            (".queens",), f"{_FORMATS}.queens:read_queens", f"{_FORMATS}.queens:write_queens", named=False
        ),
        deck_settings={"memristive": {"noise": 0.0, "steps": 500}},
    ),
    "sudoku": Row(
        "problems.sudoku.instance:Sudoku",
        "digits for the blanks of a grid",
        "a file of 81 signs or nine lines of nine, or the 81 signs themselves; also 4, 16 or 25 rows",
        ("problems.sudoku.adaptive:SudokuMemristive",),
        AnswerFormat((".sudoku", ".txt"), f"{FILES}:read_grid_of", f"{FILES}:write_grid_of", named=False),
        deck_settings={"memristive": {"noise": 0.0, "duration": 100.0}},
    ),
    "sat": Row(
        "problems.satisfiability.instance:Satisfiability",
        "truth values that satisfy every clause; unsatisfiability is never proved",
        "a DIMACS .cnf file",
        ("problems.satisfiability.encodings:FORMULATIONS",),
        AnswerFormat((".sol",), f"{_FORMATS}.cnf:read_assignment", f"{_FORMATS}.cnf:write_assignment"),
        unsolved="whether the formula is satisfiable remains unknown",
    ),
    "maxsat": Row(
        "problems.maxsat:MaxSat",
        "truth values that satisfy all hard clauses, and soft ones of as much weight as possible",
        "a .wcnf file, in the format of 2022 or an older one",
        ("problems.constraints.adaptive:AdaptiveModel",),
        _BITS,
    ),
    "model": Row(
        "problems.constraints:Constrained",
        "choices, bounds and an objective of your own, from an LP file or written in Python: analoghop.Model",
        "an LP file of variables that are all 0 or 1",
        _CONSTRAINTS,
        _BITS,
    ),
}
"""By the name on the command line. Rows name objects, so that one problem does not import the others."""
