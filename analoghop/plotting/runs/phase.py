"""`phase_plane`: nullclines, equilibria and a trajectory of a circuit with two states."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from analoghop.arrays import Array
from analoghop.errors import InputError
from analoghop.plotting.runs.portrait import Portrait, Window, portrait
from analoghop.plotting.style import axes_for, label_axis, legend_beside, quantity, shortened, style
from analoghop.solution import Solution
from analoghop.systems.base import System

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MARKS: dict[str, dict[str, Any]] = {
    "stable": {"marker": "o", "markerfacecolor": "black"},
    "saddle": {"marker": "X", "markerfacecolor": "white"},
    "unstable": {"marker": "o", "markerfacecolor": "white"},
}
_MARK_NAMES = {"stable": "stable equilibrium", "saddle": "saddle", "unstable": "unstable equilibrium"}
_NULLCLINES: tuple[tuple[str, Any], ...] = (("#0072b2", "-"), ("#d55e00", "--"))
_LEVELS = 14


def phase_plane(
    target: Solution | System,
    ax: Axes | None = None,
    *,
    plane: Literal["inputs", "outputs"] = "inputs",
    time: float | None = None,
    window: Window | None = None,
) -> Axes:
    """Draw nullclines, equilibria, energy contours and the trajectory of a circuit with two states.

    `target`: a run, or a system alone (then there is no trajectory). `plane`: the states, or the two outputs.
    Sources and schedules are frozen at `time` (s; default: the end of the run, or the time from which a
    system is constant). `window` ((low, high), (low, high)) is in the states' volts. Without an energy,
    arrows show the direction. Returns the axes. Raises `InputError` unless there are two states (and two
    outputs, for their plane).
    """
    system, trajectory = (target.system, target.states) if isinstance(target, Solution) else (target, None)
    if plane not in ("inputs", "outputs"):
        raise InputError(f"`plane` of a phase plane is 'inputs' or 'outputs', not {plane!r}")
    if plane == "outputs" and system.n_outputs != 2:
        raise InputError(f"a plane of outputs needs 2 of them; this circuit has {system.n_outputs}")
    if time is None:
        quiet = system.quiet_after()
        time = (
            float(target.times[-1]) if isinstance(target, Solution) else quiet if np.isfinite(quiet) else 0.0
        )
    field = portrait(system, time, trajectory, window)
    to_plane = _Plane(system, time, plane)
    with style():
        ax = axes_for(ax, 6.4, 4.8)
        ax.grid(False)
        x, y = to_plane(field.flat).reshape(field.states.shape)
        handles = [
            *_background(ax, field, to_plane, x, y),
            *_nullclines(ax, field, system.state_names, x, y),
        ]
        if isinstance(target, Solution):
            path = target.states if plane == "inputs" else system.outputs(target.times, target.states)
            handles += _trajectory(ax, path)
        handles += _equilibria(ax, field, to_plane)
        ax.set(xlim=_limits(x, plane), ylim=_limits(y, plane))
        names = system.state_names if plane == "inputs" else system.output_names
        label_axis(ax.xaxis, shortened(names[0], 24), "V")
        label_axis(ax.yaxis, shortened(names[1], 24), "V")
        if system.quiet_after() > 0:
            ax.set_title(f"sources frozen at {quantity(time, 's')}")
        legend_beside(ax, handles)
    return ax


class _Plane:
    """The map from states (2, members) to the plane of the picture."""

    def __init__(self, system: System, time: float, plane: str) -> None:
        self.system, self.time, self.outputs = system, time, plane == "outputs"

    def __call__(self, states: Array) -> Array:
        return self.system.outputs(self.time, states) if self.outputs else states


def _limits(values: Array, plane: str) -> tuple[float, float]:
    # Curves and equilibria lie on the rails of the outputs: a margin makes them visible.
    margin = 0.04 * float(np.ptp(values)) if plane == "outputs" else 0.0
    return float(values.min()) - margin, float(values.max()) + margin


def _background(ax: Axes, field: Portrait, to_plane: _Plane, x: Array, y: Array) -> list[Any]:
    if field.energy is None or not np.ptp(field.energy):
        _arrows(ax, field, to_plane)
        return []
    from matplotlib.colors import BoundaryNorm, LinearSegmentedColormap
    from matplotlib.patches import Patch

    levels = _levels(field.energy)
    shades = LinearSegmentedColormap.from_list("energy", ["#b5bcc4", "#ffffff"])
    norm = BoundaryNorm(levels, shades.N)
    ax.contourf(x, y, field.energy, levels=levels, cmap=shades, norm=norm, zorder=0)
    thin: dict[str, Any] = {"colors": "#8a939c", "linewidths": 0.5, "linestyles": "solid"}
    ax.contour(x, y, field.energy, levels=levels[1:-1], zorder=1, **thin)
    return [Patch(facecolor="#b5bcc4", edgecolor="#8a939c", label="low energy")]


def _levels(energy: Array) -> Array:
    """Return levels with equal areas between them, without levels on a plateau, which rounding would show."""
    levels = np.quantile(energy, np.linspace(0, 1, _LEVELS))
    apart = 1e-4 * (levels[-1] - levels[0])
    kept = [levels[0]]
    for level in levels[1:]:
        if level - kept[-1] > apart:
            kept.append(level)
    return np.array([kept[0] - apart, *kept[1:-1], levels[-1] + apart])


def _arrows(ax: Axes, field: Portrait, to_plane: _Plane) -> None:
    """Draw the direction of motion at some points of the grid."""
    some = slice(4, None, field.states.shape[1] // 18)
    states, rates = (part[:, some, some].reshape(2, -1) for part in (field.states, field.rates))
    start = to_plane(states)
    span = np.ptp(start, axis=1, keepdims=True)
    speed = np.abs(rates / np.ptp(states, axis=1, keepdims=True)).max()
    step = to_plane(states + rates * (1e-6 / speed if speed else 0.0)) - start
    length = np.hypot(*(step / span))
    moves = length > 0
    if not moves.any():
        return
    direction = (step / np.where(moves, length, 1.0))[:, moves]
    ax.quiver(
        *start[:, moves], *direction, color="0.72", angles="xy", scale_units="width", scale=None, zorder=0
    )


def _nullclines(ax: Axes, field: Portrait, names: tuple[str, ...], x: Array, y: Array) -> list[Any]:
    from matplotlib.lines import Line2D

    handles = []
    for name, rate, (colour, dash) in zip(names, field.rates, _NULLCLINES, strict=True):
        if rate.min() < 0 < rate.max():
            ax.contour(x, y, rate, levels=[0.0], colors=colour, linestyles=[dash], linewidths=1.6, zorder=2)
            label = f"d{shortened(name, 16)}/dt = 0"
            handles.append(Line2D([], [], color=colour, linestyle=dash, linewidth=1.6, label=label))
    return handles


def _trajectory(ax: Axes, path: Array) -> list[Any]:
    line = ax.plot(*path, color="black", linewidth=2.0, label="trajectory", zorder=3)
    start = ax.plot(*path[:, :1], "s", color="black", markersize=6, label="start", zorder=4)
    return [*line, *start]


def _equilibria(ax: Axes, field: Portrait, to_plane: _Plane) -> list[Any]:
    handles = []
    for kind, mark in _MARKS.items():
        states = [e.state for e in field.equilibria if e.kind == kind]
        if states:
            points = to_plane(np.stack(states, axis=1))
            look: dict[str, Any] = {
                "linestyle": "none",
                "markersize": 9,
                "markeredgecolor": "black",
                "zorder": 5,
            }
            handles += ax.plot(*points, label=_MARK_NAMES[kind], **mark, **look)
    return handles
