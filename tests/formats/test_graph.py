import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analoghop.errors import InputError
from analoghop.formats.graphs.graph import Graph
from analoghop.formats.instances.quadratic import Quadratic

nx = pytest.importorskip("networkx")


@given(st.integers(2, 9), st.integers(0, 999), st.booleans())
@settings(deadline=None, max_examples=40)
def test_neighbours_and_degrees_are_those_of_networkx(n: int, seed: int, weighted: bool) -> None:
    plain = nx.gnp_random_graph(n, 0.6, seed=seed)
    plain.add_edge(0, 1)
    rng = np.random.default_rng(seed)
    if weighted:
        nx.set_edge_attributes(plain, {edge: rng.normal() for edge in plain.edges}, "weight")
    graph = Graph.from_networkx(plain)
    assert (graph.n, graph.m, graph.density) == (n, plain.number_of_edges(), pytest.approx(nx.density(plain)))
    first, vertices, edges = graph.neighbours
    for v in range(n):
        around = slice(first[v], first[v + 1])
        assert vertices[around].tolist() == sorted(plain[v])
        assert graph.degrees[v] == plain.degree[v]
        want = [plain[v][u].get("weight", 1.0) for u in sorted(plain[v])]
        np.testing.assert_array_equal(graph.w[edges[around]], want)
    assert (graph.weights is None) == (not weighted)


def test_names_places_and_loops_of_networkx() -> None:
    drawn = nx.Graph([("a", "b"), ("b", "c"), ("c", "c")], name="three")
    for k, node in enumerate(drawn):
        drawn.nodes[node]["pos"] = (k, 2 * k)
    graph = Graph.from_networkx(drawn)
    assert graph.name == "three"
    assert graph.coordinates is not None
    assert graph.coordinates.tolist() == [[0, 0], [1, 2], [2, 4]]
    assert graph.notices == ("three: edges from a vertex to itself are ignored (vertex 2, from 0)",)


def test_repeated_edges_add_their_weights() -> None:
    graph = Graph.of(3, [(1, 0), (0, 1), (2, 1)], [1.5, 2.0, -1.0])
    assert graph.edges.tolist() == [[0, 1], [1, 2]]
    assert graph.w.tolist() == [3.5, -1.0]
    assert graph.notices == ("graph: 1 edges are given again: their weights are added",)
    assert Graph.of(2, [(0, 1), (1, 0)]).notices == ()
    assert not graph.edges.flags.writeable


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Graph.of(0, []), "has 0 vertices"),
        (lambda: Graph.of(3, []), "has no edges"),
        (lambda: Graph.of(3, [(1, 1)]), "has no edges"),
        (lambda: Graph.of(3, [(0, 3)]), r"holds \(0, 3\), expected numbers from 0 to 2"),
        (lambda: Graph.of(3, [(0, 1, 2)]), "expected pairs of whole numbers"),
        (lambda: Graph.of(3, [(0.5, 1)]), "expected pairs of whole numbers"),
        (lambda: Graph.of(3, [(0, 1)], [1, 2]), "expected 1 numbers"),
        (lambda: Graph.of(3, [(0, 1)], [np.nan]), "finite"),
        (lambda: Graph(3, np.array([[1, 0]])), "`Graph.of` takes any order"),
        (lambda: Graph.of(2, [(0, 1)], coordinates=[[0, 1]]), "`coordinates`"),
        (lambda: Graph.from_networkx(nx.Graph()), "has 0 vertices"),
        (lambda: Graph.from_networkx(nx.DiGraph([(0, 1)])), "directed"),
        (lambda: Graph.from_networkx(nx.Graph([(0, 1, {"weight": "x"})])), "no number"),
    ],
)
def test_bad_graphs_of_code(make, message) -> None:
    with pytest.raises(InputError, match=message):
        make()


@given(st.integers(1, 6), st.integers(0, 999))
@settings(deadline=None, max_examples=40)
def test_forms_add_up_entries(n: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    at, values = rng.integers(0, n, (12, 2)), rng.normal(size=12)
    form = Quadratic.of(n, at, values)
    x = rng.normal(size=n)
    want = sum(v * (x[i] if i == j else x[i] * x[j]) for (i, j), v in zip(at.tolist(), values, strict=True))
    i, j = form.pairs.T
    assert form.linear @ x + form.values @ (x[i] * x[j]) == pytest.approx(want)
    assert (form.pairs[:, 0] < form.pairs[:, 1]).all()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Quadratic.of(0, [], []), "has 0 variables"),
        (lambda: Quadratic.of(2, [(0, 1)], [np.inf]), "not finite"),
        (lambda: Quadratic.of(2, [(0, 1)], [1, 2]), "expected 1 numbers"),
        (lambda: Quadratic(2, np.zeros(2), np.array([[1, 0]]), np.ones(1)), "takes any order"),
        (lambda: Quadratic(2, np.zeros(3), np.array([[0, 1]]), np.ones(1)), "needs 2 linear coefficients"),
    ],
)
def test_bad_forms(make, message) -> None:
    with pytest.raises(InputError, match=message):
        make()
