import numpy as np
import pytest

from analoghop.errors import InputError
from analoghop.formats.graphs.cities import cities_of_graph

networkx = pytest.importorskip("networkx")


def complete(n: int, **directed: bool):  # type: ignore[no-untyped-def]
    graph = networkx.complete_graph(n, networkx.DiGraph() if directed else None)
    for a, b in graph.edges:
        graph.edges[a, b]["weight"] = 10 * a + b
    return graph


def test_distances_follow_the_order_of_the_nodes() -> None:
    graph = networkx.Graph(name="three")
    graph.add_weighted_edges_from([("c", "a", 1.0), ("a", "b", 2.0), ("b", "c", 3.0)])
    cities = cities_of_graph(graph)
    assert cities.name == "three"
    assert cities.distances.tolist() == networkx.to_numpy_array(graph).tolist()


def test_directed_graphs_are_asymmetric() -> None:
    graph = complete(4, directed=True)
    np.testing.assert_array_equal(cities_of_graph(graph).distances, networkx.to_numpy_array(graph))


def test_parallel_edges_count_by_the_shortest() -> None:
    graph = networkx.MultiGraph(complete(3))
    graph.add_edge(0, 1, weight=0.5)
    assert cities_of_graph(graph).distances[0, 1] == 0.5


def test_places_without_edges_have_real_distances() -> None:
    graph = networkx.Graph()
    for node, place in (("a", (0, 0)), ("b", (3, 4)), ("c", (0, 8))):
        graph.add_node(node, pos=place)
    cities = cities_of_graph(graph)
    assert cities.distances[0].tolist() == [0, 5, 8]
    assert cities.edge_weight_type == "EUCLIDEAN"


def test_other_attribute() -> None:
    graph = complete(3)
    for a, b in graph.edges:
        graph.edges[a, b]["km"] = 7
    assert cities_of_graph(graph, "km").distances.sum() == 42


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda g: g.remove_edge(0, 1), "no edge from 0 to 1: a tour needs a distance"),
        (lambda g: g.edges[0, 1].update(weight=-1), "`weight` -1, expected a distance >= 0"),
        (lambda g: g.edges[0, 1].update(weight=float("nan")), "`weight` nan"),
        (lambda g: g.edges[0, 1].pop("weight"), "`weight` None"),
        (lambda g: g.remove_nodes_from([0, 1]), "has 2 nodes: a tour has at least 3"),
    ],
)
def test_bad_graphs(spoil, message: str) -> None:  # type: ignore[no-untyped-def]
    graph = complete(4)
    spoil(graph)
    with pytest.raises(InputError, match=message):
        cities_of_graph(graph)
