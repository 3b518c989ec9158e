import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from analoghop.errors import InputError
from analoghop.limits import Limits
from analoghop.problems.tsp.baselines import nearest_neighbour, tour_baselines
from analoghop.problems.tsp.instance import TSP
from analoghop.problems.tsp.local_search import METHODS, improved

DATA = Path(__file__).parents[2] / "data"


def length(d: np.ndarray, tour: tuple[int, ...] | list[int]) -> float:
    return sum(d[a, b] for a, b in zip(tour, [*tour[1:], tour[0]], strict=True))


def reversals(tour: list[int]) -> list[list[int]]:
    n = len(tour)
    turns = [tour[k:] + tour[:k] for k in range(n)]
    return [turn[:count][::-1] + turn[count:] for turn in turns for count in range(2, n)]


def moves(tour: list[int], turned: bool) -> list[list[int]]:
    n, found = len(tour), []
    for start, count in itertools.product(range(n), (1, 2, 3)):
        rest = tour[start:] + tour[:start]
        segment, rest = rest[:count], rest[count:]
        for at in range(len(rest)):
            found.append(rest[:at] + segment + rest[at:])
            if turned:
                found.append(rest[:at] + segment[::-1] + rest[at:])
    return found


def distances(n: int, seed: int, symmetric: bool) -> np.ndarray:
    d = np.random.default_rng(seed).integers(1, 100, (n, n)).astype(float)
    d = d + d.T if symmetric else d
    np.fill_diagonal(d, 0)
    return d


@pytest.mark.parametrize("method", list(METHODS))
@pytest.mark.parametrize("symmetric", [True, False])
@given(n=st.integers(5, 9), seed=st.integers(0, 10**6))
@example(n=9, seed=219)  # a move that appears after both its cities have looked
def test_no_move_of_the_method_is_left(method: str, symmetric: bool, n: int, seed: int) -> None:
    # Below 13 cities every city is a candidate, so that the tour is a true local optimum.
    d = distances(n, seed, symmetric)
    start = np.random.default_rng(seed + 1).permutation(n).tolist()
    tour = improved(d, start, method)
    assert sorted(tour) == list(range(n))
    assert length(d, tour) <= length(d, start)
    others = reversals(list(tour)) if "2opt" in method else []
    others += moves(list(tour), symmetric) if "oropt" in method else []
    assert min(length(d, other) for other in others) >= length(d, tour) - 1e-6


def test_larger_instance_gets_shorter_with_more_moves() -> None:
    xy = np.random.default_rng(0).uniform(size=(120, 2))
    d = np.linalg.norm(xy[:, None] - xy, axis=-1)
    starts = [np.random.default_rng(k).permutation(120) for k in range(5)]
    mean = {m: np.mean([length(d, improved(d, start, m)) for start in starts]) for m in METHODS}
    assert mean["2opt+oropt"] < mean["2opt"] < 0.25 * np.mean([length(d, s.tolist()) for s in starts])


def test_start_is_not_changed() -> None:
    d = distances(8, 0, True)
    start = [3, 1, 2, 0, 7, 6, 5, 4]
    improved(d, start, "2opt+oropt")
    assert start == [3, 1, 2, 0, 7, 6, 5, 4]


def test_cities_on_one_spot() -> None:
    problem = TSP.from_coordinates([(0, 0)] * 6 + [(1, 0)] * 6)
    for method in problem.polishers:
        assert problem.verify(problem.polish(method, range(12))).cost == 2.0


def test_three_cities_have_one_tour() -> None:
    assert improved(distances(3, 0, True), (2, 0, 1), "2opt") == (2, 0, 1)
    one_way = np.array([[0.0, 1, 2], [3, 0, 4], [5, 6, 0]])
    assert length(one_way, improved(one_way, (0, 2, 1), "2opt")) == 10


def test_unknown_method() -> None:
    with pytest.raises(InputError, match="`polish` is '3opt', expected one of 2opt, oropt, 2opt.oropt"):
        improved(distances(5, 0, True), range(5), "3opt")


def test_nearest_neighbour_by_hand() -> None:
    d = np.array([[0, 2, 1, 4], [2, 0, 5, 1], [1, 5, 0, 9], [4, 1, 9, 0.0]])
    assert nearest_neighbour(d, np.array([0, 3])).tolist() == [[0, 2, 1, 3], [3, 1, 0, 2]]


def test_baselines_stand_in_order_and_repeat() -> None:
    problem = TSP.read(DATA / "berlin52.tsp")
    found = problem.baselines(1, Limits())
    assert list(found) == ["random", "nearest neighbour", "2-opt", "2-opt + or-opt"]
    assert found == problem.baselines(1, Limits())
    assert found != problem.baselines(2, Limits())
    assert 28_000 < found["random"] < 32_000
    assert 7542 < found["2-opt + or-opt"] < found["2-opt"] < found["nearest neighbour"] < found["random"]


def test_mean_of_random_tours_is_the_mean_of_all() -> None:
    d = distances(7, 3, False)
    exact = 7 * d.sum() / (7 * 6)
    assert tour_baselines(d, 0, Limits())["random"] == pytest.approx(exact, rel=0.02)
