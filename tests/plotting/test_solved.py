import functools
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from analoghop import __version__
from analoghop.errors import InputError
from analoghop.formats.graphs.graph import Graph
from analoghop.optimise import Trace, entry_of, solve, trace, with_settings
from analoghop.plotting import save_figure
from analoghop.plotting.answers.assignment import assignment, squares
from analoghop.plotting.answers.costs import costs
from analoghop.plotting.answers.course import cost_over_time
from analoghop.plotting.answers.film import save_film
from analoghop.plotting.answers.parts import energy_parts
from analoghop.plotting.answers.ring import ring
from analoghop.plotting.answers.solved import solved
from analoghop.plotting.answers.success import success
from analoghop.plotting.answers.tour import length_text, tour
from analoghop.plotting.film import moments
from analoghop.problems.base import Verdict
from analoghop.problems.colouring.instance import Colouring
from analoghop.problems.qap import QAP
from analoghop.problems.result import Result, Start
from analoghop.problems.tsp import FORMULATIONS, TSP, Elastic
from tests.optimise.toy import Toy
from tests.plotting.runs import assert_legible

DATA = Path(__file__).parents[1] / "data"
FIVE = TSP.from_coordinates(np.random.default_rng(2).uniform(size=(5, 2)), "five")


@functools.cache
def five() -> tuple[Result, Trace]:
    result = solve(
        FIVE, Toy(D=250), starts=8, polish="2opt", search="restarts", target=2.3, best_known=2.2459
    )
    assert result.best is not None
    return result, trace(Toy(D=250).encode(FIVE), 0, list(result.starts).index(result.best), points=60)


def test_tour_is_drawn_through_its_cities_and_closed() -> None:
    ax = tour(FIVE, (3, 1, 0, 2, 4))
    (line,) = ax.get_lines()
    assert FIVE.coordinates is not None
    np.testing.assert_array_equal(line.get_xydata(), FIVE.coordinates[[3, 1, 0, 2, 4, 3]])
    assert_legible(ax.figure)


def test_geographical_coordinates_are_a_map_in_degrees() -> None:
    problem = TSP.read(DATA / "burma14.tsp")
    ax = tour(problem, range(14))
    (line,) = ax.get_lines()
    east, north = np.array(line.get_xydata())[:14].T
    # The first city is at 16 degrees 47 minutes north, 96 degrees 10 minutes east.
    assert north[0] == pytest.approx(16 + 47 / 60)
    middle = np.radians(north.min() + north.max()) / 2
    assert east[0] == pytest.approx((96 + 10 / 60) * np.cos(middle))
    assert_legible(ax.figure)


def test_numbers_stand_beside_the_tour() -> None:
    order = (0, 1, 2, 3)
    ax = tour(TSP.from_coordinates([(0, 0), (0, 1), (1, 1), (1, 0)]), order)
    ax.figure.canvas.draw()
    for text in ax.texts:
        x, y = text.xy
        dx, dy = text.get_position()
        assert dx * (x - 0.5) + dy * (y - 0.5) > 0


def test_what_cannot_be_drawn() -> None:
    with pytest.raises(InputError, match="not a tour"):
        tour(FIVE, (0, 1, 2))
    with pytest.raises(InputError, match="gr17 has no coordinates"):
        tour(TSP.read(DATA / "gr17.tsp"), range(17))
    with pytest.raises(InputError, match="do not make a square"):
        squares(Trace(np.arange(2.0), np.zeros((7, 2)), {}, 1.0))
    with pytest.raises(InputError, match="has no energy"):
        energy_parts(Trace(np.arange(2.0), np.zeros((4, 2)), {}, 1.0))
    nothing = solve(FIVE, Toy(D=400), starts=2, baselines=False)
    with pytest.raises(InputError, match="no start has a cost"):
        costs(nothing)
    assert_legible(solved(FIVE, nothing))


@pytest.mark.parametrize(
    ("length", "best", "wanted"),
    [
        (7544, 7542, "length 7544, 0.027 % above the best known"),
        (7542, 7542, "length 7542, the best known"),
        (2.690670637, 2.6906706370094136, "length 2.69067, the best known"),
        (280, 100, "length 280, 180 % above the best known"),
        (90, 100, "length 90, 10 % below the best known"),
        (1e6, None, "length 1000000"),
    ],
)
def test_length_with_its_gap(length: float, best: float, wanted: str) -> None:
    assert length_text(length, best) == wanted


