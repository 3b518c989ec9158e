"""What `solve` is given in people's own objects comes back in their own names."""

from pathlib import Path
from typing import Any

import networkx
import pytest

from analoghop import TSP, Colouring, InputError, Ising, MaxCut, Model, solve
from analoghop.optimise.catalogue.posing import posed

DATA = Path(__file__).parents[1] / "data"


def test_a_graph_is_coloured_by_its_own_names() -> None:
    graph = networkx.Graph([("Bern", "Zug"), ("Zug", ("a", 1)), (("a", 1), "Bern")])
    result = solve(graph, kind="colouring", starts=4)
    named = result.labelled
    assert set(named) == set(graph.nodes)
    assert all(named[a] != named[b] for a, b in graph.edges)
    assert result.to_dict()["labels"] == ["Bern", "Zug", ["a", 1]]


def test_a_tour_is_told_by_the_names_of_its_cities() -> None:
    graph = networkx.Graph()
    for name, place in (("A", (0, 0)), ("B", (0, 2)), ("C", (2, 2)), ("D", (2, 0))):
        graph.add_node(name, pos=place)
    result = solve(graph, kind="tsp", starts=4)
    assert result.best is not None
    assert result.best.verdict.cost == 8.0
    tour = "".join(result.labelled)
    assert sorted(tour) == list("ABCD")
    assert tour in "ABCDABC" or tour[::-1] in "ABCDABC"


def test_a_model_of_dimod_is_solved_in_its_own_terms() -> None:
    dimod = pytest.importorskip("dimod")
    spins = dimod.BinaryQuadraticModel({"a": 1.0, "b": 0.0}, {("a", "b"): 1.0}, 0.5, "SPIN")
    result = solve(spins, starts=4)
    assert result.labelled == {"a": -1, "b": 1}
    assert result.best is not None
    assert result.best.verdict.cost == spins.energy(result.labelled) == -1.5
    bits = solve(spins.change_vartype("BINARY", inplace=False), starts=4)
    assert (bits.problem, bits.labelled) == ("qubo", {"a": 0, "b": 1})


def test_a_path_and_a_model_of_ours_are_problems_too() -> None:
    model = Model()
    x = model.variables(2, "x")
    model.exactly_one(x)
    model.minimise(x[0] + 2 * x[1])
    assert solve(model, starts=2).labelled == {"x[0]": 1, "x[1]": 0}
    assert type(posed(DATA / "myciel3.col")) is Colouring
    assert type(posed(str(DATA / "myciel3.col"), "maxcut")) is MaxCut
    problem = Ising({(0, 1): 1.0})
    assert posed(problem) is problem


def test_what_kind_is_meant_is_asked_for() -> None:
    graph = networkx.path_graph(3)
    with pytest.raises(InputError, match="the problem is a graph: say which, by `kind`, one of colouring, m"):
        solve(graph)
    with pytest.raises(InputError, match="`kind` is 'sat', expected a problem on graphs"):
        solve(graph, kind="sat")
    with pytest.raises(InputError, match="there is no problem 'cut'"):
        solve(graph, kind="cut")
    with pytest.raises(InputError, match="it is for graphs of networkx and files alone"):
        solve(Ising({(0, 1): 1.0}), kind="ising")
    with pytest.raises(InputError, match="`problem` is a int"):
        solve(3)


def test_labels_of_cities_must_fit() -> None:
    d = [[0, 1, 2], [1, 0, 3], [2, 3, 0]]
    assert TSP(d, labels="xyz").labelled((2, 0, 1)) == ("z", "x", "y")
    assert TSP(d).labelled((2, 0, 1)) == (2, 0, 1)
    for labels in ("xy", "xyx"):
        with pytest.raises(InputError, match="expected 3 different ones"):
            TSP(d, labels=labels)


def as_numbers(problem: Any) -> dict[Any, Any]:
    return dict(problem.labelled(range(problem.size)))


def test_without_names_numbers_are_the_names() -> None:
    assert as_numbers(MaxCut([[0, 1], [1, 0]])) == {0: 0, 1: 1}
