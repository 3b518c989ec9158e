"""`save_film`: an anneal as an animation, the square of outputs beside the tour that forms."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from analoghop.arrays import Array
from analoghop.errors import InputError, MissingProgram
from analoghop.formats.files import replacing
from analoghop.formats.waveforms import plain_record
from analoghop.optimise.trace import Trace
from analoghop.plotting.assignment import draw_square, moments, squares
from analoghop.plotting.style import PALETTE, style
from analoghop.plotting.tour import draw_cities, places
from analoghop.problems.tsp.instance import TSP

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.collections import LineCollection
    from matplotlib.figure import Figure

FRAMES = 60
PER_SECOND = 12
HELD = 12
"""Times that the last frame is shown."""
FAINT = 0.03  # edges below this weight are left out


def save_film(
    path: str | Path,
    problem: TSP,
    trace: Trace,
    *,
    order: Sequence[int] | None = None,
    record: Mapping[str, object] | None = None,
    frames: int = FRAMES,
) -> None:
    """Write the anneal `trace` of `problem` to a `.gif` file; `order` sorts the rows.

    Beside the outputs V, where the instance has coordinates, every pair of cities is joined with the weight
    `sum_i V_xi (V_y,i+1 + V_y,i-1)` that it has in the tour of the moment. `record` is kept as the comment
    of the file. Raises `InputError` for another suffix or a place that cannot be written, `MissingProgram`
    without Pillow.
    """
    if Path(path).suffix.lower() != ".gif":
        raise InputError(f"an animation is written to a .gif file, not to {str(path)!r}")
    try:
        from PIL import Image
    except ImportError as error:
        raise MissingProgram("an animation needs Pillow: pip install pillow") from error
    V = squares(trace)
    chosen = moments(V, frames)
    with style():
        figure, draw = _stage(problem, V, trace, list(range(len(V[0]))) if order is None else list(order))
        images = []
        for k in chosen:
            draw(k)
            figure.canvas.draw()
            rgba = np.asarray(figure.canvas.buffer_rgba())  # type: ignore[attr-defined]
            images.append(Image.fromarray(rgba[..., :3].copy()).quantize(64))
    still = 1000 // PER_SECOND
    comment = json.dumps(plain_record(record or {})).encode()
    with replacing(path) as handle:
        images[0].save(
            handle,
            format="GIF",
            save_all=True,
            append_images=images[1:],
            duration=[still] * (len(images) - 1) + [still * HELD],
            loop=0,
            comment=comment,
        )


class _Draw:
    """Puts one moment into the figure."""

    def __init__(
        self, V: Array, trace: Trace, order: list[int], figure: Figure, axes: Sequence[Axes]
    ) -> None:
        self.V, self.trace, self.order, self.figure = V, trace, order, figure
        self.square = draw_square(axes[0], V[0][order])
        axes[0].set(xlabel="position", ylabel="city, in order of the tour")
        self.lines: LineCollection | None = None

    def edges(self, ax: Axes, xy: Array) -> None:
        from matplotlib.collections import LineCollection

        i, j = np.triu_indices(len(xy), 1)
        self.pairs, self.segments = (i, j), np.stack([xy[i], xy[j]], axis=1)
        self.lines = LineCollection([], colors=PALETTE[1], linewidths=1.6)
        ax.add_collection(self.lines)
        draw_cities(ax, xy)

    def __call__(self, k: int) -> None:
        V = self.V[k]
        self.square.set_data(V[self.order])
        if self.lines is not None:
            joined = V @ np.roll(V, -1, axis=1).T
            weight = np.clip((joined + joined.T)[self.pairs], 0.0, 1.0)
            shown = weight > FAINT
            self.lines.set_segments(list(self.segments[shown]))
            self.lines.set_alpha(weight[shown].tolist())
        self.figure.suptitle(f"{self.trace.times[k] / self.trace.tau:.1f} \N{GREEK SMALL LETTER TAU}")


def _stage(problem: TSP, V: Array, trace: Trace, order: list[int]) -> tuple[Figure, _Draw]:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    mapped = problem.coordinates is not None
    figure = Figure(figsize=(8.0 if mapped else 4.2, 4.3), dpi=80)
    FigureCanvasAgg(figure)
    axes = figure.subplots(1, 2 if mapped else 1, squeeze=False)[0]
    figure.subplots_adjust(0.05, 0.06, 0.98, 0.92, wspace=0.06)
    draw = _Draw(V, trace, order, figure, axes)
    if mapped:
        draw.edges(axes[1], places(problem))
    return figure, draw
