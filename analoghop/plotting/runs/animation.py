"""`save_animation`: a run as a film of its outputs, or of its way through the phase plane."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Array
from analoghop.display import detached
from analoghop.errors import InputError
from analoghop.plotting.figures import new_figure
from analoghop.plotting.film import FRAMES, check_film, moments, pixels, write_film
from analoghop.plotting.runs.energy import energy
from analoghop.plotting.runs.phase import phase_plane
from analoghop.plotting.runs.waveforms import waveforms
from analoghop.plotting.style import PALETTE, label_axis, quantity, shortened, style
from analoghop.solution import Solution

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BARS = 24
"""Largest number of outputs that are drawn as bars; more are the cells of a picture."""
_LOOKED_AT = 5000
"""Recorded times among which the frames are chosen."""

Show = Callable[[int], None]


def save_animation(
    path: str | Path,
    solution: Solution,
    *,
    frames: int = FRAMES,
    record: Mapping[str, object] | None = None,
) -> None:
    """Write the run as a film to a `.gif` file: `frames` times between which it changes by equal amounts.

    On the left a circuit of two states moves through its phase plane; others show their outputs, as bars up
    to 24, else as cells, from their smallest to their largest value. On the right the energy, or without one
    the waveforms, with the time. `record`, by default the run's, is stored in the file. Raises `InputError`
    for another suffix, fewer than two frames, a path that cannot be written and a circuit without outputs
    and with other than two states; `MissingProgram` without Pillow.
    """
    check_film(path)
    if frames < 2:
        raise InputError(f"`frames` is {frames}, expected at least 2")
    if solution.system.size != 2 and not solution.system.n_outputs:
        raise InputError("this circuit has no amplifiers whose outputs could be shown")
    write_film(path, _frames(solution, frames), solution.record if record is None else record)


def _frames(solution: Solution, count: int) -> Iterator[NDArray[np.uint8]]:
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    with style(), detached():
        figure = new_figure(9.0, 4.2, dpi=80)
        canvas = FigureCanvasAgg(figure)
        left, right = figure.subplots(1, 2)
        stage = _plane if solution.system.size == 2 else _outputs
        values, show = stage(left, solution)
        (energy if solution.energy is not None else waveforms)(solution, right)
        now = right.axvline(solution.times[0], color=PALETTE[2], linewidth=1.2)
        looked_at = np.unique(np.linspace(0, len(solution.times) - 1, _LOOKED_AT).astype(int))
        for k in looked_at[moments(values[looked_at], count)].tolist():
            show(k)
            now.set_xdata([solution.times[k]] * 2)
            figure.suptitle(f"t = {quantity(float(solution.times[k]), 's')}")
            yield pixels(canvas)


def _plane(ax: Axes, solution: Solution) -> tuple[Array, Show]:
    """Draw the phase plane; return the states by time, and what moves the dot to one of them."""
    phase_plane(solution, ax)
    (dot,) = ax.plot([], [], "o", color=PALETTE[2], markersize=8, zorder=9)
    states = solution.states

    def show(k: int) -> None:
        dot.set_data(states[:1, k], states[1:, k])

    return states.T, show


def _outputs(ax: Axes, solution: Solution) -> tuple[Array, Show]:
    """Draw the outputs as bars or cells; return them by time, and what shows one time."""
    outputs = solution.outputs
    size, low, high = len(outputs), float(outputs.min()), float(outputs.max())
    low, high = min(low, 0.0), max(high, low + 1e-12)
    if size <= BARS:
        bars = ax.bar(np.arange(size), outputs[:, 0], color=PALETTE[1])
        ax.set_ylim(low - 0.03 * (high - low), high + 0.03 * (high - low))
        names = solution.system.output_names
        ax.set_xticks(
            np.arange(size), [shortened(name, 12) for name in names], rotation=90 if size > 6 else 0
        )
        label_axis(ax.yaxis, "output", "V")

        def move(k: int) -> None:
            for bar, height in zip(bars, outputs[:, k].tolist(), strict=True):
                bar.set_height(height)

        return outputs.T, move
    width = int(np.ceil(np.sqrt(size)))
    cells = np.full(width * -(-size // width), np.nan)

    def square(k: int) -> Array:
        cells[:size] = outputs[:, k]
        return cells.reshape(-1, width)

    picture = ax.imshow(square(0), cmap="cividis", vmin=low, vmax=high)
    ax.set(xticks=[], yticks=[], title=f"{size} outputs, row by row")
    ax.grid(False)
    return outputs.T, lambda k: picture.set_data(square(k))
