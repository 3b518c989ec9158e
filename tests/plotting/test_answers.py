"""Pictures of colourings, cuts, sets, boards and grids, and of the anneals that end in them."""

from pathlib import Path

import numpy as np
import pytest

from analoghop.errors import InputError
from analoghop.formats.graphs.graph import Graph
from analoghop.optimise import Trace
from analoghop.plotting.answers.answer import answer, has_picture
from analoghop.plotting.answers.board import board, grid
from analoghop.plotting.answers.costs import costs
from analoghop.plotting.answers.course import LINES, cost_over_time, outputs
from analoghop.plotting.answers.film import save_film
from analoghop.plotting.answers.layout import places_of
from analoghop.plotting.answers.solved import solved
from analoghop.plotting.answers.success import success
from analoghop.plotting.answers.vertices import hues
from analoghop.problems.base import Problem, Verdict
from analoghop.problems.colouring.instance import Colouring
from analoghop.problems.independent_set import IndependentSet
from analoghop.problems.partition import Partition
from analoghop.problems.queens.instance import Queens
from analoghop.problems.result import Result, Start
from analoghop.problems.spins.ising import Ising
from analoghop.problems.spins.maxcut import MaxCut
from analoghop.problems.sudoku.instance import Sudoku
from analoghop.problems.vertex_cover import VertexCover
from tests.plotting.runs import assert_legible

RING = Graph.of(6, [(k, (k + 1) % 6) for k in range(6)], name="ring")
ANSWER = "534678912672195348198342567859761423426853791713924856961537284287419635345286179"
GIVENS = "53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79"
WRONG = ANSWER[:2] + "5" + ANSWER[3:]


def result(problem: Problem, starts: list[Start], tau: float = 2.0) -> Result:
    return Result(
        problem=problem.kind,
        instance=problem.name,
        size=problem.size,
        formulation="toy",
        parameters={},
        starts=starts,
        seed=0,
        sense=problem.sense,
        best_known=None,
        target=None,
        baselines={},
        tau_per_start=tau,
        cpu_s_per_start=1.0,
        evaluations=1,
        cpu_s=1.0,
        wall_s=1.0,
    )


@pytest.mark.parametrize(
    ("problem", "found", "title"),
    [
        (Colouring(RING, 2), [0, 1, 0, 1, 0, 1], "ring, 2 colours"),
        (Colouring(RING, 2), [0, 0, 0, 1, 0, 1], "ring, 2 colours, 2 edges in conflict"),
        (MaxCut(RING), [0, 1, 0, 1, 0, 0], "ring, cut 4"),
        (Partition(RING), [0, 0, 0, 1, 1, 1], "ring, cut 2"),
        (IndependentSet(RING), [1, 0, 1, 0, 0, 0], "ring, set of 2"),
        (VertexCover(RING), [1, 0, 1, 0, 1, 0], "ring, cover of 3"),
    ],
)
def test_graphs_say_what_they_show(problem: Problem, found: list[int], title: str) -> None:
    ax = answer(problem, found)
    assert ax.get_title(loc="left") == title
    assert_legible(ax.figure)


def test_conflicts_are_bold_and_the_others_are_not() -> None:
    thin, bold = answer(Colouring(RING, 2), [0, 0, 0, 1, 0, 1]).collections[:2]
    assert (len(thin.get_paths()), len(bold.get_paths())) == (4, 2)
    assert bold.get_linewidth()[0] > thin.get_linewidth()[0]


def test_large_graphs_are_matrices_sorted_by_group() -> None:
    n = 300
    graph = Graph.of(n, [(k, (k + 1) % n) for k in range(n)], name="long")
    ax = answer(Colouring(graph, 2), [k % 2 for k in range(n)])
    plain, bold = ax.get_lines()[:2]
    assert len(plain.get_xdata()) == 2 * n
    assert len(bold.get_xdata()) == 0
    x, y = np.asarray(plain.get_xdata()), np.asarray(plain.get_ydata())
    assert ((x < n / 2) != (y < n / 2)).all()
    assert_legible(ax.figure)


