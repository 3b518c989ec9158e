"""What problems are made of: matrices, graphs of networkx, dictionaries; and what is refused at once."""

import copy
import pickle
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from small_graphs import all_bits, random_graph

from analoghop import (
    QAP,
    QUBO,
    TSP,
    Colouring,
    Graph,
    IndependentSet,
    Ising,
    MaxCut,
    Model,
    Partition,
    Queens,
    Satisfiability,
    Sudoku,
    VertexCover,
)
from analoghop.errors import InputError
from analoghop.limits import Limits
from analoghop.problems.base import Problem

DATA = Path(__file__).parents[1] / "data"
GIVENS = "53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79"
W = np.array([[0, 2, 0, 1], [2, 0, 3, 0], [0, 3, 0, 0], [1, 0, 0, 0]])
ON_GRAPHS = [MaxCut, Colouring, IndependentSet, VertexCover, Partition]
CYCLE = nx.cycle_graph(5)
few = settings(deadline=None, max_examples=25)


def model() -> Problem:
    made = Model()
    x = made.variables(3)
    made.exactly_one(x)
    made.fix(x[2], 0)
    made.minimise(2 * x[0] + x[0] * x[1])
    return made.problem()


def every() -> dict[str, Problem]:
    return {
        "tsp": TSP.read(DATA / "burma14.tsp"),
        "qap": QAP.read(DATA / "chr12a.dat"),
        "colouring": Colouring(CYCLE, 3),
        "maxcut": MaxCut.read(DATA / "g05_60.0"),
        "ising": Ising({("a", "b"): 1.0}, {"c": 2.0}),
        "qubo": QUBO.read(DATA / "bqp50-1.sparse"),
        "independent-set": IndependentSet(CYCLE),
        "vertex-cover": VertexCover(CYCLE),
        "partition": Partition(W),
        "queens": Queens(6),
        "sudoku": Sudoku(GIVENS),
        "sat": Satisfiability.read(DATA / "uf20-01.cnf"),
        "model": model(),
    }


@pytest.mark.parametrize("kind", every())
def test_copies_and_pickles_are_equal_and_read_only(kind: str) -> None:
    problem = every()[kind]
    assert problem == every()[kind]
    assert hash(problem) == hash(every()[kind])
    problem.baselines(0, Limits())
    for again in (copy.deepcopy(problem), copy.copy(problem), pickle.loads(pickle.dumps(problem))):
        assert again == problem
        assert hash(again) == hash(problem)
        for record in (again, getattr(again, "graph", again), getattr(again, "form", again)):
            for field in fields(record):  # type: ignore[arg-type]
                value = getattr(record, field.name)
                assert not isinstance(value, np.ndarray) or not value.flags.writeable
    for other, instance in every().items():
        assert (instance == problem) is (other == kind)


def test_problems_with_other_data_differ() -> None:
    assert MaxCut(W) != MaxCut(2 * W)
    assert MaxCut(W) != MaxCut(W, best_known=4.0)
    assert MaxCut(W) != Partition(W)
    assert Colouring(CYCLE, 3) != Colouring(CYCLE, 4)
    assert Ising(W) != Ising(W, constant=1.0)
    assert TSP(np.eye(4)[:, :2]) != TSP(np.eye(5)[:, :2])
    assert Graph.of(3, [(0, 1)]) == Graph.of(3, [(1, 0)])
    assert Graph.of(3, [(0, 1)]) != Graph.of(4, [(0, 1)])
    assert MaxCut(W) != W.tolist()


@pytest.mark.parametrize("kind", ON_GRAPHS)
@pytest.mark.parametrize("take", [np.array, np.ndarray.tolist, sparse.csr_array, sparse.coo_matrix, Graph])
def test_a_graph_problem_takes_a_matrix_in_any_form(kind: type, take: object) -> None:
    graph = Graph.of(4, [(0, 1), (1, 2), (0, 3)], [2, 3, 1])
    given = graph if take is Graph else take(W)  # type: ignore[operator]
    problem = kind(given)
    assert problem.graph == graph
    assert problem == kind(graph)


