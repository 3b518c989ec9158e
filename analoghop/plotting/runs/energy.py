"""`energy`: the energy of a run, its parts, and whether a theorem forbids it to rise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analoghop.errors import InputError
from analoghop.plotting.style import (
    PALETTE,
    axes_for,
    label_axis,
    legend_beside,
    quantity,
    style,
    time_axis,
    value_limits,
    wrapped,
)
from analoghop.solution import EnergyRecord, Solution

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LOOKS = {
    "coupling": (PALETTE[1], "--"),
    "amplifier": (PALETTE[2], "-."),
    "bias": (PALETTE[3], ":"),
    "conductance": (PALETTE[4], (0, (6, 1, 1, 1, 1, 1))),
    "self-coupling": (PALETTE[4], (0, (6, 1, 1, 1, 1, 1))),
    "entropy": (PALETTE[2], "-."),
    "dissipated": ("0.45", (0, (1, 1))),
    "supplied": ("0.45", (0, (4, 2))),
}


def energy(
    solution: Solution, ax: Axes | None = None, *, parts: bool | None = None, integrals: bool = False
) -> Axes:
    """Draw the energy over time, in watt (conductance times volt squared), and return the axes.

    `parts` adds coupling, amplifier and bias; None adds them unless they cancel so far that the total would
    look constant. `integrals` adds the dissipated and the supplied energy since the start. The title names
    the theorem that forbids the energy to rise, or the reason why none applies, and the largest rise. Raises
    `InputError` if the run has no energy.
    """
    record = solution.energy
    if record is None:
        reason = solution.system.theorem.reason
        raise InputError("this run has no energy to draw" + (f": {reason}" if reason else ""))
    hidden = parts is None and _cancel(record)
    lines = {} if hidden or parts is False else dict(record.parts)
    if integrals:
        lines |= {"dissipated": record.dissipated, "supplied": record.supplied}
    with style():
        ax = axes_for(ax, 7.0, 3.0)
        ax.plot(record.times, record.total, color=PALETTE[0], linewidth=2.0, label="total", zorder=3)
        for k, (name, trace) in enumerate(lines.items()):
            colour, dash = _LOOKS.get(name, (PALETTE[k % len(PALETTE)], "--"))
            ax.plot(record.times, trace, color=colour, linestyle=dash, label=name)
        ax.set_ylim(*value_limits(np.concatenate([record.total, *lines.values()])))
        time_axis(ax, record.times)
        label_axis(ax.yaxis, "energy", "W")
        legend_beside(ax)
        ax.set_title("\n".join(wrapped(ax, line) for line in _verdict(solution, record, hidden)))
    return ax


def _cancel(record: EnergyRecord) -> bool:
    both = np.concatenate([record.total, *record.parts.values()])
    return bool(np.ptp(record.total) < 0.03 * np.ptp(both))


def _verdict(solution: Solution, record: EnergyRecord, hidden: bool) -> list[str]:
    rise = f"largest rise {quantity(record.largest_rise, 'W', 3)}" if record.largest_rise else "no rise"
    if record.drop > 0 and record.largest_rise:
        rise += f" ({record.largest_rise / record.drop:.1g} of the drop)"
    if record.guaranteed:
        lines = [f"never rises ({solution.system.theorem.name}); {rise}"]
    else:
        lines = [f"may rise: {record.reason or 'no theorem applies'}", rise]
    if hidden:
        largest = float(np.abs(np.stack(list(record.parts.values()))).max())
        lines.append(f"parts of up to {quantity(largest, 'W', 2)} cancel and are not drawn")
    return lines
