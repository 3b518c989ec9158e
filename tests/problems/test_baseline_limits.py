"""Digital baselines end when their time is up, and say what they have found by then."""

import time
from functools import cache

import numpy as np
import pytest

from analoghop import (
    QAP,
    QUBO,
    TSP,
    Colouring,
    Graph,
    IndependentSet,
    Ising,
    MaxCut,
    Partition,
    Queens,
    Satisfiability,
    Sudoku,
    VertexCover,
)
from analoghop.limits import Limits
from analoghop.problems.base import Problem
from analoghop.problems.baselines.dsatur import clique, dsatur
from analoghop.problems.baselines.largest import Largest
from analoghop.problems.baselines.means import mean_until, runs_until

IMPOSSIBLE = ".....5.8....6.1.43..........1.5........1.6...3.......553.....61........4........."


class Countdown(Limits):
    """Limits that are over after `looks` looks."""

    def __init__(self, looks: int) -> None:
        super().__init__()
        self.looks = looks

    @property
    def over(self) -> bool:
        self.looks -= 1
        return self.looks < 0


def drawn(n: int, m: int) -> Graph:
    rng = np.random.default_rng(1)
    pairs = rng.integers(0, n, (m, 2))
    return Graph.of(n, pairs[pairs[:, 0] != pairs[:, 1]])


@cache
def instances() -> dict[str, Problem]:
    rng = np.random.default_rng(0)
    graph = drawn(300, 2000)
    clauses = rng.integers(1, 201, (1100, 3)) * rng.choice([-1, 1], (1100, 3))
    return {
        "tsp": TSP(rng.uniform(size=(120, 2))),
        "asymmetric": TSP(rng.uniform(size=(60, 60))),
        "qap": QAP(rng.integers(0, 9, (20, 20)), rng.integers(0, 9, (20, 20))),
        "colouring": Colouring(drawn(600, 9000), 7),
        "maxcut": MaxCut(graph),
        "ising": Ising(MaxCut(graph).ising().form),
        "qubo": QUBO(rng.normal(size=(40, 40))),
        "independent-set": IndependentSet(graph),
        "vertex-cover": VertexCover(graph),
        "partition": Partition(graph),
        "queens": Queens(60),
        "sudoku": Sudoku(IMPOSSIBLE),
        "sat": Satisfiability(clauses.tolist()),
    }


@cache
def whole_baselines(kind: str) -> dict[str, float]:
    """What the baselines find without a limit."""
    return dict(instances()[kind].baselines(0, Limits()))


@pytest.mark.parametrize("kind", instances())
def test_time_that_is_up_from_the_start_leaves_the_methods_out(kind: str) -> None:
    problem = instances()[kind]
    found = problem.baselines(0, Countdown(0))
    assert set(found) <= set(whole_baselines(kind)) | {"backtracking"}
    assert len(found) <= 1 or kind == "tsp" or kind == "asymmetric"
    assert "simulated annealing" not in found


@pytest.mark.parametrize("kind", instances())
@pytest.mark.parametrize("looks", [1, 3, 20])
def test_a_method_that_is_cut_short_says_a_cost_of_the_instance(kind: str, looks: int) -> None:
    problem = instances()[kind]
    whole = whole_baselines(kind)
    found = problem.baselines(0, Countdown(looks))
    assert set(found) <= set(whole)
    assert all(np.isfinite(cost) for cost in found.values())
    sign = 1.0 if problem.sense == "min" else -1.0
    for name, cost in found.items():
        if name not in ("random", "random permutation", "random digits", "simulated annealing"):
            slack = 0.05 * abs(whole[name]) + 8.0
            assert sign * cost >= sign * whole[name] - slack, name


@pytest.mark.parametrize("kind", instances())
def test_baselines_without_a_limit_repeat(kind: str) -> None:
    problem = instances()[kind]
    assert problem.baselines(0, Limits(1000.0)) == whole_baselines(kind)


LARGE = ["maxcut", "colouring", "partition", "independent-set", "tsp", "qap", "sat", "sudoku"]


def large(kind: str) -> Problem:
    rng = np.random.default_rng(0)
    graph = drawn(20_000, 200_000)
    if kind == "tsp":
        return TSP(rng.uniform(size=(800, 2)))
    if kind == "qap":
        return QAP(rng.integers(0, 9, (300, 300)), rng.integers(0, 9, (300, 300)))
    if kind == "sat":
        return Satisfiability(
            (rng.integers(1, 9001, (40_000, 3)) * rng.choice([-1, 1], (40_000, 3))).tolist()
        )
    if kind == "sudoku":
        return Sudoku(IMPOSSIBLE)
    if kind == "colouring":
        return Colouring(graph, 6)
    return {"maxcut": MaxCut, "partition": Partition, "independent-set": IndependentSet}[kind](graph)


@pytest.mark.parametrize("kind", LARGE)
def test_large_instances_end_soon_after_their_time(kind: str) -> None:
    problem = large(kind)
    _ = problem.figures
    began = time.monotonic()
    problem.baselines(0, Limits(0.2))
    assert time.monotonic() - began < 0.2 + 2.0  # far from the tens of seconds that they take to their end


def test_dsatur_says_nothing_where_its_time_is_up_and_the_clique_is_small() -> None:
    graph = drawn(600, 9000)
    assert dsatur(graph, limits=Countdown(0)) is None
    assert dsatur(graph, limits=Countdown(1)) is None
    colours = dsatur(graph, limits=Limits(1000.0))
    assert colours is not None
    np.testing.assert_array_equal(colours, dsatur(graph))
    assert 1 <= clique(graph, limits=Countdown(0)) <= clique(graph)


def test_dsatur_takes_no_room_for_colours_that_it_does_not_use() -> None:
    star = Graph.of(60_000, [(0, k) for k in range(1, 60_000)])
    colours = dsatur(star)
    assert colours is not None
    assert colours.max() == 1


def test_dsatur_finds_room_for_as_many_colours_as_it_needs() -> None:
    n = 100
    colours = dsatur(Graph.of(n, np.argwhere(np.triu(np.ones((n, n)), 1))))
    assert colours is not None
    assert sorted(colours.tolist()) == list(range(n))


@pytest.mark.parametrize("n", [1, 7, 4096, 5000])
@pytest.mark.parametrize("kind", [np.int64, np.float64])
def test_the_largest_is_the_first_of_the_largest(n: int, kind: type) -> None:
    rng = np.random.default_rng(n)
    largest = Largest(rng.integers(0, 50, n).astype(kind))
    for _ in range(200):
        assert largest.place() == int(np.argmax(largest.values))
        places = rng.integers(0, n, 5)
        largest.values[places] = rng.integers(-50, 50, 5)
        largest.changed(places)


def test_runs_end_where_the_time_is_up() -> None:
    assert runs_until(Limits(), float, 3) == [0.0, 1.0, 2.0]
    assert runs_until(Countdown(2), float, 9) == [0.0, 1.0]
    assert runs_until(Countdown(2), float, 9, whole=False) == [0.0]
    assert runs_until(Countdown(1), float, 9, whole=False) == [0.0]
    assert mean_until(Countdown(0), float, 9) is None
    assert mean_until(Countdown(3), float, 9) == 1.0
