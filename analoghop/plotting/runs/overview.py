"""`overview`: one figure that shows a run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from analoghop.plotting.figures import new_figure
from analoghop.plotting.runs.energy import energy
from analoghop.plotting.runs.heatmap import heatmap
from analoghop.plotting.runs.phase import phase_plane
from analoghop.plotting.runs.traces import by_kind
from analoghop.plotting.runs.waveforms import waveforms
from analoghop.plotting.style import label_axis, quantity, shortened, style
from analoghop.solution import Solution, Status

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MANY = 8
"""Largest number of outputs without an additional heat map."""


def overview(
    solution: Solution,
    *,
    title: str | None = None,
    signals: str | Sequence[str] | None = None,
    first: Sequence[str] = (),
) -> Figure:
    """Return a figure of a run: outputs and inputs over time, and the energy if there is one.

    More than 8 outputs also have a heat map, circuits of two states a phase plane. `title` is the record's
    "title" by default; `signals` (see `waveforms`) replace outputs and inputs, and may be voltages beside
    currents; the legends name the signals `first` before the others. Where the circuit rests
    for seven eighths of the time or more, the time axes end soon after it comes to rest, as the title says.
    """
    system = solution.system
    panels: list[Callable[[Solution, Axes], Axes]] = []
    if system.n_outputs > MANY:
        panels.append(heatmap)
    chosen: Sequence[str | Sequence[str]] = ["outputs", "inputs"] if system.n_outputs else ["inputs"]
    if signals is not None:
        chosen = [signals] if signals in ("outputs", "inputs") else by_kind(solution, signals)
    panels += [partial(waveforms, signals=which, first=first) for which in chosen]
    if solution.energy is not None:
        panels.append(energy)
    with style():
        figure, stacks, beside = _places(len(panels), system.size == 2)
        for panel, place in zip(panels, [ax for stack in stacks for ax in stack], strict=True):
            panel(solution, place)
        shown_until = _end_of_action(solution)
        if shown_until is not None:
            for ax in [ax for stack in stacks for ax in stack]:
                ax.set_xlim(float(solution.times[0]), shown_until)
                label_axis(ax.xaxis, "time", "s")
        for ax in [ax for stack in stacks for ax in stack[:-1]]:  # one time axis per stack
            ax.set_xlabel("")
            ax.tick_params(labelbottom=False)
        if beside is not None:
            phase_plane(solution, beside)
        heading = str(solution.record.get("title", "")) if title is None else title
        wide = int(figure.get_figwidth() / 0.1)  # characters of the 11 point font
        lines = [shortened(line, wide) for line in (heading, *_outcome(solution, shown_until)) if line]
        figure.suptitle("\n".join(lines))
    return figure


def _places(panels: int, plane: bool) -> tuple[Figure, list[list[Axes]], Axes | None]:
    """Return a figure, its stacks of axes over a common time, and the place of a phase plane."""
    two = not plane and panels == 4
    rows = 2 if two else panels
    height = max(0.6 + (2.6 if two else 2.0) * rows, 4.2)
    figure = new_figure(12.0 if plane or two else 8.0, height)
    # Subfigures have independent layouts: a tall neighbour does not change the spacing of a stack.
    fields = list(figure.subfigures(1, 2 if plane or two else 1, squeeze=False).flat)
    stacks = [list(field.subplots(rows, 1, squeeze=False).flat) for field in fields[: 2 if two else 1]]
    return figure, stacks, fields[1].subplots() if plane else None


def _end_of_action(solution: Solution) -> float | None:
    """Return where the time axes end if the circuit then rests for long, else None.

    It rests where all states stay within a hundredth of their whole way from their ends, and no input moves.
    """
    times, states = solution.times, solution.states
    if len(times) < 3 or not np.isfinite(states).all():
        return None
    away = np.abs(states - states[:, -1:]) > 0.01 * np.ptp(states, axis=1, keepdims=True)
    moving = np.flatnonzero(away.any(axis=0))
    begin, end = float(times[0]), float(times[-1])
    last = float(times[moving[-1]]) if len(moving) else begin
    last = max(last, float(solution.system.quiet_after()))
    return None if last == begin or last - begin > 0.125 * (end - begin) else begin + 1.6 * (last - begin)


def _outcome(solution: Solution, shown_until: float | None = None) -> list[str]:
    counts, end = solution.counts, float(solution.times[-1])
    when = (
        solution.settled_at if solution.status is Status.SETTLED and solution.settled_at is not None else end
    )
    what = f"{solution.status.value} {'at' if when == end else 'since'} {quantity(when, 's')}"
    if shown_until is not None:
        what += f" (the run goes on at rest to {quantity(end, 's')})"
    sizes = {"state": counts.states, "amplifier": counts.amplifiers, "step": counts.steps}
    lines = [", ".join([what, *(f"{n} {noun}{'s' * (n != 1)}" for noun, n in sizes.items())])]
    if not solution.system.has_energy:
        lines.append(f"no energy: {solution.system.theorem.reason}")
    return lines
