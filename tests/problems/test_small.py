"""Small instances whose answers are enumerated: 32 starts of the default find the optimum."""

import itertools

import numpy as np
import pytest

from analoghop import Model, solve
from analoghop.problems.base import Problem
from analoghop.problems.qap import QAP
from analoghop.problems.spins import InertialMachine, NoiseMachine
from analoghop.problems.spins.encoding import ScaledSpins
from analoghop.problems.spins.ising import Ising
from analoghop.problems.spins.maxcut import MaxCut
from analoghop.problems.tsp import TSP


def best(problem: Problem, starts: int = 32) -> float:
    found = solve(problem, starts=starts, seed=3, baselines=False)
    assert found.best is not None
    assert found.best.verdict.cost is not None
    return found.best.verdict.cost


def values(n: int) -> np.ndarray:
    return np.array(list(itertools.product((0, 1), repeat=n)))


@pytest.mark.parametrize("n", [4, 5, 9, 12])
def test_complete_graphs_are_cut_in_half(n: int) -> None:
    assert best(MaxCut(np.ones((n, n)) - np.eye(n))) == (n // 2) * (n - n // 2)


@pytest.mark.parametrize("n", [5, 9, 11])
def test_inertial_cells_of_a_complete_graph_do_not_end_in_phase(n: int) -> None:
    found = solve(MaxCut(np.ones((n, n)) - np.eye(n)), InertialMachine(), starts=32, baselines=False)
    assert max(found.costs) == (n // 2) * (n - n // 2)


@pytest.mark.parametrize("seed", range(4))
def test_exactly_one_with_small_costs(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(4, 8))
    costs = rng.uniform(0.0, 0.5, n)
    Q = np.ones((n, n)) - 2.0 * np.eye(n) + np.diag(costs)
    x = values(n)
    J, h = -(Q - np.diag(np.diag(Q))) / 2, -Q.sum(axis=1) / 2
    s = 2.0 * x - 1.0
    energies = -0.5 * np.sum(s * (s @ J), axis=1) - s @ h
    assert best(Ising(J, h)) == pytest.approx(energies.min())


@pytest.mark.parametrize("ratio", [0.1, 1.0, 3.0, 1e6])
def test_random_spins_with_fields(ratio: float) -> None:
    rng = np.random.default_rng(int(10 * ratio))
    J = np.triu(rng.normal(size=(10, 10)), 1)
    J, h = J + J.T, ratio * rng.normal(size=10)
    s = 2.0 * values(10) - 1.0
    assert best(Ising(J, h)) == pytest.approx((-0.5 * np.sum(s * (s @ J), axis=1) - s @ h).min())


@pytest.mark.parametrize("unit", [1e300, 1e150, 1e-300, 1e-310])
def test_the_unit_of_couplings_changes_no_answer(unit: float) -> None:
    rng = np.random.default_rng(2)
    J = np.triu(rng.normal(size=(6, 6)), 1)
    plain, other = (solve(Ising(k * (J + J.T)), starts=8, baselines=False) for k in (1.0, unit))
    s = 2.0 * values(6) - 1.0
    want = (-0.5 * np.sum(s * (s @ (J + J.T)), axis=1)).min()
    assert min(plain.costs) == pytest.approx(want)
    assert min(other.costs) / unit == pytest.approx(want)


def test_fields_beyond_all_couplings_are_bounded_and_decide_all_the_same() -> None:
    scaled = ScaledSpins.of(Ising([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]], [1e9, 0.5, -1e9]))
    np.testing.assert_allclose(scaled.h, [2.0, 0.5, -2.0 * scaled.rms])


def test_noise_that_falls_geometrically_ends_silent() -> None:
    problem = Ising([[0.0, 1.0], [1.0, 0.0]], [0.0, 0.0])
    factor = NoiseMachine(sigma=1.0, last_sigma=0.1, steps=100).encode(problem).machine.noise_factor
    assert factor is not None
    end = NoiseMachine(steps=100, sigma=1.0).encode(problem).duration
    np.testing.assert_allclose(factor.value(np.array([0.0, 0.95 * end, end])), [1.0, 0.1, 1e-4])


@pytest.mark.parametrize("seed", range(2))
def test_tours_of_seven_cities(seed: int) -> None:
    rng = np.random.default_rng(seed)
    d = rng.integers(1, 50, (7, 7)).astype(float)
    problem = TSP(d if seed % 2 else np.triu(d, 1) + np.triu(d, 1).T)
    orders = [(0, *rest) for rest in itertools.permutations(range(1, 7))]
    assert best(problem) == min(problem.length(order) for order in orders)


def test_the_tour_that_every_quiet_start_missed() -> None:
    d = [
        [0, 28, 48, 14, 44, 37, 45],
        [28, 0, 3, 6, 8, 16, 30],
        [48, 3, 0, 3, 43, 27, 27],
        [14, 6, 3, 0, 23, 19, 34],
        [44, 8, 43, 23, 0, 0, 21],
        [37, 16, 27, 19, 0, 0, 15],
        [45, 30, 27, 34, 21, 15, 0],
    ]
    assert best(TSP(np.array(d, dtype=float)), starts=16) == 88


def test_the_assignment_that_every_quiet_start_missed() -> None:
    assert best(QAP([[5, 0, 5], [4, 5, 1], [3, 2, 2]], [[8, 0, 5], [2, 4, 2], [4, 5, 1]]), starts=16) == 84


@pytest.mark.parametrize("seed", range(4))
def test_assignments_of_four(seed: int) -> None:
    rng = np.random.default_rng(seed)
    A, B = rng.integers(0, 10, (2, 4, 4)).astype(float)
    if seed % 2:
        A, B = np.triu(A, 1) + np.triu(A, 1).T, np.triu(B, 1) + np.triu(B, 1).T
    problem = QAP(A, B)
    assert best(problem) == min(problem.cost(p) for p in itertools.permutations(range(4)))


def test_equal_matrices_leave_only_the_diagonals_to_decide() -> None:
    A = np.ones((3, 3)) + np.diag([1.0, 2.0, 3.0])
    problem = QAP(A, A)
    assert best(problem, starts=4) == min(problem.cost(p) for p in itertools.permutations(range(3)))


def test_exactly_two_of_four() -> None:
    model = Model()
    x = model.variables(4)
    model.add(x.sum() == 2)
    model.minimise(x[0] + 2 * x[1] + 3 * x[2] + 4 * x[3])
    found = solve(model.problem(), starts=32, baselines=False)
    assert found.answer == (1, 1, 0, 0)
    assert found.valid > 16
    assert set(found.circuits) == {"careful", "steep", "noisy"}


def test_an_upper_bound_on_unequal_coefficients() -> None:
    model = Model()
    x = model.variables(3)
    model.add(4 * x[0] + x[1] + 4 * x[2] <= 4)
    model.minimise(1.0 * x[0])
    assert best(model.problem()) == 0.0


@pytest.mark.parametrize("seed", range(2))
def test_knapsacks(seed: int) -> None:
    rng = np.random.default_rng(seed)
    weights, worth = rng.integers(1, 20, (2, 7)).astype(float)
    model = Model()
    x = model.variables(7)
    model.linear(x, weights, "<=", float(weights.sum() // 2))
    model.maximise(dict(enumerate(worth.tolist())))
    fits = values(7) @ weights <= weights.sum() // 2
    assert best(model.problem()) == (values(7) @ worth)[fits].max()


def test_every_city_of_a_two_factor_has_two_edges() -> None:
    model, n = Model(), 5
    pairs = list(itertools.combinations(range(n), 2))
    x = model.variables(len(pairs))
    for city in range(n):
        model.add(sum(x[k] for k, pair in enumerate(pairs) if city in pair) == 2)
    lengths = np.random.default_rng(0).integers(1, 30, len(pairs))
    model.minimise(dict(enumerate(lengths.astype(float).tolist())))
    all_values = values(len(pairs))
    degrees = np.array([[city in pair for pair in pairs] for city in range(n)]) @ all_values.T
    assert best(model.problem()) == (all_values @ lengths)[(degrees == 2).all(axis=0)].min()


def test_items_in_bins() -> None:
    model, sizes = Model(), (4, 3, 3, 2)
    x = model.variables(8).reshape(4, 2)
    for item in range(4):
        model.exactly_one(x[item])
    for bin_ in range(2):
        model.linear(x[:, bin_], sizes, "<=", 6)
    found = solve(model.problem(), starts=32, baselines=False)
    assert found.valid > 0
