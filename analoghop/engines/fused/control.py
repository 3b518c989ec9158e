"""Step-size control: a proportional-integral controller of the error of each trajectory."""

from __future__ import annotations

import math
from typing import Any

from analoghop.engines.fused.registers.lanes import inlined
from analoghop.engines.fused.slots import RUNNING, SETTLED, TIME_UP
from analoghop.engines.tableaux import SHORT

# Gustafsson (1991), ACM TOMS 17:533, for an estimate of order 4, with exponents for the square of the error;
# safety, least and largest change are SciPy's.
_POWER, _MEMORY = -0.35 / 5.0, 0.2 / 5.0
_SAFETY, _LEAST, _MOST = math.log(0.9), 0.2, 10.0
_SMALL = math.log(1e-4)  # smaller errors carry no information for the controller
_SLIVER = 8.0 * 2.0**-52  # relative to the time: shorter steps do not change it


@inlined
def _short_steps(tile: Any, control: Any, column: int) -> int:
    """Return the number of short steps to come, the next step included; 0 if the next step is not short."""
    if control.period == 0:
        return 0
    ahead = control.period - tile.tried[column] % control.period
    return int(ahead) if ahead <= SHORT else 0


@inlined
def plan(tile: Any, control: Any, column: int) -> bool:
    """Choose the next step of a column; return False if the trajectory cannot go on."""
    t, end = tile.t[column], control.edges[control.stops - 1]
    if tile.tried[column] >= control.most:
        return False
    left = control.edges[tile.edge[column]] - t
    h = min(tile.planned[column], control.max_step)
    short = _short_steps(tile, control, column)
    if short > 0:
        h *= 0.25 if 2 * short <= SHORT else 0.5
    # A tiny last step before the edge is avoided: this step is stretched, or halved with the next.
    if left <= 1.001 * h:
        h = left
    elif left < 2.0 * h:
        h = 0.5 * left
    if not h > _SLIVER * max(abs(t), abs(end)):
        return False
    tile.h[column] = h
    tile.step[column] = h / control.unit
    return True


@inlined
def conclude(tile: Any, control: Any, column: int) -> int:
    """Accept or reject the step of a column; return the status code of its trajectory."""
    h = tile.h[column]
    short = _short_steps(tile, control, column) > 0
    tile.tried[column] += 1
    error = tile.error[column]
    passed = error <= 1.0
    tile.took[column] = 1.0 if passed else 0.0
    _change(tile, control, column, error, passed, short)
    if not passed:
        return RUNNING
    tile.accepted[column] += 1
    edge = control.edges[tile.edge[column]]
    if h >= edge - tile.t[column]:
        tile.t[column] = edge
        tile.edge[column] += 1
    else:
        tile.t[column] += h
    t = tile.t[column]
    if tile.unrest[column] < 0.0 and t >= control.quiet:
        if not tile.since[column] <= t:
            tile.since[column] = t
    else:
        tile.since[column] = math.nan
        tile.again[column] = -math.inf
    if tile.edge[column] >= control.stops:
        return TIME_UP
    if control.settle and tile.since[column] <= t and t >= tile.again[column]:
        return SETTLED
    return RUNNING


@inlined
def _change(tile: Any, control: Any, column: int, error: float, passed: bool, short: bool) -> None:
    """Choose the step after this one by its mean square error in units of the tolerance."""
    if error > 0.0 and error < math.inf:
        logarithm = math.log(error)
        factor = math.exp(_SAFETY + _POWER * logarithm + _MEMORY * tile.memory[column])
        factor = min(max(factor, _LEAST), _MOST)
        if passed:
            tile.memory[column] = max(logarithm, _SMALL)
    elif error == 0.0:
        factor = _MOST
        tile.memory[column] = _SMALL
    else:
        factor = _LEAST
    planned = min(tile.h[column] * factor, control.max_step)
    # A step shortened by an edge is no reason to shorten the next one below the planned length.
    cut = passed and tile.h[column] < tile.planned[column]
    if cut:
        planned = max(planned, tile.planned[column])
    # A short step is no reason to lengthen the next one either.
    tile.planned[column] = min(planned, tile.planned[column]) if short else planned
