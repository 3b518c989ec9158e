"""`assignment`: the outputs of a square of amplifiers at several times of an anneal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from analoghop.arrays import Array
from analoghop.errors import InputError
from analoghop.optimise.tracing import Trace
from analoghop.plotting.answers.course import TAU
from analoghop.plotting.figures import new_figure
from analoghop.plotting.film import moments
from analoghop.plotting.style import colour_bar, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure
    from matplotlib.image import AxesImage

MOMENTS = 6


def assignment(
    trace: Trace,
    figure: Figure | SubFigure | None = None,
    *,
    order: Sequence[int] | None = None,
    count: int = MOMENTS,
    names: tuple[str, str] = ("city", "position"),
) -> Figure | SubFigure:
    """Draw the outputs V at `count` times, with the `names` of rows and columns; return the figure.

    V changes by equal amounts between these times. The rows are in the `order` of the answer, so that a tour
    ends as a diagonal; without `order` they are in the order of their numbers. Raises `InputError` if the
    outputs are not a square.
    """
    V = squares(trace, order)
    chosen = moments(V, count)
    with style():
        if figure is None:
            rows = -(-len(chosen) // 3)
            figure = new_figure(7.5, 2.7 * rows)
        columns = min(3, len(chosen))
        axes = figure.subplots(-(-len(chosen) // columns), columns, squeeze=False).ravel()
        for ax in axes[len(chosen) :]:
            ax.set_visible(False)
        shown = []
        for k, ax in zip(chosen, axes, strict=False):
            shown.append(draw_square(ax, V[k]))
            ax.set_title(moment_text(trace, k))
        row, column = names
        axes[0].set(xlabel=column, ylabel=f"{row}, in order of the tour" if order is not None else row)
        colour_bar(shown[columns - 1], "V", "")
    return figure


def squares(trace: Trace, order: Sequence[int] | None = None) -> Array:
    """Return the outputs as squares (k, n, n), rows in `order`; raises `InputError` if they are not."""
    n = round(len(trace.outputs) ** 0.5)
    if n * n != len(trace.outputs):
        raise InputError(f"{len(trace.outputs)} outputs do not make a square of rows and columns")
    V = np.moveaxis(trace.outputs.reshape(n, n, -1), -1, 0)
    return V if order is None else V[:, list(order)]


def moment_text(trace: Trace, k: int) -> str:
    """Return the text of the time number `k`, in time constants."""
    time = float(trace.times[k] / trace.tau)
    return f"{time:.0f} {TAU}" if time >= 1000 else f"{time:.3g} {TAU}"


def draw_square(ax: Axes, V: Array) -> AxesImage:
    """Draw one square of outputs in 0..1 without ticks, and return its image."""
    picture = ax.imshow(V, vmin=0.0, vmax=1.0, cmap="cividis", interpolation="nearest", aspect="equal")
    ax.grid(False)
    ax.set(xticks=[], yticks=[])
    return picture
