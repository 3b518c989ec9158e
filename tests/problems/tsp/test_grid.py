from pathlib import Path

import numpy as np
import pytest

from analoghop.engines import ScipyIVP
from analoghop.errors import InputError
from analoghop.optimise import solve
from analoghop.optimise.anneal import anneal
from analoghop.problems.tsp import TSP, Guaranteed, HopfieldTank, Subspace
from analoghop.problems.tsp.grid import tour_coupling

DATA = Path(__file__).parents[2] / "data"
HT10 = TSP.read(DATA / "ht10.csv")
BEST = 2.6906706370094136


def small(n: int, symmetric: bool = True, seed: int = 0) -> TSP:
    d = np.random.default_rng(seed).uniform(0.1, 1.0, (n, n))
    return TSP((d + d.T) / 2 if symmetric else d, name="small")


@pytest.mark.parametrize("symmetric", [True, False])
def test_tour_coupling_is_the_gradient_of_the_length(symmetric: bool) -> None:
    d = small(6, symmetric).distances
    T = tour_coupling(d).toarray()
    assert np.array_equal(T, T.T)
    V = np.random.default_rng(1).uniform(size=(6, 6))
    length = np.sum(V * (d @ np.roll(V, -1, axis=1)))
    assert 0.5 * V.ravel() @ T @ V.ravel() == pytest.approx(length)


@pytest.mark.parametrize("symmetric", [True, False])
def test_rate_of_1985_is_the_published_one(symmetric: bool) -> None:
    problem = small(5, symmetric)
    encoding = HopfieldTank().encode(problem)
    u = np.random.default_rng(2).uniform(-0.05, 0.05, (25, 1))
    V = 0.5 * (1.0 + np.tanh(u.reshape(5, 5) / 0.02))
    d, rows, columns = problem.distances, V.sum(axis=1, keepdims=True), V.sum(axis=0, keepdims=True)
    wanted = -u.reshape(5, 5) - 500 * (rows - V) - 500 * (columns - V) - 200 * (V.sum() - 10)
    wanted -= 500 * (d @ np.roll(V, -1, axis=1) + d.T @ np.roll(V, 1, axis=1))
    assert encoding.system.rhs(0.0, u).reshape(5, 5) == pytest.approx(wanted)
    assert encoding.system.theorem.applies


def test_rate_of_2002_is_the_published_one() -> None:
    problem = small(5)
    encoding = Guaranteed(C=0.01).encode(problem)
    d = problem.distances / problem.distances.max()
    rho = d[~np.eye(5, dtype=bool)].min()
    A, B, C = 3.01 - rho, 3.01, 0.01
    u = np.random.default_rng(2).uniform(-0.5, 0.5, (25, 1))
    V = 0.5 * (1.0 + np.tanh(u.reshape(5, 5) / 0.3))
    wanted = -A * (V.sum(axis=1, keepdims=True) - V) - B * (V.sum(axis=0, keepdims=True) - V)
    wanted -= C * (V.sum() - 5 - 3 / C) + d @ (np.roll(V, -1, axis=1) + np.roll(V, 1, axis=1))
    assert encoding.system.rhs(0.0, u).reshape(5, 5) == pytest.approx(wanted)


@pytest.mark.parametrize("symmetric", [True, False])
@pytest.mark.parametrize("leak", [0.0, 0.1])
@pytest.mark.parametrize("n", [3, 4, 7, 30])
def test_guaranteed_begins_at_a_saddle(n: int, leak: float, symmetric: bool) -> None:
    encoding = Guaranteed(leak=leak, jitter=0.0).encode(small(n, symmetric))
    x = encoding.start(0, np.array([0]))
    V = encoding.system.outputs(0.0, x)
    assert ((V > 0) & (V < 1)).all()
    if n > 4:  # a triangle's saddle may lie beyond the rails
        assert np.abs(encoding.system.rhs(0.0, x)).max() < 1e-9


def test_subspace_begins_where_the_uniform_state_is_stable() -> None:
    encoding = Subspace(jitter=0.0).encode(HT10)
    x = encoding.start(0, np.array([0]))
    system = encoding.system
    assert system.outputs(0.0, x) == pytest.approx(np.full((100, 1), 0.1))
    assert np.abs(system.rhs(0.0, x)).max() < 1e-12
    assert np.linalg.eigvals(system.jacobian(0.0, x)).real.max() < 0


@pytest.mark.parametrize("n", [5, 6, 7, 10])
def test_subspace_knows_at_which_gain_the_uniform_state_gives_way(n: int) -> None:
    critical = Subspace(jitter=0.0, start_temperature=1.0).encode(small(n))
    y = critical.start(0, np.array([0]))
    assert np.linalg.eigvals(critical.system.jacobian(0.0, y)).real.max() == pytest.approx(0.0, abs=1e-9)


def test_an_amplifier_is_on_above_one_half() -> None:
    encoding = Subspace().encode(small(4))
    tour = (2, 0, 3, 1)
    matrix = encoding.embed(tour)
    for on, off, valid in ((0.51, 0.49, True), (0.49, 0.1, False), (0.9, 0.51, False), (0.5, 0.0, False)):
        (raw,) = encoding.decode(np.where(matrix > 0, on, off))
        assert raw.answer == (tour if valid else None)
        assert raw.violations == ({} if valid else {"cities": 4, "places": 4})
    (raw,) = encoding.decode(np.where(np.arange(16)[:, None] == 3, 0.4, matrix))
    assert raw.answer == tour
    several = np.concatenate(
        [matrix, 1.0 - matrix, np.roll(matrix.reshape(4, 4), 1, axis=1).reshape(16, 1)], axis=1
    )
    several[0, 0] = 1.0
    first, second, third = encoding.decode(several)
    assert (first.answer, first.violations) == (None, {"cities": 1, "places": 1})
    assert (second.answer, second.violations) == (None, {"cities": 4, "places": 4})
    assert third.answer == (1, 2, 0, 3)