def test_matrices_say_which_edges_are_which() -> None:
    n = 300
    path = Graph.of(n, [(k, k + 1) for k in range(n - 1)], name="long")
    cut = answer(MaxCut(path), [k // 2 % 2 for k in range(n)])
    legend = cut.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == ["edge within a side", "edge that is cut"]
    hues = [line.get_color() for line in legend.get_lines()]
    assert hues == [line.get_color() for line in cut.get_lines()[:2]]
    assert cut.get_xlabel().endswith("side 0 first")
    sides = answer(MaxCut(RING), [0, 1, 0, 1, 0, 0]).get_legend()
    assert sides is not None
    assert [text.get_text() for text in sides.get_texts()] == ["side 0", "side 1"]


def test_vertices_in_a_row_are_drawn_whole() -> None:
    upright = Graph.of(3, [(0, 1), (1, 2)], coordinates=[[0, 0], [0.01, 1], [0, 2]])
    ax = answer(Colouring(upright, 2), [0, 1, 0])
    left, right = ax.get_xlim()
    assert min(0.0 - left, right - 0.01) > 0.1


def test_bars_of_whole_costs_stand_at_whole_numbers() -> None:
    starts = [Start(Verdict(False, float(cost), {"conflicting edges": cost})) for cost in (1, 1, 2, 4)]
    ax = costs(result(Colouring(RING, 2), starts))
    bars = {bar.get_x() + bar.get_width() / 2: bar.get_height() for bar in ax.patches if bar.get_height()}
    assert bars == {1.0: 2.0, 2.0: 1.0, 4.0: 1.0}
    assert all(float(tick).is_integer() for tick in ax.get_xticks())
    assert_legible(ax.figure)


def test_places_are_the_graphs_own_or_those_of_springs() -> None:
    own = Graph.of(2, [(0, 1)], coordinates=[[0, 0], [3, 4]])
    assert places_of(own).tolist() == [[0, 0], [3, 4]]
    path = Graph.of(4, [(0, 1), (1, 2), (2, 3)])
    xy = places_of(path)
    near = np.hypot(*(xy[path.edges[:, 0]] - xy[path.edges[:, 1]]).T)
    assert np.hypot(*(xy[0] - xy[3])) > near.max()


def test_as_many_hues_as_are_asked_for() -> None:
    for count in (1, 7, 8, 40):
        assert len(set(hues(count))) == count


def test_queens_and_those_that_attack() -> None:
    ax = board(Queens(4), (1, 3, 0, 2))
    assert ax.get_title(loc="left") == "4 queens, none attacks another"
    assert len(ax.texts) == 4
    assert not ax.lines
    wrong = board(Queens(4), (0, 1, 3, 3))
    assert len(wrong.lines) == len(Queens(4).attacks((0, 1, 3, 3)))
    assert_legible(wrong.figure)
    assert_legible(board(Queens(40), range(40)).figure)


def test_givens_are_bold_and_conflicts_shaded() -> None:
    problem = Sudoku(GIVENS)
    ax = grid(problem, ANSWER)
    assert ax.get_title(loc="left") == "sudoku, solved"
    assert sum(text.get_weight() == "bold" for text in ax.texts) == 30
    assert "".join(text.get_text() for text in ax.texts) == ANSWER
    wrong = grid(problem, WRONG)
    assert wrong.get_title(loc="left") == "sudoku, 2 conflicting pairs"
    assert len(wrong.patches) == 3
    assert len(grid(problem, GIVENS).texts) == 30
    assert_legible(wrong.figure)


def film(count: int) -> Trace:
    times = np.linspace(0.0, 1.0, 12)
    V = np.tanh(np.outer(np.linspace(-1, 1, count), times))
    return Trace(times, V, {}, 0.5, (None, *[WRONG] * 6, *[ANSWER] * 5))


@pytest.mark.parametrize("count", [5, LINES + 300])
def test_outputs_over_time(count: int) -> None:
    ax = outputs(film(count))
    assert len(ax.lines) == (count if count <= LINES else 0)
    assert len(ax.images) == (count > LINES)
    assert ax.get_xlim() == (0.0, 2.0)
    assert_legible(ax.figure)


def test_cost_over_time_leaves_out_moments_without_an_answer() -> None:
    (line,) = cost_over_time(Sudoku(GIVENS), film(3)).get_lines()
    assert np.asarray(line.get_ydata()).tolist() == [2.0] * 6 + [0.0] * 5
    with pytest.raises(InputError, match="no moment"):
        cost_over_time(Sudoku(GIVENS), Trace(np.arange(2.0), np.zeros((1, 2)), {}, 1.0, (None, None)))


def test_success_counts_whole_starts() -> None:
    starts = [Start(Verdict(k == 0, float(k > 0)), (0,)) for k in range(4)]
    ax = success(result(Sudoku(GIVENS), starts))
    line = ax.get_lines()[0]
    times, seen = np.asarray(line.get_xdata()), np.asarray(line.get_ydata())
    np.testing.assert_allclose(seen, 1 - 0.75 ** (times / 2.0))
    assert seen[-3] >= 0.99
    assert ax.get_title(loc="left") == "1 of 4 starts succeed, 2 τ each"
    assert_legible(ax.figure)
    with pytest.raises(InputError, match="no starts"):
        success(result(Sudoku(GIVENS), []))


def test_one_figure_shows_all() -> None:
    problem = Sudoku(GIVENS)
    good = Start(problem.verify(ANSWER), ANSWER)
    bad = Start(problem.verify(WRONG), WRONG)
    for starts in ([good, good], [good, bad], [bad, bad]):
        assert_legible(solved(problem, result(problem, starts), film(3)))
    spins = Ising.of(np.array([[0.0, 1], [1, 0]]))
    assert not has_picture(spins)
    assert_legible(solved(spins, result(spins, [Start(spins.verify((1, 1)), (1, 1))])))
    with pytest.raises(InputError, match="an answer to ising has no picture"):
        answer(spins, (1, 1))


def test_film_of_a_grid_as_it_fills(tmp_path: Path) -> None:
    image = pytest.importorskip("PIL.Image")
    save_film(tmp_path / "x.gif", Sudoku(GIVENS), film(3), frames=4)
    with image.open(tmp_path / "x.gif") as shown:
        assert 2 <= shown.n_frames <= 4
    with pytest.raises(InputError, match="ising has no picture to animate"):
        save_film(tmp_path / "x.gif", Ising.of(np.zeros((2, 2))), film(3))
