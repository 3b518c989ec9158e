from itertools import permutations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analoghop.problems.tsp import TSP
from analoghop.problems.tsp.neighbourhood import (
    contract,
    couple,
    critical_temperature,
    join,
    read_order,
    tour_length,
)


def case(n: int, count: int, seed: int, symmetric: bool):
    rng = np.random.default_rng(seed)
    d = rng.uniform(1.0, 9.0, (n, n))
    d = d + d.T if symmetric else d
    np.fill_diagonal(d, 0.0)
    free = np.zeros(n, dtype=bool)
    free[rng.choice(n, count, replace=False)] = True
    return TSP(d), rng.permutation(n), free


def all_orders(first):
    """Every order of the chains in every direction, as units."""
    chains = len(first) - 1
    for chosen in permutations(range(chains)):
        yield from product(*(range(first[k], first[k + 1]) for k in chosen))


@given(st.integers(3, 12), st.integers(1, 12), st.integers(0, 999))
@settings(max_examples=60, deadline=None)
def test_chains_are_what_lies_between_free_cities(n, count, seed):
    _, tour, free = case(n, min(count, n), seed, True)
    turned, starts = contract(tour, free)
    shift = tour.tolist().index(turned[0])
    assert np.array_equal(np.roll(tour, -shift), turned)
    assert (starts[0], starts[-1]) == (0, n)
    sizes = np.diff(starts)
    assert sizes[0] == sizes.max()
    for a, b in zip(starts, starts[1:], strict=False):
        assert b - a == 1 or not free[turned[a:b]].any()
    # Two chains that are not free are never side by side.
    heads = free[turned[starts[:-1]]]
    assert (heads | np.roll(heads, 1)).all()


@pytest.mark.parametrize("symmetric", [True, False])
@pytest.mark.parametrize("seed", range(4))
def test_every_order_costs_its_tour(symmetric, seed):
    problem, tour, free = case(11, 4 - seed % 2, seed, symmetric)
    turned, starts = contract(tour, free)
    A, bias, first = couple(problem.distances, turned, starts, symmetric)
    slots = len(first) - 1
    costs, lengths = [], []
    for order in list(all_orders(first))[::7]:
        cost = sum(A[p, q] for p, q in zip(order, order[1:], strict=False))
        costs.append(cost - sum(bias[p, i] for i, p in enumerate(order)))
        made = join(turned, starts, first, np.array(order))
        assert problem.verify(made).valid
        lengths.append(problem.length(made))
        assert tour_length(problem.distances, made) == pytest.approx(lengths[-1])
        V = np.zeros((first[-1], slots))
        V[list(order), range(slots)] = 1.0
        assert read_order(V, first).tolist() == list(order)
    assert np.ptp(np.array(lengths) - np.array(costs)) < 1e-9
    assert np.ptp(lengths) > 1.0


@pytest.mark.parametrize("symmetric", [True, False])
def test_some_order_of_all_cities_is_the_shortest_tour(symmetric):
    problem, tour, free = case(6, 6, 3, symmetric)
    turned, starts = contract(tour, free)
    _, _, first = couple(problem.distances, turned, starts, symmetric)
    found = min(problem.length(join(turned, starts, first, np.array(o))) for o in all_orders(first))
    best = min(problem.length((0, *rest)) for rest in permutations(range(1, 6)))
    assert found == pytest.approx(best)


def test_what_is_no_order_is_not_repaired():
    first = np.array([0, 2, 3])
    for on in ([], [(0, 0)], [(0, 0), (1, 1)], [(0, 0), (2, 0)], [(0, 0), (0, 1), (2, 1)]):
        V = np.zeros((3, 2))
        for p, i in on:
            V[p, i] = 1.0
        assert read_order(V, first).tolist() == [-1, -1]


def test_critical_temperature_is_near_the_eigenvalue():
    for seed in range(5):
        A = np.random.default_rng(seed).normal(size=(15, 15))
        exact = 2.0 / 8 * np.linalg.eigvalsh(-0.5 * (A + A.T))[-1]
        assert 0.8 * exact <= critical_temperature(A, 8) <= exact * (1 + 1e-9)
    assert critical_temperature(np.zeros((4, 4)), 3) == 1.0
