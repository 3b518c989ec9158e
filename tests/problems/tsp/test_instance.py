from pathlib import Path

import numpy as np
import pytest

from analoghop.errors import FileFormatError, InputError
from analoghop.limits import Limits
from analoghop.problems.base import Verdict
from analoghop.problems.tsp import instance
from analoghop.problems.tsp.instance import TSP

DATA = Path(__file__).parents[2] / "data"


def test_best_known_is_the_length_of_the_tour_beside_the_file() -> None:
    problem = TSP.read(DATA / "berlin52.tsp")
    assert (problem.name, problem.size, problem.best_known) == ("berlin52", 52, 7542.0)
    assert problem.symmetric
    assert TSP.read(DATA / "ht10.csv").best_known is None


def test_tour_of_another_instance_beside_the_file(tmp_path: Path) -> None:
    (tmp_path / "bayg29.tsp").write_bytes((DATA / "bayg29.tsp").read_bytes())
    (tmp_path / "bayg29.opt.tour").write_bytes((DATA / "bays29.opt.tour").read_bytes())
    with pytest.raises(FileFormatError, match="belongs to 'bays29'"):
        TSP.read(tmp_path / "bayg29.tsp")


def test_verdicts() -> None:
    problem = TSP.from_coordinates([(0, 0), (0, 3), (4, 3), (4, 0)])
    assert problem.verify([0, 1, 2, 3]) == Verdict(True, 14.0)
    assert problem.verify(np.array([0, 2, 1, 3])).cost == 18.0
    assert problem.verify((0, 1, 1, 7)) == Verdict(False, None, {"missing": 2, "repeated": 1, "unknown": 1})
    assert problem.verify([0, 1, 2]) == Verdict(False, None, {"missing": 1})


@pytest.mark.parametrize("answer", [[[0, 1, 2]], "0123", [0.5, 1, 2, 3], [[0], [1, 2]], None])
def test_what_is_no_answer_at_all(answer: object) -> None:
    problem = TSP.from_coordinates([(0, 0), (0, 3), (4, 3), (4, 0)])
    with pytest.raises(InputError, match="`answer` is no sequence of cities"):
        problem.verify(answer)


def test_direction_matters_where_distances_are_asymmetric() -> None:
    problem = TSP(np.array([[0, 1, 9], [9, 0, 1], [1, 9, 0]]))
    assert not problem.symmetric
    assert problem.verify([0, 1, 2]).cost == 3
    assert problem.verify([2, 1, 0]).cost == 27


def test_verdict_knows_the_instances_rounding() -> None:
    xy = [(0, 0), (0, 1.4), (1.4, 1.4)]
    assert TSP.from_coordinates(xy, edge_weight_type="EUC_2D").verify([0, 1, 2]).cost == 4
    assert TSP.from_coordinates(xy, edge_weight_type="CEIL_2D").verify([0, 1, 2]).cost == 6
    assert TSP.from_coordinates(xy).verify([0, 1, 2]).cost == pytest.approx(2.8 + 1.4 * 2**0.5)


@pytest.mark.parametrize(
    ("distances", "message"),
    [
        (np.zeros((1, 1)), "`distances` has 1 cities, expected 3 to 10000"),
        (np.zeros((2, 2)), "`distances` has 2 cities, expected 3 to 10000"),
        (np.zeros((3, 4)), r"shape \(3, 4\), expected a square matrix"),
        (np.array([[0, 1, -1], [1, 0, 1], [1, 1, 0.0]]), "from city 0 to city 2 is -1: negative"),
        (np.array([[0, 1, np.inf], [1, 0, 1], [1, 1, 0.0]]), "from city 0 to city 2 is inf: not finite"),
        (np.array([[0, 1, 1], [1, 0, 1], [np.nan, 1, 0.0]]), "from city 2 to city 0 is nan: not finite"),
    ],
)
def test_bad_distances(distances: np.ndarray, message: str) -> None:
    with pytest.raises(InputError, match=message):
        TSP(distances)


def test_bad_coordinates() -> None:
    with pytest.raises(InputError, match="must be 3 pairs of finite numbers"):
        TSP(np.ones((3, 3)), coordinates=np.zeros((4, 2)))
    with pytest.raises(InputError, match=r"shape \(3,\), expected pairs"):
        TSP.from_coordinates([1, 2, 3])
    with pytest.raises(InputError, match="`edge_weight_type` is 'EUC'"):
        TSP.from_coordinates([(0, 0), (0, 1), (1, 1)], edge_weight_type="EUC")


def test_networkx_graph() -> None:
    networkx = pytest.importorskip("networkx")
    graph = networkx.Graph(name="three")
    graph.add_weighted_edges_from([(0, 1, 3.0), (1, 2, 4.0), (0, 2, 5.0)])
    assert TSP.from_networkx(graph).verify([0, 1, 2]) == Verdict(True, 12.0)


def test_arrays_are_read_only() -> None:
    problem = TSP.from_coordinates([(0, 0), (0, 3), (4, 3)])
    with pytest.raises(ValueError, match="read-only"):
        problem.distances[0, 1] = 5


def test_cities_are_counted_before_their_distances_are_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(instance, "LARGEST", 4)
    monkeypatch.setattr(instance, "check_finite", refused)
    with pytest.raises(InputError, match="`coordinates` has 5 places, expected 4 at most"):
        TSP.from_coordinates(np.zeros((5, 2)))
    with pytest.raises(InputError, match="`distances` has 5 places, expected 4 at most"):
        TSP(np.zeros((5, 2)))
    with pytest.raises(InputError, match="`distances` has 5 cities, expected 3 to 4"):
        TSP(np.zeros((5, 5)))
    with pytest.raises(LookupError, match="looked at"):
        TSP.from_coordinates(np.zeros((4, 2)))
    assert TSP(np.ones((4, 4))).size == 4


def refused(*_: object) -> None:
    raise LookupError("looked at")


def test_random_tours_and_polished_ones_are_tours() -> None:
    problem = TSP.read(DATA / "burma14.tsp")
    tours = [problem.random_answer(np.random.default_rng(seed)) for seed in range(20)]
    assert len(set(tours)) == 20
    assert {type(city) for city in tours[0]} == {int}
    assert all(problem.verify(tour).valid for tour in tours)
    assert problem.random_answer(np.random.default_rng(3)) == tours[3]
    for method in problem.polishers:
        better = problem.polish(method, tours[0])
        assert problem.verify(better).valid
        assert problem.length(better) < problem.length(tours[0])
    with pytest.raises(InputError, match="annealing"):
        problem.polish("annealing", tours[0])
    figures = problem.baselines(0, Limits())
    assert all(figures[name] >= 3323 for name in figures)
    assert len(figures) >= 4
