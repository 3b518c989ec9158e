from itertools import permutations

import numpy as np
import pytest

from analoghop.errors import InputError
from analoghop.optimise import solve
from analoghop.problems.tsp import TSP, Potts
from analoghop.problems.tsp.weights import ranks, span


def random_instance(n, seed, symmetric=True):
    rng = np.random.default_rng(seed)
    d = rng.uniform(1.0, 10.0, (n, n))
    d = (d + d.T) / 2 if symmetric else d
    np.fill_diagonal(d, 0.0)
    return TSP(d, name=f"random{n}")


def all_lengths(problem):
    rest = np.array(list(permutations(range(1, problem.size))))
    tours = np.insert(rest, 0, 0, axis=1)
    return np.sort(problem.distances[tours, np.roll(tours, -1, axis=1)].sum(axis=1))


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
@pytest.mark.parametrize("n", [5, 7, 8, 9])
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
    valid, seeds = 0, 4 if kernel else 12
    for seed in range(seeds):
        problem = random_instance(n, seed, symmetric=seed % 2 == 0)
        if seed % 3 == 0:
            problem = TSP.from_coordinates(np.random.default_rng(seed).random((n, 2)))
        valid += solve(problem, Potts(kernel=kernel), starts=10, baselines=False).valid
    assert valid == 10 * seeds


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


def forbidding(n, seed, longest):
    rng = np.random.default_rng(seed)
    xy = rng.uniform(0.0, 1000.0, (n, 2))
    d = np.linalg.norm(xy[:, None] - xy, axis=-1)
    closed = np.triu(rng.uniform(size=(n, n)) < 0.3, 1)
    return TSP(np.where(closed | closed.T, longest, d), name="forbidding")


def test_ways_that_are_forbidden_by_their_length_do_not_hide_the_others():
    problem = forbidding(24, 0, 1e6)
    seen = solve(problem, Potts(steps=4000), starts=6, baselines=False)
    hidden = solve(problem, Potts(steps=4000, ranks=False), starts=6, baselines=False)
    assert seen.parameters["ranks"]
    assert not hidden.parameters["ranks"]
    assert seen.valid == 6
    assert max(seen.costs) < 1e6  # the tours' true lengths
    assert np.mean(seen.costs) < 0.8 * np.mean(hidden.costs)


def test_ordinary_distances_are_seen_as_they_are():
    for problem in (
        random_instance(20, 0),
        random_instance(20, 0, symmetric=False),
        forbidding(20, 1, 1500.0),
    ):
        assert not Potts().encode(problem).parameters["ranks"]


def test_ranks_share_places_and_keep_symmetry():
    d = np.array([[9.0, 5, 1], [5, 9, 5], [1, 5, 9]])
    assert np.array_equal(ranks(d), [[0, 4.5, 1.5], [4.5, 0, 4.5], [1.5, 4.5, 0]])
    rough = random_instance(9, 3, symmetric=False).distances
    off = ~np.eye(9, dtype=bool)
    assert np.array_equal(np.argsort(ranks(rough)[off]), np.argsort(rough[off]))
    x = np.array([0.0, 1.0, 2.0, 10.0])
    assert span(np.abs(x[:, None] - x)) == 10 / 2