def test_the_network_of_1985_is_valid_as_rarely_as_the_literature_found() -> None:
    result = solve(HT10, "hopfield-tank", starts=500, seed=0, best_known=BEST, baselines=False).to_dict()
    assert 0.10 <= result["valid_rate"] <= 0.25
    assert 10 <= result["gap_mean"] <= 30
    assert set(result["violations"]) == {"cities", "places"}


def test_guaranteed_is_valid_and_poor() -> None:
    result = solve(HT10, "guaranteed", starts=200, seed=0, best_known=BEST, baselines=False).to_dict()
    assert result["valid_rate"] == 1.0
    assert 20 <= result["gap_mean"] <= 60


def test_subspace_finds_the_best_tour_of_ten_cities() -> None:
    result = solve(HT10, "subspace", starts=8, seed=0, best_known=BEST, baselines=False).to_dict()
    assert result["valid_rate"] == 1.0
    assert result["success_rate"] == 1.0


@pytest.mark.parametrize("symmetric", [True, False])
@pytest.mark.parametrize("formulation", [Guaranteed(), Subspace(), HopfieldTank()])
def test_a_tight_run_of_scipy_ends_in_the_same_tour(formulation, symmetric: bool) -> None:
    encoding = formulation.encode(small(6, symmetric, seed=3))
    ends = anneal(encoding, 1, np.arange(3)).ends
    ours = [raw.answer for raw in encoding.decode(ends.outputs)]
    theirs = []
    for x in encoding.start(1, np.arange(3)).T:
        engine = ScipyIVP(method="LSODA", rtol=1e-9, audit=False)
        run = engine.integrate(encoding.system, x, (0.0, encoding.duration))
        theirs.append(encoding.decode(run.outputs[:, -1:])[0].answer)
    assert ours == theirs
    assert isinstance(formulation, HopfieldTank) or None not in ours


@pytest.mark.parametrize("name", ["guaranteed", "hopfield-tank"])
def test_begins_near_a_tour(name: str) -> None:
    order = tuple(np.random.default_rng(0).permutation(10).tolist())
    result = solve(HT10, name, starts=4, start=order, baselines=False)
    assert result.costs == pytest.approx([HT10.length(order)] * 4)


def test_subspace_would_forget_a_tour() -> None:
    with pytest.raises(
        InputError, match="this formulation cannot begin near an answer: it starts at a gain where"
    ):
        solve(HT10, "subspace", starts=1, start=tuple(range(10)))


def test_distances_of_large_instances_are_scaled_to_the_unit_square() -> None:
    berlin = TSP.read(DATA / "berlin52.tsp")
    unit = HopfieldTank().encode(berlin).parameters["unit"]
    assert unit == pytest.approx(berlin.distances.max() / np.sqrt(2))
    assert HopfieldTank().encode(HT10).parameters["unit"] == 1.0
    assert HopfieldTank(unit=2.0, N=12).encode(HT10).parameters["N"] == 12


def test_cities_on_the_same_spot_are_legal() -> None:
    xy = np.random.default_rng(4).uniform(size=(6, 2))
    xy[1] = xy[0]
    for name in ("guaranteed", "subspace"):
        assert solve(TSP.from_coordinates(xy), name, starts=4, baselines=False).valid == 4


@pytest.mark.parametrize(
    ("formulation", "options", "message"),
    [
        (HopfieldTank, {"u0": 0.0}, "`u0` is 0, expected a positive number"),
        (Guaranteed, {"C": -1.0}, "`C` is -1, expected a positive number"),
        (Guaranteed, {"leak": -0.1}, "`leak` is -0.1, expected a number from 0"),
        (Subspace, {"duration": float("inf")}, "`duration` is inf, expected a positive number"),
    ],
)
def test_bad_options_are_named(formulation, options: dict[str, float], message: str) -> None:
    with pytest.raises(InputError, match=message):
        formulation(**options)


def test_saddle_of_three_cities_beyond_the_rails() -> None:
    problem = TSP.from_coordinates(np.random.default_rng(3).uniform(size=(3, 2)))
    encoding = Guaranteed().encode(problem)
    V = encoding.system.outputs(0.0, encoding.start(0, np.arange(4)))
    assert V.min() > 0
    assert solve(problem, Guaranteed(), starts=4, baselines=False).valid == 4


@pytest.mark.parametrize("kind", ["plane", "spots", "random", "asymmetric"])
@pytest.mark.parametrize("n", [3, 4, 5, 7])
def test_guaranteed_is_always_valid(n: int, kind: str) -> None:
    """Each of two nearest cities, standing twice beside the other, is pushed by no more than C."""
    for seed in range(3):
        rng = np.random.default_rng([n, seed])
        if kind == "plane":
            problem = TSP.from_coordinates(rng.uniform(size=(n, 2)))
        elif kind == "spots":
            problem = TSP.from_coordinates(rng.integers(0, 2, size=(n, 2)))
        else:
            problem = small(n, kind == "random", seed)
        assert solve(problem, "guaranteed", starts=30, baselines=False).valid == 30
