"""`save_film`: an anneal as an animation of the outputs, the ring or the answers at each time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Array
from analoghop.errors import InputError
from analoghop.optimise.tracing import Trace
from analoghop.plotting.answers.answer import answer, has_picture
from analoghop.plotting.answers.assignment import draw_square, moment_text, squares
from analoghop.plotting.answers.ring import draw_ring
from analoghop.plotting.answers.tour import draw_cities, places
from analoghop.plotting.film import FRAMES, check_film, moments, pixels, write_film
from analoghop.plotting.style import PALETTE, style
from analoghop.problems.base import Problem
from analoghop.problems.tsp.instance import TSP

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FAINT = 0.03  # edges below this weight are left out


def save_film(
    path: str | Path,
    problem: Problem,
    trace: Trace,
    *,
    order: Sequence[int] | None = None,
    record: Mapping[str, object] | None = None,
    frames: int = FRAMES,
) -> None:
    """Write the anneal `trace` of `problem` to a `.gif` file; `order` sorts the rows of a square.

    For a tour it shows the outputs V and, if the instance has coordinates, edges between all pairs of cities
    with the weight `sum_i V_xi (V_y,i+1 + V_y,i-1)`; for an elastic net the ring among the cities; for other
    problems the answer at each time. `record` is stored as the comment of the file. Raises `InputError` for
    another suffix, a path that cannot be written, and a problem without a picture, `MissingProgram` without
    Pillow.
    """
    check_film(path)
    if not (isinstance(problem, TSP) or has_picture(problem)):
        raise InputError(f"{problem.kind} has no picture to animate")
    with style():
        drawn = (
            _tours(problem, trace, order, frames)
            if isinstance(problem, TSP)
            else _answers(problem, trace, frames)
        )
        write_film(path, drawn, record)


def _tours(
    problem: TSP, trace: Trace, order: Sequence[int] | None, frames: int
) -> Iterator[NDArray[np.uint8]]:
    if trace.ring is not None:
        yield from _rings(problem, trace, trace.ring, frames)
        return
    V = squares(trace)
    stage = _Stage(problem, V, trace, order)
    for k in moments(V, frames):
        stage.show(k)
        yield stage.picture()


def _rings(problem: TSP, trace: Trace, rings: Array, frames: int) -> Iterator[NDArray[np.uint8]]:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5.0, 5.4), dpi=80)
    canvas, ax = FigureCanvasAgg(figure), figure.subplots()
    figure.subplots_adjust(0.04, 0.04, 0.96, 0.92)
    for k in moments(rings, frames):
        ax.clear()
        draw_ring(ax, problem, rings[k])
        figure.suptitle(moment_text(trace, k))
        yield pixels(canvas)


def _answers(problem: Problem, trace: Trace, frames: int) -> Iterator[NDArray[np.uint8]]:
    """Yield pictures of the answers at times between which the outputs change by equal amounts."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5.0, 5.4), dpi=80)
    canvas, ax = FigureCanvasAgg(figure), figure.subplots()
    figure.subplots_adjust(0.04, 0.04, 0.96, 0.88)
    for k in moments(trace.outputs.T[:, None], frames):
        if trace.answers[k] is None:
            continue
        ax.clear()
        answer(problem, trace.answers[k], ax)
        figure.suptitle(moment_text(trace, k))
        yield pixels(canvas)


class _Stage:
    """The figure of all frames; `show` draws one time of the trace."""

    def __init__(self, problem: TSP, V: Array, trace: Trace, order: Sequence[int] | None) -> None:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        mapped = problem.coordinates is not None
        self.V, self.trace = V, trace
        self.order = list(range(len(V[0]))) if order is None else list(order)
        self.figure: Figure = Figure(figsize=(8.0 if mapped else 4.2, 4.3), dpi=80)
        self.canvas = FigureCanvasAgg(self.figure)
        axes = self.figure.subplots(1, 2 if mapped else 1, squeeze=False)[0]
        self.figure.subplots_adjust(0.05, 0.06, 0.98, 0.92, wspace=0.06)
        self.square = draw_square(axes[0], V[0][self.order])
        axes[0].set(xlabel="position", ylabel="city" if order is None else "city, in order of the tour")
        self.edges = _Edges(axes[1], places(problem), order or ()) if mapped else None

    def show(self, k: int) -> None:
        self.square.set_data(self.V[k][self.order])
        if self.edges is not None:
            self.edges.show(self.V[k])
        self.figure.suptitle(moment_text(self.trace, k))

    def picture(self) -> NDArray[np.uint8]:
        return pixels(self.canvas)


class _Edges:
    """Lines between all pairs of cities; the opacity of a line is its weight."""

    def __init__(self, ax: Axes, xy: Array, order: Sequence[int]) -> None:
        from matplotlib.collections import LineCollection
        from matplotlib.colors import to_rgba

        i, j = np.triu_indices(len(xy), 1)
        self.pairs, self.segments = (i, j), np.stack([xy[i], xy[j]], axis=1)
        self.lines = LineCollection([], linewidths=1.6)
        self.colour = np.array(to_rgba(PALETTE[1]))
        ax.add_collection(self.lines)
        draw_cities(ax, xy, order)

    def show(self, V: Array) -> None:
        joined = V @ np.roll(V, -1, axis=1).T
        weight = np.clip((joined + joined.T)[self.pairs], 0.0, 1.0)
        shown = weight > FAINT
        self.lines.set_segments(list(self.segments[shown]))
        # Colours with opacity: an array of opacities alone must not be empty, but may be so for many cities.
        colours = np.tile(self.colour, (int(shown.sum()), 1))
        colours[:, 3] = weight[shown]
        self.lines.set_color(colours.tolist())