def test_rows_in_the_order_of_the_tour_end_as_a_diagonal() -> None:
    result, run = five()
    V = squares(run, result.answer)
    np.testing.assert_array_equal(V[-1].round(), np.eye(5))
    chosen = moments(V, 6)
    assert chosen[0] == 0
    assert chosen[-1] == len(V) - 1
    assert len(chosen) <= 6
    assert_legible(assignment(run, order=result.answer))


def test_moments_of_what_stands_still() -> None:
    assert moments(np.ones((5, 2, 2)), 4) == [0]


def test_every_start_is_in_the_histogram() -> None:
    result, _ = five()
    ax = costs(result)
    assert sum(patch.get_height() for patch in ax.patches if patch.get_alpha() == 0.5) == result.valid
    assert_legible(ax.figure)


def test_equal_costs_are_drawn_too() -> None:
    starts = [Start(Verdict(True, 7542.0), tuple(range(5)))] * 3
    result, _ = five()
    same = Result(
        **{**vars(result), "starts": starts, "best_known": 7542.0, "polished": None, "searched": None}
    )
    assert_legible(costs(same).figure)


def test_parts_of_the_energy_sum_to_its_total() -> None:
    _, run = five()
    ax = energy_parts(run)
    total, *parts = (np.asarray(line.get_ydata()) for line in ax.get_lines())
    np.testing.assert_allclose(np.sum(parts, axis=0), total)
    assert_legible(ax.figure)


def test_what_is_over_early_has_a_logarithmic_time() -> None:
    times = np.concatenate([[0.0], np.geomspace(1e-4, 1.0, 50)])
    run = Trace(times, np.zeros((4, 51)), {"coupling": np.exp(-times / 1e-3)}, 1.0)
    assert energy_parts(run).get_xscale() == "linear"
    ax = energy_parts(run, stretched=True)
    assert ax.get_xscale() == "log"
    assert ax.get_xlim() == pytest.approx((1e-4, 1.0))
    assert_legible(ax.figure)
    slow = Trace(times, np.zeros((4, 51)), {"coupling": np.exp(-times)}, 1.0)
    assert energy_parts(slow, stretched=True).get_xscale() == "linear"


def test_the_best_answer_of_all_is_drawn() -> None:
    result, run = five()
    assert result.searched is not None
    assert result.best is not None
    worse = replace(result, best_known=None, starts=[Start(FIVE.verify(range(5)), tuple(range(5)))])
    titles = [ax.get_title(loc="left") for ax in solved(FIVE, worse, run).axes]
    shortest = min(*result.searched.costs, *(result.polished.costs if result.polished else ()))
    assert any(f"length {shortest:.6g}, " in title and " after one search" in title for title in titles)


def test_one_figure_shows_all(tmp_path: Path) -> None:
    result, run = five()
    figure = solved(FIVE, result, run)
    assert_legible(figure)
    save_figure(figure, tmp_path / "x.png", {"seed": 0})
    assert (tmp_path / "x.png").stat().st_size > 20_000


def test_film_shows_the_anneal_and_says_where_it_comes_from(tmp_path: Path) -> None:
    image = pytest.importorskip("PIL.Image")
    result, run = five()
    save_film(tmp_path / "x.gif", FIVE, run, order=result.answer, record={"seed": 4}, frames=8)
    with image.open(tmp_path / "x.gif") as film:
        assert 2 <= film.n_frames <= 8
        assert json.loads(film.info["comment"]) == {"program": "analoghop", "version": __version__, "seed": 4}
        last = film.n_frames - 1
        frames = []
        for k in (0, last):
            film.seek(k)
            frames.append(np.asarray(film.convert("RGB")).astype(int))
    assert np.abs(frames[0] - frames[1]).max() > 100
    assert [p.name for p in tmp_path.iterdir()] == ["x.gif"]


def test_film_begins_without_edges_where_cities_are_many(tmp_path: Path) -> None:
    image = pytest.importorskip("PIL.Image")
    n = 80
    problem = TSP.from_coordinates(np.random.default_rng(0).uniform(size=(n, 2)))
    V = np.stack([np.full((n, n), 1 / n), np.eye(n)], axis=-1).reshape(n * n, 2)
    save_film(tmp_path / "x.gif", problem, Trace(np.arange(2.0), V, {}, 1.0), frames=2)
    with image.open(tmp_path / "x.gif") as film:
        assert film.n_frames == 2


