from itertools import permutations

import numpy as np
import pytest

from analoghop.errors import InputError
from analoghop.optimise import solve
from analoghop.problems.tsp import TSP, Potts


def random_instance(n, seed, symmetric=True):
    rng = np.random.default_rng(seed)
    d = rng.uniform(1.0, 10.0, (n, n))
    d = (d + d.T) / 2 if symmetric else d
    np.fill_diagonal(d, 0.0)
    return TSP(d, name=f"random{n}")


def all_lengths(problem):
    n = problem.size
    return np.sort([problem.verify((0, *rest)).cost for rest in permutations(range(1, n))])


@pytest.mark.parametrize("symmetric", [True, False])
@pytest.mark.parametrize("kernel", [True, False])
def test_reading_undoes_embedding_and_the_objective_is_the_length(symmetric, kernel):
    problem = random_instance(9, 1, symmetric)
    encoding = Potts(kernel=kernel).encode(problem)
    order = tuple(np.random.default_rng(2).permutation(9).tolist())
    outputs = encoding.embed(order)
    (raw,) = encoding.decode(outputs)
    assert raw.answer == order
    assert encoding.objective(outputs)[0] == pytest.approx(problem.verify(order).cost)


def test_what_is_no_permutation_is_not_repaired():
    encoding = Potts().encode(random_instance(5, 0))
    outputs = encoding.embed((0, 1, 2, 3, 4))
    outputs[0] = 0.0
    (raw,) = encoding.decode(outputs)
    assert raw.answer is None
    assert raw.violations == {"cities": 1, "places": 1}


def test_starts_depend_on_seed_and_number_alone():
    encoding = Potts().encode(random_instance(6, 0))
    together = encoding.start(3, np.arange(5))
    assert np.array_equal(together[:, 3:4], encoding.start(3, np.array([3])))
    assert not np.array_equal(together, encoding.start(4, np.arange(5)))


@pytest.mark.parametrize("symmetric", [True, False])
@pytest.mark.parametrize("n", [5, 7, 8])
def test_small_instances_end_among_the_best_of_all_tours(n, symmetric):
    problem = random_instance(n, n, symmetric)
    result = solve(problem, starts=16, seed=0).to_dict()
    assert result["valid_rate"] == 1.0
    lengths = all_lengths(problem)
    assert result["cost_best"] >= lengths[0] - 1e-9
    shorter = int((lengths < result["cost_best"] - 1e-9).sum())
    assert shorter <= 0.02 * len(lengths)


@pytest.mark.parametrize("kernel", [True, False])
@pytest.mark.parametrize("n", [3, 4, 5, 6])
def test_a_few_cities_always_end_in_a_tour(n, kernel):
    valid = 0
    for seed in range(12):
        problem = random_instance(n, seed, symmetric=seed % 2 == 0)
        if seed % 3 == 0:
            problem = TSP.from_coordinates(np.random.default_rng(seed).random((n, 2)))
        valid += solve(problem, Potts(kernel=kernel), starts=10, baselines=False).valid
    assert valid == 120


@pytest.mark.parametrize("kernel", [True, False])
def test_the_circle_is_found_from_every_start(kernel):
    angle = 2 * np.pi * np.random.default_rng(5).permutation(12) / 12
    points = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    d = np.linalg.norm(points[:, None] - points[None], axis=-1)
    result = solve(TSP(d, name="circle"), Potts(kernel=kernel), starts=8, seed=1).to_dict()
    assert result["valid_rate"] == 1.0
    assert result["cost_mean"] == pytest.approx(24 * np.sin(np.pi / 12))


def test_bad_options_are_named():
    with pytest.raises(InputError, match="`steps` is 0"):
        Potts(steps=0).encode(random_instance(5, 0))