@given(st.integers(2, 7), st.integers(0, 999))
@few
def test_the_cut_of_a_matrix_is_the_cut_of_its_graph(n: int, seed: int) -> None:
    graph = random_graph(n, seed, weighted=True)
    if not graph.w.any():
        return
    matrix = np.zeros((n, n))
    matrix[tuple(graph.edges.T)] = graph.w
    dense, thin = MaxCut(matrix + matrix.T), MaxCut(sparse.csr_matrix(matrix + matrix.T))
    drawn = nx.Graph()
    drawn.add_nodes_from(range(n))
    drawn.add_weighted_edges_from((i, j, w) for (i, j), w in zip(graph.edges.tolist(), graph.w, strict=True))
    assert dense == thin
    for sides in all_bits(n)[:16]:
        assert dense.cut(sides) == MaxCut(graph).cut(sides) == MaxCut(drawn).cut(sides)


@pytest.mark.parametrize("kind", ON_GRAPHS)
def test_a_graph_problem_takes_a_graph_of_networkx(kind: type) -> None:
    problem = kind(CYCLE)
    assert problem.graph.edges.tolist() == [[0, 1], [0, 4], [1, 2], [2, 3], [3, 4]]
    assert problem == kind.from_networkx(CYCLE)  # type: ignore[attr-defined]


def test_parallel_edges_of_a_multigraph_add_up() -> None:
    drawn = nx.MultiGraph([("a", "b"), ("a", "b"), ("b", "c")])
    assert MaxCut(drawn).graph.w.tolist() == [2.0, 1.0]
    assert MaxCut(drawn).cut([0, 1, 1]) == 2.0
    weighted = nx.MultiGraph()
    weighted.add_weighted_edges_from([(0, 1, 2.5), (1, 0, 0.5), (1, 2, 1.0)])
    assert MaxCut(weighted).graph.w.tolist() == [3.0, 1.0]
    assert MaxCut(nx.MultiGraph([(0, 1), (1, 2)])).graph.weights is None


def test_loops_are_left_out_with_a_notice() -> None:
    problem = MaxCut(np.array([[5, 1], [1, 0]]))
    assert problem.graph.m == 1
    assert "vertex 0, from 0" in problem.notices[0]
    assert "ignored" in MaxCut(nx.Graph([(0, 0), (0, 1)])).notices[0]


def test_networkx_is_not_imported() -> None:
    code = "import analoghop as a, sys; a.MaxCut([[0, 1], [1, 0]]); sys.exit('networkx' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@given(st.integers(2, 6), st.integers(0, 999))
@few
def test_a_qubo_costs_the_same_from_a_matrix_and_from_a_dictionary(n: int, seed: int) -> None:
    Q = np.random.default_rng(seed).integers(-3, 4, (n, n)) + np.eye(n)
    pairs = {(i, j): Q[i, j] for i in range(n) for j in range(n)}
    words = {(f"v{i}", f"v{j}"): value for (i, j), value in pairs.items()}
    for problem in (QUBO(Q), QUBO(Q.tolist()), QUBO(sparse.csr_array(Q)), QUBO(pairs), QUBO(words)):
        for x in all_bits(n)[:16]:
            assert problem.verify(x).cost == x @ Q @ x
    assert QUBO(pairs).labels == ()
    assert QUBO(words).labels == tuple(f"v{i}" for i in range(n))


