from collections.abc import Callable
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest

from analoghop.engines.machines.chains_tables import chains_tables
from analoghop.errors import InputError
from analoghop.limits import Limits
from analoghop.optimise import chains, solve
from analoghop.optimise.chains import ChainCall, ChainSearch
from analoghop.optimise.search import Task
from analoghop.problems.tsp import TSP, neighbourhood

DATA = Path(__file__).parents[1] / "data"


def task(problem: TSP, run: int = 0, target: float | None = None) -> Task:
    return Task(problem, None, None, run, 0, Limits(), target)  # type: ignore[arg-type]


def random_instance(n: int, seed: int, symmetric: bool) -> TSP:
    d = np.random.default_rng(seed).uniform(1.0, 10.0, (n, n))
    return TSP(d + d.T if symmetric else d, name=f"random{n}")


@pytest.mark.parametrize("symmetric", [True, False])
@pytest.mark.parametrize("n", [3, 4, 5, 7, 8])
def test_small_instances_are_solved(n: int, symmetric: bool) -> None:
    problem = random_instance(n, n, symmetric)
    best = min(problem.length((0, *rest)) for rest in permutations(range(1, n)))
    found = ChainSearch()(task(problem))
    assert found.cost == pytest.approx(best)
    assert problem.verify(found.answer).cost == found.cost


@pytest.mark.parametrize("name", ["berlin52", "att48"])
def test_the_optimum_of_fifty_cities(name: str) -> None:
    problem = TSP.read(DATA / f"{name}.tsp")
    runs = (ChainSearch()(task(problem, run, target=problem.best_known)) for run in range(4))
    found = next(run for run in runs if run.cost == problem.best_known)
    assert 0 < found.calls < 150 * problem.size


def test_long_ways_do_not_hide_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    xy = rng.uniform(size=(24, 2))
    d = np.linalg.norm(xy[:, None] - xy, axis=-1)
    closed = np.triu(rng.uniform(size=(24, 24)) < 0.3, 1)
    problem = TSP(np.where(closed | closed.T, 1000.0, d))

    def mean() -> float:
        return float(np.mean([ChainSearch(calls=300)(task(problem, run)).cost for run in range(3)]))

    clear = mean()
    assert clear < 24.0
    monkeypatch.setattr(chains, "LONGEST", np.inf)
    assert clear < 0.9 * mean()


def test_asymmetric_tours_become_shorter() -> None:
    rng = np.random.default_rng(4)
    points = rng.uniform(size=(40, 2))
    d = np.linalg.norm(points[:, None] - points[None], axis=-1)
    uphill = np.maximum(points[None, :, 1] - points[:, None, 1], 0.0)
    problem = TSP(d + 2.0 * uphill)
    found = ChainSearch(calls=1500)(task(problem))
    # The height that is climbed is the same for every tour but for detours: the plain tour is near the best.
    plain = ChainSearch(calls=1500)(task(TSP(d)))
    assert plain.answer is not None
    assert found.cost is not None
    backwards = problem.length(plain.answer[::-1])
    assert found.cost <= min(problem.length(plain.answer), backwards) * 1.02


def test_a_run_depends_on_seed_and_number_alone() -> None:
    problem, search = random_instance(20, 1, True), ChainSearch(calls=40)
    assert search(task(problem, run=3)) == search(task(problem, run=3))
    assert search(task(problem, run=3)).answer != search(task(problem, run=4)).answer


def call(n: int, symmetric: bool) -> ChainCall:
    problem = random_instance(n, 2, symmetric)
    free = np.arange(n) % 3 != 0
    turned, starts = neighbourhood.contract(np.random.default_rng(0).permutation(n), free)
    A, bias, first = neighbourhood.couple(problem.distances, turned, starts, symmetric)
    return ChainCall(A, bias, first, neighbourhood.critical_temperature(A, bias.shape[1]), 0.4)


@pytest.mark.parametrize("symmetric", [True, False])
def test_the_tables_are_those_of_the_circuit(symmetric: bool) -> None:
    search = ChainSearch()
    one = call(18, symmetric)
    direct, defined = search.tables(one), chains_tables(search.circuit(one))
    for a, b in zip(direct, defined, strict=True):
        assert np.asarray(a).dtype == np.asarray(b).dtype
        np.testing.assert_allclose(a, b, rtol=1e-5)


def test_without_numba_the_same_calls_are_made(without_numba: Callable[[], None]) -> None:
    problem = random_instance(12, 5, False)
    search = ChainSearch(calls=6, cities=(4, 6))
    compiled = search(task(problem))
    without_numba()
    assert search(task(problem)).answer == compiled.answer


def test_the_outcome_is_a_category_of_its_own() -> None:
    problem = TSP.read(DATA / "ulysses16.tsp")
    result = solve(problem, starts=3, search="chains", baselines=False)
    told = result.to_dict()
    assert told["search"]["runs"] == 3
    assert told["search"]["gap_mean"] == 0.0
    assert problem.verify(told["search"]["answer"]).cost == problem.best_known
    assert told["cost_best"] == min(result.costs)


def test_time_and_target_end_a_run() -> None:
    problem = random_instance(60, 6, True)
    limited = solve(problem, search="chains", starts=2, time_limit=2.0, target=0.0, settings={"steps": 200})
    assert limited.searched is not None
    assert limited.searched.runs == 2
    assert limited.wall_s < 12.0
    reached = ChainSearch()(task(problem, target=1e9))
    assert reached.calls == 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"calls": 0}, "`calls` is 0, expected at least 1"),
        ({"cities": (9, 8)}, r"`cities` is \(9, 8\), expected two increasing numbers"),
        ({"copies": 0}, "`copies`, `steps` and `rounds` must be at least 1"),
    ],
)
def test_bad_options(options: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        ChainSearch(**options)  # type: ignore[arg-type]
