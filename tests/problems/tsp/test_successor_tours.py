"""Tours by who follows whom, and the rule that chooses the circuit for a tour."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from analoghop.errors import InputError
from analoghop.optimise import solve
from analoghop.problems.tsp import TSP, AutomaticTour, Potts, SuccessorTour
from analoghop.problems.tsp.weights import Ways
from analoghop.systems.assignment.assignment import Assignment
from analoghop.systems.assignment.successor import Successor


def scattered(n: int, seed: int = 0) -> TSP:
    return TSP.from_coordinates(np.random.default_rng(seed).uniform(size=(n, 2)))


def whole(n: int, seed: int, symmetric: bool = False) -> TSP:
    d = np.random.default_rng(seed).integers(1, 100, (n, n)).astype(float)
    return TSP(np.triu(d) + np.triu(d).T if symmetric else d)


def shortest(problem: TSP) -> float:
    orders = np.array([(0, *rest) for rest in itertools.permutations(range(1, problem.size))])
    return float(problem.distances[orders, np.roll(orders, -1, axis=1)].sum(axis=1).min())


def clustered() -> TSP:
    """Four groups of four places, far from each other."""
    rng = np.random.default_rng(0)
    corners = 8.0 * np.repeat([[0.0, 0.0], [0.0, 1.0], [1.0, 1.0], [1.0, 0.0]], 4, axis=0)
    return TSP.from_coordinates(corners + rng.uniform(size=(16, 2)))


@pytest.mark.parametrize("symmetric", [True, False])
@pytest.mark.parametrize("n", [5, 8])
def test_small_instances_end_in_the_best_of_all_tours(n: int, symmetric: bool) -> None:
    problem = whole(n, n, symmetric)
    result = solve(problem, SuccessorTour(steps=1500), starts=16, baselines=False)
    assert result.valid == 16
    assert min(result.costs) == shortest(problem)


def test_cycles_are_counted_and_not_repaired() -> None:
    encoding = SuccessorTour().encode(scattered(6))
    outputs = encoding.embed((0, 1, 2, 3, 4, 5)).reshape(6, 6)
    outputs[[2, 5]] = outputs[[5, 2]]
    (raw,) = encoding.decode(outputs.reshape(-1, 1))
    assert (raw.answer, dict(raw.violations)) == (None, {"cycles": 2})
    outputs[1] = 0.0
    (raw,) = encoding.decode(outputs.reshape(-1, 1))
    assert dict(raw.violations) == {"successors": 1, "predecessors": 1}


def test_an_end_in_groups_anneals_again_with_other_circuits() -> None:
    problem, circuit = clustered(), SuccessorTour(first_determinant=0.3, steps=1500)
    once = solve(problem, replace(circuit, reheats=0), starts=6, baselines=False)
    again = solve(problem, circuit, starts=6, baselines=False)
    assert once.valid < 6
    assert again.valid == 6
    policy = circuit.encode(problem).reheating
    circuits = [policy.circuit(k) for k in (1, 2, 3, 4)]
    assert circuits[2] is circuits[3]
    assert len({id(each) for each in circuits}) == 3
    assert circuits[1].D.max() < circuits[0].D.max()


def test_a_start_near_a_good_tour_keeps_it() -> None:
    problem = scattered(20)
    tour = problem.polish("2opt+oropt", range(20))
    result = solve(problem, SuccessorTour(), starts=3, start=tour, baselines=False)
    assert result.valid == 3
    assert max(result.costs) <= problem.length(tour) + 1e-9


def test_distances_count_from_the_shortest_in_usual_ones() -> None:
    d = whole(12, 1).distances
    ways, moved = Ways.of(d), Ways.of(np.where(np.eye(12, dtype=bool), 0.0, 3.0 * d + 1000.0))
    assert moved.cost == pytest.approx(ways.cost, rel=1e-9)
    assert moved.usual == pytest.approx(3.0 * ways.usual)
    near = ways.near(2.0)
    assert near[ways.cost <= 2.0] == pytest.approx(ways.cost[ways.cost <= 2.0])
    far = ways.cost > 2.0
    assert near[far] == pytest.approx(2.0 + 2.0 * np.log(ways.cost[far] / 2.0))


def test_distances_all_alike_have_a_scale() -> None:
    ways = Ways.of(np.where(np.eye(5, dtype=bool), 0.0, 7.0))
    assert not ways.cost.any()
    assert ways.usual == 7.0
    assert solve(TSP(np.ones((12, 12))), starts=4, baselines=False).valid == 4


def test_the_rule_chooses_the_circuit_from_the_distances() -> None:
    assert isinstance(AutomaticTour().encode(scattered(40)).system, Successor)
    assert isinstance(AutomaticTour().encode(clustered()).system, Assignment)
    told = [AutomaticTour().encode(problem).parameters["circuit"] for problem in (scattered(40), clustered())]
    assert told == ["successor", "potts"]
    assert AutomaticTour().encode(scattered(7)).parameters == Potts().encode(scattered(7)).parameters
    determinants = [
        AutomaticTour().encode(problem).parameters["first_determinant"]
        for problem in (scattered(40), whole(40, 0), whole(40, 0, symmetric=True))
    ]
    assert determinants == [1.0, 0.4, 1.0]


def test_smooth_maps_of_middle_size_and_those_with_a_long_link_are_rings() -> None:
    places = np.random.default_rng(0).uniform(size=(40, 2))
    strip = TSP.from_coordinates(places * [6.0, 1.0])
    far = TSP.from_coordinates(np.vstack([places, [[2.0, 0.5]]]))
    chosen = [AutomaticTour().encode(problem).parameters["circuit"] for problem in (strip, far)]
    assert chosen == ["potts", "potts"]
    larger = np.random.default_rng(0).uniform(size=(61, 2)) * [6.0, 1.0]
    chosen = [AutomaticTour().encode(TSP.from_coordinates(larger)).parameters["circuit"]]
    assert chosen == ["successor"]


def test_few_cities_share_their_starts() -> None:
    problem = scattered(14)
    result = solve(problem, starts=8, baselines=False)
    assert result.to_dict()["circuits"] == {"successor": 6, "noisy successor": 2}
    assert result.valid == 8
    assert len(AutomaticTour(steps=100).encode(problem).turns) == 0


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"sigma": -1.0}, "`sigma` is -1, expected a number from 0"),
        ({"steps": 0}, "`steps` is 0, expected a whole number from 1, or None"),
        ({"end_temperature": 2.0}, r"`start_temperature` \(1\) must be above `end_temperature` \(2\)"),
    ],
)
def test_wrong_options_are_refused(options: dict[str, float], words: str) -> None:
    with pytest.raises(InputError, match=words):
        SuccessorTour(**options).encode(scattered(6))
