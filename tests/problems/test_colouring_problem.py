from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_graphs import random_graph

from analoghop.errors import InputError
from analoghop.limits import Limits
from analoghop.problems.baselines.dsatur import clique, dsatur
from analoghop.problems.baselines.tabucol import tabucol
from analoghop.problems.colouring.binary import Binary
from analoghop.problems.colouring.instance import Colouring
from analoghop.problems.graph import adjacency

nx = pytest.importorskip("networkx")

DATA = Path(__file__).parents[1] / "data"


@given(st.integers(2, 5), st.integers(0, 999), st.integers(1, 3))
@settings(deadline=None, max_examples=25)
def test_every_edge_is_looked_at(n: int, seed: int, k: int) -> None:
    problem = Colouring(random_graph(n, seed), k)
    for colours in product(range(k), repeat=n):
        bad = [f"{i}-{j}" for i, j in problem.graph.edges.tolist() if colours[i] == colours[j]]
        verdict = problem.verify(colours)
        assert (verdict.valid, verdict.cost) == (not bad, len(bad))
        assert verdict.violations == ({"conflicting edges": len(bad)} if bad else {})
        assert problem.describe_violations(colours) == bad


def test_colours_that_do_not_exist_are_violations() -> None:
    problem = Colouring(random_graph(3, 1), 2)
    assert problem.facts == {"colours": 2}
    assert problem.verify([0, 2, -1]).violations == {"unknown colour": 2}
    assert Colouring(problem.graph).verify([0, 2, 1]).valid
    with pytest.raises(InputError, match="expected 3 colours"):
        problem.verify([0, 1])


def test_a_colour_of_the_binary_circuit_is_on_above_one_half() -> None:
    encoding = Binary().encode(Colouring(random_graph(3, 1), 2))
    colours = (1, 0, 1)
    cells = encoding.embed(colours)
    for on, off, valid in ((0.51, 0.49, True), (0.49, 0.1, False), (0.9, 0.51, False), (0.5, 0.0, False)):
        (raw,) = encoding.decode(np.where(cells > 0, on, off))
        assert raw.answer == (colours if valid else None)
        assert raw.violations == ({} if valid else {"vertices without one colour": 3})


@given(st.integers(2, 12), st.integers(0, 999))
@settings(deadline=None, max_examples=40)
def test_dsatur_is_proper_and_a_clique_needs_its_colours(n: int, seed: int) -> None:
    graph = random_graph(n, seed)
    colours = dsatur(graph)
    assert Colouring(graph).verify(colours).valid
    assert set(colours.tolist()) == set(range(colours.max() + 1))
    largest = max(map(len, nx.find_cliques(nx.Graph(graph.edges.tolist()))))
    assert 2 <= clique(graph) <= largest <= colours.max() + 1
    few = dsatur(graph, 2)
    assert set(few.tolist()) <= {0, 1}


def test_dsatur_is_exact_on_bipartite_graphs() -> None:
    # Brelaz 1979, theorem 3.
    for seed in range(20):
        drawn = nx.bipartite.random_graph(6, 7, 0.4, seed=seed)
        drawn.add_edge(0, 6)
        assert dsatur(Colouring.from_networkx(drawn).graph).max() == 1


@pytest.mark.parametrize(("name", "k"), [("myciel3", 4), ("myciel4", 5), ("queen5_5", 5)])
def test_tabucol_reaches_the_chromatic_number(name: str, k: int) -> None:
    problem = Colouring.read(DATA / f"{name}.col", k)
    assert problem.verify(tabucol(problem.graph, k, seed=0)).valid
    assert not problem.verify(tabucol(problem.graph, 1, seed=0)).valid
    told = problem.baselines(0, Limits())
    assert told["TabuCol"] == 0
    assert problem.figures == {"dsatur_colours": dsatur(problem.graph).max() + 1}
    short = Colouring(problem.graph, k - 1)
    assert set(short.baselines(0, Limits())) == {"TabuCol", "DSATUR"}
    assert min(short.baselines(0, Limits()).values()) >= 1
    assert Colouring(problem.graph).baselines(0, Limits()) == {}


def test_adjacency_has_the_weights() -> None:
    graph = random_graph(6, 3, weighted=True)
    W = np.zeros((6, 6))
    for (i, j), w in zip(graph.edges, graph.w, strict=True):
        W[i, j] = W[j, i] = w
    np.testing.assert_array_equal(adjacency(graph).toarray(), W)


@pytest.mark.parametrize("k", [0, -1, 1.5])
def test_fewer_than_one_colour(k: int) -> None:
    with pytest.raises(InputError, match="`colours` is .*, expected .*at least 1"):
        Colouring(random_graph(3, 0), k)