def test_film_of_an_instance_without_coordinates(tmp_path: Path) -> None:
    pytest.importorskip("PIL")
    problem = TSP(FIVE.distances)
    save_film(tmp_path / "x.gif", problem, five()[1], frames=3)
    assert (tmp_path / "x.gif").stat().st_size > 1000
    with pytest.raises(InputError, match=r"written to a \.gif file"):
        save_film(tmp_path / "x.mp4", problem, five()[1])


@pytest.mark.parametrize("name", FORMULATIONS)
def test_every_formulation_has_its_pictures(name: str, tmp_path: Path) -> None:
    pytest.importorskip("PIL")
    quick = {"potts": {"steps": 200}, "elastic": {"steps": 200}, "subspace": {"duration": 60.0}}
    formulation = with_settings(FORMULATIONS[name], quick.get(name, {}))
    result = solve(FIVE, formulation, starts=4, best_known=2.2459, baselines=False)
    number = 0 if result.best is None else list(result.starts).index(result.best)
    run = trace(formulation.encode(FIVE), 0, number, points=40)
    assert run.answers[-1] == result.starts[number].answer
    assert len(run.parts) >= 2
    figure = solved(FIVE, result, run)
    assert_legible(figure)
    assert len(figure.axes) >= (4 if result.valid else 2)
    save_film(tmp_path / "x.gif", FIVE, run, order=result.answer, frames=3)
    assert (tmp_path / "x.gif").stat().st_size > 1000


def test_ring_is_drawn_among_the_cities() -> None:
    problem = TSP.read(DATA / "ulysses16.tsp")
    run = trace(Elastic(steps=200).encode(problem), points=20)
    figure = ring(problem, run, count=2)
    assert run.ring is not None
    assert run.ring.shape == (20, 40, 2)
    line = figure.axes[1].get_lines()[0]
    # North is up, in degrees: geographical files give the latitude first, with minutes behind the point.
    latitude = run.ring[-1][:, 0]
    whole = np.trunc(latitude)
    np.testing.assert_allclose(line.get_ydata()[:-1], whole + (latitude - whole) / 0.6)
    assert_legible(figure)
    with pytest.raises(InputError, match="this circuit is no ring of nodes"):
        ring(FIVE, five()[1])


def test_panels_of_an_anneal_share_their_time() -> None:
    problem = Colouring(Graph(4, np.array([[0, 1], [0, 3], [1, 2], [2, 3]]), name="ring"), 3)
    formulation = entry_of(problem).formulation(None)
    result = solve(problem, starts=2, baselines=False)
    run = trace(with_settings(formulation, {}).encode(problem), 0)
    figure = solved(problem, result, run)
    assert_legible(figure)
    assert figure.get_suptitle() == f"colouring: ring, {result.formulation}"
    panels = [ax for ax in figure.axes if ax.get_ylabel() in ("output V", "edges in conflict", "energy")]
    assert len(panels) == 3
    wide = {tuple(np.round(ax.get_position().intervalx, 9)) for ax in panels}
    assert len(wide) == 1
    assert {ax.get_xlim() for ax in panels} == {(run.times[0] / run.tau, run.times[-1] / run.tau)}
    assert [ax.get_xlabel() for ax in panels].count("") == 2


def test_cost_that_never_changes_has_plain_ticks() -> None:
    problem = Colouring(Graph(2, np.array([[0, 1]]), name="pair"), 2)
    still = Trace(np.arange(3.0), np.zeros((4, 3)), {}, 1.0, answers=((0, 1),) * 3)
    ax = cost_over_time(problem, still)
    assert ax.get_ylim() == (-1.0, 1.0)
    assert all(float(tick).is_integer() for tick in ax.get_yticks())
    assert_legible(ax.figure)
    assert ax.yaxis.get_major_formatter().get_offset() == ""


def test_lines_of_the_success_are_explained() -> None:
    result, _ = five()
    legend = success(result).get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == ["95 % interval", "measured rate", "99 %"]


def test_squares_of_facilities_are_called_so() -> None:
    problem = QAP(np.array([[0, 1, 2], [1, 0, 3], [2, 3, 0]]), np.array([[0, 4, 1], [4, 0, 2], [1, 2, 0]]))
    V = np.zeros((9, 2))
    V[:, 1] = np.eye(3).ravel()
    result = solve(problem, starts=1, baselines=False)
    figure = solved(problem, result, Trace(np.arange(2.0), V, {}, 1.0))
    assert ("facility", "location") in {(ax.get_xlabel(), ax.get_ylabel()) for ax in figure.axes}