@given(st.integers(2, 6), st.integers(0, 999))
@few
def test_spins_have_the_same_energy_from_a_matrix_and_from_dictionaries(n: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    J = np.triu(rng.integers(-3, 4, (n, n)), 1)
    J, h = J + J.T, rng.integers(-3, 4, n)
    pairs = {(i, j): J[i, j] for i in range(n) for j in range(i + 1, n)}
    words = {(f"v{i}", f"v{j}"): value for (i, j), value in pairs.items()}
    fields = {f"v{i}": value for i, value in enumerate(h)}
    made = [Ising(J, h), Ising(sparse.csr_array(J), h.tolist()), Ising(pairs, dict(enumerate(h)))]
    for problem in (*made, Ising(words, fields)):
        for s in 2 * all_bits(n)[:16] - 1:
            assert problem.verify(s).cost == -0.5 * s @ J @ s - h @ s


def test_labels_lead_back_from_an_answer() -> None:
    problem = QUBO({("rain", "rain"): -1.0, ("rain", "snow"): 2.0})
    assert problem.labelled((1, 0)) == {"rain": 1, "snow": 0}
    assert Ising({(0, 2): 1.0}).labelled((1, -1, 1)) == {0: 1, 1: -1, 2: 1}
    assert QUBO({(0, 0): 1.0, (3, 1): 1.0}).size == 4
    assert QUBO({(-1, 1): 1.0}).labels == (-1, 1)


def test_a_number_after_a_form_is_the_constant() -> None:
    spins = Ising(W)
    assert Ising(spins.form, 2.5) == Ising(W, constant=2.5)


def test_clauses_are_taken_as_in_a_file() -> None:
    problem = Satisfiability([[1, -2], (2, 3), np.array([-1, 3])])
    assert problem == Satisfiability.of(3, [(1, -2), (2, 3), (-1, 3)])
    assert problem.size == 3
    assert Satisfiability([[1]], variables=4, name="f").size == 4


def test_cities_are_taken_by_their_distances_or_their_places() -> None:
    places = np.array([[0.0, 0.0], [3.0, 0.0], [3.0, 4.0], [0.0, 4.0]])
    by_places = TSP(places)
    assert by_places == TSP.from_coordinates(places) == TSP(places.tolist()) == TSP(coordinates=places)
    assert by_places.length(range(4)) == 14.0
    assert by_places.edge_weight_type == "EUCLIDEAN"
    by_matrix = TSP(by_places.distances)
    assert by_matrix.length(range(4)) == 14.0
    assert (by_matrix.edge_weight_type, by_matrix.coordinates) == ("EXPLICIT", None)
    assert TSP(places + 0.3, edge_weight_type="CEIL_2D").length(range(4)) == 14.0
    drawn = nx.complete_graph(4)
    nx.set_edge_attributes(drawn, 2.0, "weight")
    assert TSP(drawn) == TSP.from_networkx(drawn)
    assert TSP(drawn).length(range(4)) == 8.0
    diagonal = by_places.distances + np.diag(np.full(4, np.nan))
    assert TSP(diagonal).length(range(4)) == 14.0


def test_an_assignment_takes_sparse_matrices_and_lists() -> None:
    assert QAP(sparse.csr_array(W), W.tolist()) == QAP(W, W)


def test_a_grid_is_taken_as_text_or_digits() -> None:
    problem = Sudoku(GIVENS)
    rows = [GIVENS[k : k + 9] for k in range(0, 81, 9)]
    assert problem == Sudoku("\n".join(rows)) == Sudoku(rows)
    digits = problem.digits.reshape(9, 9)
    assert problem == Sudoku(digits) == Sudoku(digits.tolist()) == Sudoku(digits.ravel())


def test_a_board_takes_any_whole_number() -> None:
    assert Queens(np.int64(8)) == Queens(8) == Queens(8.0)


RAGGED = [[0, 1], [1]]
COMPLEX = np.array([[0, 1j], [1j, 0]])
NAN = np.array([[0, np.nan], [np.nan, 0]])
DIRECTED = np.array([[0, 1], [2, 0]])


@pytest.mark.parametrize("kind", ON_GRAPHS)
@pytest.mark.parametrize(
    ("source", "message"),
    [
        (RAGGED, r"`graph` is not an array of numbers .*, expected a square matrix of numbers"),
        (COMPLEX, r"`graph` holds complex numbers, expected a square matrix of numbers"),
        (sparse.csr_array(COMPLEX), r"`graph` holds complex numbers"),
        (NAN, r"`graph` holds nan at \(0, 1\), expected a finite number"),
        (sparse.csr_array(NAN), r"`graph` holds nan at \(0, 1\), expected a finite number"),
        (np.zeros((2, 3)), r"`graph` has shape \(2, 3\), expected a square matrix"),
        (sparse.csr_array((2, 3)), r"`graph` has shape \(2, 3\), expected a square matrix"),
        (DIRECTED, r"`graph` is not symmetric: it holds 1 at \(0, 1\) and 2 at \(1, 0\)"),
        (np.triu(W), r"`graph` is not symmetric: it holds 2 at \(0, 1\) and 0 at \(1, 0\)"),
        (sparse.csr_array(DIRECTED), r"`graph` is not symmetric"),
        ([], r"`graph` has shape \(0,\), expected a square matrix"),
        (np.zeros((0, 0)), r"`graph` has shape \(0, 0\), expected a square matrix"),
        (np.zeros((3, 3)), r"graph has no edges: there is nothing to decide"),
        ([["a", "b"], ["b", "a"]], r"`graph` holds values of type <U1"),
        ("g05_60.0", r"`graph` is a str, expected a `Graph`, a graph of networkx, or a symmetric matrix"),
        (None, r"`graph` is a NoneType, expected a `Graph`"),
        (7, r"`graph` is a int, expected a `Graph`"),
        (nx.DiGraph([(0, 1)]), r"the graph is directed"),
        (nx.Graph(), r"has 0 vertices"),
        (nx.Graph([(0, 1, {"weight": np.inf})]), r"the `weight` of the edge 0-1 is inf, expected a finite"),
        (nx.Graph([(0, 1, {"weight": "x"})]), r"the `weight` of an edge is no number"),
    ],
)
def test_what_is_no_graph_is_refused(kind: type, source: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        kind(source)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: MaxCut(W, best_known=np.nan), r"`best_known` is nan, expected a finite number"),
        (lambda: MaxCut(W, best_known="4"), r"`best_known` holds values of type <U1"),
        (lambda: Colouring(CYCLE, 2.5), r"`colours` is 2.5, expected a whole number"),
        (lambda: Colouring(CYCLE, "3"), r"`colours` is '3', expected a whole number"),
        (lambda: Colouring(CYCLE, True), r"`colours` is True, expected a whole number"),
        (lambda: Colouring(CYCLE, -1), r"`colours` is -1, expected at least 1"),
        (lambda: Graph.of(2.5, [(0, 1)]), r"`n` is 2.5, expected a number of vertices"),
        (lambda: Graph.of(-2, [(0, 1)]), r"expected numbers from 0|has -2 vertices"),
        (lambda: Graph.of(2, [(0, 1)], [1j]), r"`weights` holds complex numbers"),
        (lambda: QUBO(RAGGED), r"`Q` is not an array of numbers"),
        (lambda: QUBO(COMPLEX), r"`Q` holds complex numbers"),
        (lambda: QUBO(NAN), r"`Q` holds nan at \(0, 1\)"),
        (lambda: QUBO(np.zeros((0, 0))), r"`Q` has shape \(0, 0\)"),
        (lambda: QUBO(np.zeros((2, 3))), r"`Q` has shape \(2, 3\), expected a square matrix"),
        (lambda: QUBO({}), r"`Q` is empty: there is nothing to decide"),
        (lambda: QUBO({0: 1.0}), r"`Q` has the key 0, expected pairs"),
        (lambda: QUBO({(0, 1, 2): 1.0}), r"`Q` has the key \(0, 1, 2\), expected pairs"),
        (lambda: QUBO({(0, 1): np.nan}), r"`Q` has the value nan at \(0, 1\), expected a finite number"),
        (lambda: QUBO({(0, 1): 1j}), r"`Q` has the value 1j at \(0, 1\), expected a finite number"),
        (lambda: QUBO({(0, 10**9): 1.0}), r"has 1000000001 variables, expected 1 to 1000000"),
        (lambda: QUBO(W, constant=np.inf), r"`constant` holds inf, expected a finite number"),
        (lambda: QUBO(W, labels=("a", "b")), r"`labels` has 2 labels, expected 4 different ones"),
        (lambda: QUBO("file"), r"`Q` holds values of type <U4"),
        (lambda: Ising(RAGGED), r"`J` is not an array of numbers"),
        (lambda: Ising(COMPLEX), r"`J` holds complex numbers"),
        (lambda: Ising(NAN), r"`J` holds nan at \(0, 1\)"),
        (lambda: Ising(DIRECTED), r"`J` is not symmetric"),
        (lambda: Ising([]), r"`J` has shape \(0,\)"),
        (lambda: Ising(W, [1, 2]), r"`h` has shape \(2,\), expected 4 fields"),
        (lambda: Ising(W, 1.0), r"`h` has shape \(\), expected 4 fields"),
        (lambda: Ising(W, [1, np.nan, 0, 0]), r"`h` holds nan at \(1\)"),
        (lambda: Ising(W, {0: 1.0}), r"`J` is a ndarray and `h` a dict, expected two dictionaries"),
        (lambda: Ising({(0, 1): 1.0}, [1.0, 2.0]), r"`J` is a dict and `h` a list"),
        (lambda: Ising({(1, 1): 1.0}), r"`J` couples 1 with itself, expected fields in `h`"),
        (lambda: Ising({(0, 1): 1.0}, {0: "x"}), r"`h` has the value 'x' at 0"),
        (lambda: Ising(Ising(W).form, [1, 2, 3, 4]), r"`h` is given twice"),
        (lambda: Satisfiability([]), r"has no clauses"),
        (lambda: Satisfiability([[]]), r"clause 1 of formula has no literals"),
        (lambda: Satisfiability([[1, 0]]), r"clause 1 of formula has the literal 0"),
        (lambda: Satisfiability([[1.5]]), r"`formula` is 1.5, expected a literal in clause 1"),
        (lambda: Satisfiability([[np.nan]]), r"`formula` is nan, expected a literal in clause 1"),
        (lambda: Satisfiability([["x"]]), r"`formula` is 'x', expected a literal in clause 1"),
        (lambda: Satisfiability([1, 2]), r"clause 1 of `formula` is 1, expected sequences of literals"),
        (lambda: Satisfiability("x.cnf"), r"`formula` is a str, expected clauses"),
        (lambda: Satisfiability([[3]], variables=2), r"literal 3, expected variables from 1 to 2"),
        (lambda: Satisfiability([[1]], variables=-1), r"formula has -1 variables"),
        (lambda: TSP(RAGGED), r"`distances` is not an array of numbers"),
        (lambda: TSP(1j * np.ones((3, 3))), r"`distances` holds complex numbers"),
        (
            lambda: TSP(np.ones((3, 4))),
            r"`distances` has shape \(3, 4\), expected a square matrix, or places",
        ),
        (lambda: TSP([]), r"`distances` has shape \(0,\)"),
        (lambda: TSP(np.full((4, 2), np.nan)), r"`distances` holds nan at \(0, 0\)"),
        (lambda: TSP(np.ones((1, 2))), r"`distances` has 1 cities, expected 3"),
        (lambda: TSP(), r"`distances` is missing"),
        (lambda: TSP(sparse.csr_array(np.ones((3, 3)))), r"`distances` is a sparse matrix"),
        (lambda: TSP("berlin52.tsp"), r"`distances` holds values of type <U12"),
        (lambda: TSP(np.ones((4, 2)), edge_weight_type="ROUND"), r"`edge_weight_type` is 'ROUND'"),
        (lambda: QAP(RAGGED, W), r"`A` is not an array of numbers"),
        (lambda: QAP(W, 1j * W), r"`B` holds complex numbers"),
        (lambda: QAP(W, np.full((4, 4), np.inf)), r"`B` holds inf at \(0, 0\)"),
        (lambda: QAP(W, W[:3, :3]), r"`A` is of size 4 and `B` of size 3"),
        (lambda: QAP([], W), r"`A` has shape \(0,\), expected a square matrix of 2 rows or more"),
        (lambda: QAP(W, W, best_known=[1]), r"`best_known` is \[1\], expected a finite number"),
        (lambda: Sudoku(""), r"has 0 signs, expected 81"),
        (
            lambda: Sudoku(np.zeros((9, 8))),
            r"`givens` has shape \(9, 8\), expected 81 signs, or 9 x 9 digits",
        ),
        (lambda: Sudoku(np.full((9, 9), 0.5)), r"`givens` holds 0.5 in row 1, column 1"),
        (lambda: Sudoku(np.full((9, 9), np.nan)), r"`givens` holds nan in row 1, column 1"),
        (lambda: Sudoku(np.full(81, 11)), r"`givens` holds 11 in row 1, column 1"),
        (lambda: Sudoku(np.zeros((9, 9)) + 0j), r"`givens` holds complex numbers"),
        (lambda: Sudoku([[1], [2, 3]]), r"`givens` is not an array of numbers"),
        (lambda: Sudoku(np.ones((9, 9))), r"the givens contradict each other"),
        (lambda: Queens(2.5), r"`n` is 2.5, expected a whole number of queens"),
        (lambda: Queens("8"), r"`n` is '8', expected a whole number of queens"),
        (lambda: Queens(True), r"`n` is True, expected a whole number of queens"),
        (lambda: Queens(np.nan), r"`n` is nan, expected a whole number of queens"),
        (lambda: Queens(-3), r"there are -3 queens, expected 1 to 1000"),
        (lambda: Queens(1j), r"`n` is 1j, expected a whole number of queens"),
    ],
)
def test_what_does_not_fit_is_refused_in_one_sentence(make: object, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        make()  # type: ignore[operator]
    assert "\n" not in str(caught.value)
