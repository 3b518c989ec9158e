from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from analoghop.engines import ScipyIVP
from analoghop.errors import InputError
from analoghop.optimise import solve
from analoghop.optimise.anneal import anneal
from analoghop.problems.tsp import TSP, Elastic
from analoghop.problems.tsp.plane import Plane, degrees, minutes

DATA = Path(__file__).parents[2] / "data"
HT10 = TSP.read(DATA / "ht10.csv")
QUICK = Elastic(steps=400)


def test_every_start_is_valid_and_ten_cities_are_optimal() -> None:
    result = solve(HT10, "elastic", starts=4, best_known=2.6906706370094136, baselines=False).to_dict()
    assert result["valid_rate"] == 1.0
    assert result["success_rate"] == 1.0


def test_berlin_is_within_reach() -> None:
    problem = TSP.read(DATA / "berlin52.tsp")
    result = solve(problem, Elastic(steps=1000), starts=1, baselines=False).to_dict()
    assert result["valid_rate"] == 1.0
    assert result["gap_mean"] < 12


def test_the_fixed_step_ends_in_the_tour_of_a_tight_run_of_scipy() -> None:
    problem = TSP.from_coordinates(np.random.default_rng(1).uniform(size=(12, 2)))
    encoding = QUICK.encode(problem)
    ends = anneal(encoding, 0, np.arange(3)).ends
    tours = [raw.answer for raw in encoding.decode(ends.outputs)]
    for x, tour in zip(encoding.start(0, np.arange(3)).T, tours, strict=True):
        run = ScipyIVP(rtol=1e-7, audit=False).integrate(encoding.system, x, (0.0, encoding.duration))
        assert encoding.decode(run.outputs[:, -1:])[0].answer == tour


def test_half_the_step_ends_in_the_same_tour() -> None:
    problem = TSP.read(DATA / "ulysses16.tsp")
    encoding = QUICK.encode(problem)
    finer = replace(encoding, step=0.5 * (encoding.step or 0.0))
    first, second = (one.decode(anneal(one, 0, np.arange(4)).ends.outputs) for one in (encoding, finer))
    assert [raw.answer for raw in first] == [raw.answer for raw in second]


def test_cities_at_one_node_stand_along_the_ring() -> None:
    problem = TSP.from_coordinates([[0.0, 0.0], [1.0, 0.0], [0.55, 0.1], [0.45, 0.1], [0.5, 1.0]])
    encoding = Elastic(nodes=0.8).encode(problem)  # four nodes
    ring = np.array([[0.0, 0.0], [0.5, 0.1], [1.0, 0.0], [0.5, 1.0]])
    (raw,) = encoding.decode(ring.T.reshape(-1, 1))
    assert raw.answer == (0, 3, 2, 1, 4)
    with pytest.raises(InputError, match="4 nodes cannot lie on 5 cities"):
        encoding.embed((0, 1, 2, 3, 4))


def test_stiffness_follows_the_distance_to_the_nearest_city() -> None:
    xy = np.stack(np.meshgrid(np.arange(11.0), np.arange(11.0)), axis=-1).reshape(-1, 2)
    parameters = Elastic().encode(TSP.from_coordinates(xy)).parameters
    assert parameters["nearest"] == pytest.approx(0.1)
    assert parameters["beta"] == pytest.approx(1.5)
    assert parameters["narrow"] == pytest.approx(0.01)
    assert Elastic(beta=3.0, narrow=0.02).encode(HT10).parameters["beta"] == 3.0


def test_explicit_distances_are_refused_even_with_coordinates_to_draw() -> None:
    for name in ("gr17", "bayg29"):
        with pytest.raises(InputError, match=f"{name} gives a matrix of distances: an elastic net needs"):
            Elastic().encode(TSP.read(DATA / f"{name}.tsp"))


def test_rounded_distances_have_no_objective_in_the_plane() -> None:
    encoding = QUICK.encode(TSP.read(DATA / "berlin52.tsp"))
    assert encoding.objective(encoding.embed(tuple(range(52)))) is None


def test_cities_on_the_same_spot_are_legal() -> None:
    xy = np.random.default_rng(4).uniform(size=(6, 2))
    xy[1] = xy[0]
    assert solve(TSP.from_coordinates(xy), QUICK, starts=2, baselines=False).valid == 2
    assert solve(TSP.from_coordinates(np.ones((4, 2))), QUICK, starts=2, baselines=False).valid == 2


@pytest.mark.parametrize("name", ["ulysses16", "berlin52"])
def test_ring_is_drawn_where_the_cities_are(name: str) -> None:
    problem = TSP.read(DATA / f"{name}.tsp")
    encoding = QUICK.encode(problem)
    (ring,) = encoding.ring(encoding.embed(tuple(range(problem.size))))
    assert problem.coordinates is not None
    assert ring.shape == (encoding.system.nodes, 2)
    assert np.unique(ring.round(6), axis=0) == pytest.approx(
        np.unique(problem.coordinates.round(6), axis=0), abs=1e-5
    )


def test_degrees_and_minutes() -> None:
    assert degrees(np.array([10.30, -3.45])) == pytest.approx([10.5, -3.75])
    assert minutes(degrees(np.array([10.30, -3.45, 0.0]))) == pytest.approx([10.30, -3.45, 0.0])


def test_longitudes_are_as_short_as_their_latitude_makes_them() -> None:
    north = TSP.from_coordinates([[60.0, 0.0], [60.0, 10.0], [61.0, 0.0]], edge_weight_type="GEO")
    plane = Plane.of(north)
    inside = plane.inside(north.coordinates)
    assert inside[1, 1] == pytest.approx(1.0)
    assert plane.side == pytest.approx(10.0 * np.cos(np.radians(60.5)))
    assert plane.outside(inside) == pytest.approx(north.coordinates)


@pytest.mark.parametrize(
    ("formulation", "options", "message"),
    [
        (Elastic, {"beta": -1.0}, "`beta` is -1, expected a positive number"),
        (Elastic, {"steps": 0}, "`steps` is 0, expected a whole number from 1"),
    ],
)
def test_bad_options_are_named(formulation, options: dict[str, float], message: str) -> None:
    with pytest.raises(InputError, match=message):
        formulation(**options)
