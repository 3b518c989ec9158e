"""Short events in an expression of time: where it moves, while it rests most of the time."""

from __future__ import annotations

import math
from collections import deque

from analoghop.circuit.expressions.ast import Expr, Leaf
from analoghop.circuit.expressions.interval import Interval, enclosure
from analoghop.circuit.expressions.simplify import simplify

_CHANGE = 0.125  # of the whole range of values: within one piece it changes by no more
_QUIET = 1e-6  # of the whole range: where it changes by less, it rests
_SHORT = 0.25  # of the span: what moves for longer is seen by any error control
_PIECES = 4000  # enclosures that are looked at, for one estimate of the range
_EDGES = 300  # edges of events that are returned at most
_FINEST = 1e-13  # of the span: the length of a jump
_ESTIMATES = 8  # of the range: that over the whole span is often far too wide


def events(expr: Expr, time: Leaf, until: float) -> tuple[float, ...]:
    """Return increasing times in (0, until) between which the expression of `time` alone changes little.

    Found by enclosures, so that no event is overlooked however short it is: intervals are halved until the
    value changes by an eighth of its range at most, or the interval is that of a jump. Nothing is returned
    where the value moves for more than a quarter of the time.
    """
    expr = simplify(expr)
    whole = _width(enclosure(expr, {time: (0.0, until)}))
    moving: list[Interval] = []
    for _ in range(_ESTIMATES):
        if not (math.isfinite(whole) and whole > 0):
            return ()
        moving, seen = _pieces(expr, time, until, whole)
        if _width(seen) > 0.5 * whole:
            break
        whole = _width(seen)
    if sum(b - a for a, b in moving) > _SHORT * until:
        return ()
    edges = {edge for piece in moving for edge in piece}
    if len(edges) > _EDGES:
        runs = _runs(moving)
        parts = max(_EDGES // len(runs), 1)
        edges = {a + k * (b - a) / parts for a, b in runs for k in range(parts + 1)}
    return tuple(sorted(edge for edge in edges if 0.0 < edge < until))


def _width(values: Interval) -> float:
    return values[1] - values[0]


def _pieces(expr: Expr, time: Leaf, until: float, whole: float) -> tuple[list[Interval], Interval]:
    """Return the pieces of [0, until] in which the expression moves, and an interval of its values."""
    pieces, moving, looked = deque([(0.0, until)]), [], 0
    least, largest = math.inf, -math.inf
    while pieces:
        a, b = pieces.popleft()
        low, high = enclosure(expr, {time: (a, b)})
        middle, looked = 0.5 * (a + b), looked + 1
        if high - low > _CHANGE * whole and b - a > _FINEST * until and a < middle < b and looked < _PIECES:
            pieces += [(a, middle), (middle, b)]
            continue
        least, largest = min(least, low), max(largest, high)
        if high - low > _QUIET * whole:
            moving.append((a, b))
    return sorted(moving), (least, largest)


def _runs(pieces: list[Interval]) -> list[Interval]:
    """Return increasing intervals with neighbours joined."""
    joined = [pieces[0]]
    for a, b in pieces[1:]:
        if a <= joined[-1][1]:
            joined[-1] = (joined[-1][0], b)
        else:
            joined.append((a, b))
    return joined
