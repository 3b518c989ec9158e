"""The style of all pictures: colours, axes with SI prefixes, legends beside the axes."""

from __future__ import annotations

import math
import textwrap
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

import numpy as np

from analoghop.arrays import Array
from analoghop.plotting.figures import new_figure, prepare_notebook

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.image import AxesImage

PALETTE = ("#000000", "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00")
"""Okabe and Ito's colours for colour-blind readers, without the yellow, which is invisible on white."""

DASHES: tuple[Any, ...] = ("-", "--", "-.", ":", (0, (6, 1, 1, 1, 1, 1)))
"""Line styles for print; with 5 styles and 7 colours, 35 lines differ in at least one of the two."""

_RC: Any = {
    "font.size": 9,
    "axes.titlesize": 9,
    "axes.titlelocation": "left",
    "axes.labelsize": 9,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
    "legend.fontsize": 8,
    "legend.frameon": False,
    "figure.titlesize": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "0.9",
    "grid.linewidth": 0.6,
    "lines.linewidth": 1.4,
    "text.parse_math": False,  # names and titles come from decks: a dollar sign is a dollar sign
    "agg.path.chunksize": 20000,  # lines of a million points
    "svg.hashsalt": "analoghop",  # equal pictures give equal files
}

_PREFIXES = "qryzafpnµm kMGTPEZYRQ"


def style() -> AbstractContextManager[None]:
    """Return the context in which pictures are drawn; it restores the caller's settings at its end."""
    import matplotlib

    # Loading the backend of a notebook sets `interactive`, which the end of the context would undo.
    prepare_notebook()
    return matplotlib.rc_context(_RC)


def axes_for(ax: Axes | None, width: float, height: float) -> Axes:
    """Return `ax`, or the axes of a new figure of `width` times `height` inches outside pyplot's registry."""
    if ax is not None:
        return ax
    figure = new_figure(width, height)
    return figure.subplots()


def prefix(magnitude: float) -> tuple[float, str]:
    """Return the factor and the symbol of the SI prefix with which `magnitude` is 0.5 to 500."""
    if not (math.isfinite(magnitude) and magnitude > 0):
        return 1.0, ""
    power = min(max(math.floor(math.log10(2 * magnitude) / 3), -10), 10)
    return 10.0 ** (-3 * power), _PREFIXES[power + 10].strip()


def quantity(value: float, unit: str, digits: int = 3) -> str:
    """Return `value` with an SI prefix, e.g. `12.3 mV`."""
    factor, sign = prefix(abs(value) / 2)  # 1 to 1000, as in reports
    scaled = value * factor
    number = f"{scaled:.{digits}g}" if abs(scaled) < 10**digits else f"{scaled:.0f}"
    return f"{number}\N{NO-BREAK SPACE}{sign}{unit}".replace("-", "\N{MINUS SIGN}")


def label_axis(axis: Axis, name: str, unit: str) -> None:
    """Label `axis` "name (unit)" with the prefix that fits its limits; the data stay in SI units."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    factor, sign = prefix(float(np.abs(axis.get_view_interval()).max())) if unit else (1.0, "")

    def text(value: float, _: int | None) -> str:
        # Ticks near zero contain the rounding error of the step.
        return f"{round(value * factor, 9) + 0.0:.10g}".replace("-", "\N{MINUS SIGN}")

    axis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    axis.set_major_formatter(FuncFormatter(text))
    axis.set_label_text(f"{name} ({sign}{unit})" if unit else name)


def time_axis(ax: Axes, times: Array) -> None:
    """Set the limits and the label of the horizontal axis for `times` in seconds."""
    if len(times) and times[-1] > times[0]:
        ax.set_xlim(float(times[0]), float(times[-1]))
    label_axis(ax.xaxis, "time", "s")


def decades(axis: Axis) -> None:
    """Label the decades of a logarithmic `axis` with SI prefixes, since powers would need formulas."""
    from matplotlib.ticker import FuncFormatter, NullFormatter

    def text(value: float, _: int | None) -> str:
        factor, sign = prefix(value)
        return f"{value * factor:.3g}{sign}"

    axis.set_major_formatter(FuncFormatter(text))
    axis.set_minor_formatter(NullFormatter())


def value_limits(values: Array) -> tuple[float, float]:
    """Return limits with a margin around the finite `values`, wide enough to hide rounding errors."""
    finite = values[np.isfinite(values)]
    if not finite.size:
        return -1.0, 1.0
    low, high = (float(np.clip(v, -1e300, 1e300)) for v in (finite.min(), finite.max()))
    size = max(abs(low), abs(high))
    margin = max(0.05 * (high - low), 1e-6 * size)
    return (low - margin, high + margin) if margin else (-1.0, 1.0)


def legend_beside(ax: Axes, handles: Any = None) -> None:
    """Put the legend to the right of the axes, where it covers no data."""
    place: dict[str, Any] = {"loc": "upper left", "bbox_to_anchor": (1.0, 1.0), "borderaxespad": 0.2}
    ax.legend(handles=handles, **place) if handles is not None else ax.legend(**place)


def legend_inside(ax: Axes, place: str, **options: Any) -> None:
    """Put the legend at `place` inside the axes, where something has a name."""
    if ax.get_legend_handles_labels()[0]:
        ax.legend(**{"loc": place, **options})


def wrapped(ax: Axes, text: str, lines: int = 2) -> str:
    """Return `text` broken to the width of `ax`, shortened to `lines` lines."""
    figure = ax.get_figure()
    inches = ax.bbox.width / figure.dpi if figure is not None else 6.0
    # A character of the 9 point font is about 0.075 inch wide.
    parts = textwrap.wrap(text, max(int(inches / 0.075), 20), max_lines=lines, placeholder=" ...")
    return "\n".join(parts)


def colour_bar(picture: AxesImage, name: str, unit: str) -> None:
    """Put a colour bar, labelled "name (unit)", beside the axes of `picture`."""
    ax = picture.axes
    figure = ax.get_figure()
    assert figure is not None
    # In axes coordinates, the bar stays beside the axes for any layout of the figure.
    bar = figure.colorbar(picture, cax=ax.inset_axes((1.02, 0.0, 0.03, 1.0)))
    bar.outline.set_visible(False)
    label_axis(bar.ax.yaxis, name, unit)


def whole_numbers(axis: Axis) -> None:
    """Put ticks at whole numbers only."""
    from matplotlib.ticker import MaxNLocator

    axis.set_major_locator(MaxNLocator(integer=True))


def shortened(text: str, limit: int) -> str:
    """Return `text` as one printable line of at most `limit` characters."""
    line = "".join(sign if sign.isprintable() else " " for sign in text).strip()
    return line if len(line) <= limit else line[: limit - 1] + "\N{HORIZONTAL ELLIPSIS}"
