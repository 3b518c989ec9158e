"""Pictures of studies: a metric against an axis with error bars, over two axes, or its distribution."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from analoghop.errors import InputError, nearest
from analoghop.experiments.reporting.report import Figure, Line
from analoghop.experiments.store.point_result import PointResult
from analoghop.plotting.style import DASHES, PALETTE, axes_for, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

YIELD = "yield"
"""The metric that stands for the share of good parts."""


def drawn(
    lines: Sequence[Line],
    metric: str | None = None,
    kind: str = "auto",
    rows: Callable[[], Sequence[PointResult]] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw a metric of a study's report, and return the axes.

    `metric`: a number, a truth value or "yield"; None takes the yield, else the first number. `kind`:
    "curve" with 95 % error bars against the first numeric axis, one curve for each combination of the other
    axes; "map" over the first two axes; "histogram" of all `rows`; "auto" chooses by the number of axes that
    vary. Raises `InputError` for an unknown metric and a kind that does not fit.
    """
    name = _metric(lines, metric)
    varied = [axis for axis in _axes(lines) if len({line.values.get(axis) for line in lines}) > 1]
    if kind == "auto":
        kind = "histogram" if not varied else "map" if _is_grid(lines, varied) else "curve"
    with style():
        ax = axes_for(ax, 6.0, 3.6)
        if kind == "curve":
            _curves(lines, name, varied, ax)
        elif kind == "map":
            _map(lines, name, varied, ax)
        elif kind == "histogram":
            _histogram(name, rows() if rows is not None else (), ax)
        else:
            raise InputError(f"`kind` is {kind!r}, expected curve, map or histogram{nearest(kind, _KINDS)}")
    return ax


_KINDS = ("auto", "curve", "map", "histogram")


def _axes(lines: Sequence[Line]) -> list[str]:
    return list(dict.fromkeys(name for line in lines for name in line.values))


def _metric(lines: Sequence[Line], metric: str | None) -> str:
    known = list(dict.fromkeys(name for line in lines for name in (*line.means, *line.rates)))
    if any(line.good is not None for line in lines):
        known.insert(0, YIELD)
    if metric is None and known:
        return known[0]
    if metric not in known:
        raise InputError(f"there is no number `{metric}` to draw, expected one of {', '.join(known)}")
    return str(metric)


def figure_of(line: Line, name: str) -> Figure | None:
    """Return the figure of a metric at a combination of values, None where it is unknown."""
    if name == YIELD:
        return line.good
    return line.means.get(name) or line.rates.get(name)


def _is_grid(lines: Sequence[Line], varied: Sequence[str]) -> bool:
    """Return whether two numeric axes of three or more values each make a full grid."""
    if len(varied) != 2 or not all(_numeric(lines, axis) for axis in varied):
        return False
    sizes = [len({line.values.get(axis) for line in lines}) for axis in varied]
    return min(sizes) >= 3 and len(lines) == sizes[0] * sizes[1]


def _numeric(lines: Sequence[Line], axis: str) -> bool:
    return all(isinstance(line.values.get(axis), int | float) for line in lines)


def _curves(lines: Sequence[Line], name: str, varied: Sequence[str], ax: Axes) -> None:
    numeric = [axis for axis in varied if _numeric(lines, axis)]
    if not numeric:
        raise InputError("a curve needs an axis of numbers with several values")
    along = max(numeric, key=lambda axis: len({line.values[axis] for line in lines}))
    others = [axis for axis in varied if axis != along]
    curves: dict[str, list[tuple[float, Figure]]] = {}
    for line in lines:
        figure = figure_of(line, name)
        if figure is not None:
            label = ", ".join(f"{axis} = {_word(line.values.get(axis))}" for axis in others)
            curves.setdefault(label, []).append((float(line.values[along]), figure))
    for k, (label, found) in enumerate(curves.items()):
        found.sort(key=lambda pair: pair[0])
        x, y = np.array([v for v, _ in found]), np.array([f.value for _, f in found])
        ends = np.array([f.interval or (f.value, f.value) for _, f in found])
        reach = np.abs(ends.T - y)
        colour, dash = PALETTE[(k + 1) % len(PALETTE)], DASHES[k % len(DASHES)]
        ax.errorbar(
            x, y, reach, color=colour, linestyle=dash, marker="o", ms=3, capsize=2, label=label or None
        )
    values = sorted({float(line.values[along]) for line in lines})
    if values[0] > 0 and values[-1] / values[0] > 30:
        from matplotlib.ticker import StrMethodFormatter

        ax.set_xscale("log")
        ax.xaxis.set_major_formatter(StrMethodFormatter("{x:g}"))  # dollar signs are not mathematics here
    ax.set_xlabel(along)
    ax.set_ylabel(_label(name))
    ax.set_title("bars: 95 % intervals")
    if others:
        ax.legend()


def _map(lines: Sequence[Line], name: str, varied: Sequence[str], ax: Axes) -> None:
    if len(varied) != 2:
        raise InputError(f"a map needs two axes that vary, this study has {len(varied)}")
    across, up = varied
    xs, ys = (list(dict.fromkeys(line.values[axis] for line in lines)) for axis in (across, up))
    image = np.full((len(ys), len(xs)), np.nan)
    for line in lines:
        figure = figure_of(line, name)
        if figure is not None:
            image[ys.index(line.values[up]), xs.index(line.values[across])] = figure.value
    picture = ax.imshow(image, origin="lower", aspect="auto", cmap="cividis", interpolation="nearest")
    ax.grid(False)
    ax.set_xticks(np.arange(len(xs)), [_word(x) for x in xs], rotation=45 if len(xs) > 8 else 0)
    ax.set_yticks(np.arange(len(ys)), [_word(y) for y in ys])
    ax.set_xlabel(across)
    ax.set_ylabel(up)
    bar = ax.figure.colorbar(picture, ax=ax)
    bar.set_label(_label(name))


def _histogram(name: str, rows: Sequence[PointResult], ax: Axes) -> None:
    values = [float(v) for row in rows if isinstance(v := row.metrics.get(name), int | float)]
    if not values:
        raise InputError(f"no stored point has a number `{name}`: there is nothing to count")
    bins = min(max(int(np.sqrt(len(values))), 5), 60)
    ax.hist(values, bins=bins, color=PALETTE[1])
    ax.set_xlabel(name)
    ax.set_ylabel(f"points, of {len(values)}")


def _label(name: str) -> str:
    return "share of good parts" if name == YIELD else f"mean {name}"


def _word(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
