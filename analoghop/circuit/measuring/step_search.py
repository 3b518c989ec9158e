"""Searches along the dense output of steps: crossings of two signals, extremes, integrals."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import cached_property
from typing import TypeAlias

import numpy as np

from analoghop.arrays import Array, Indices, Mask
from analoghop.circuit.expressions import Expr
from analoghop.circuit.measure import SignalValues

_ROUNDS = 24  # of a search: a bracket shrinks by 4 at least in each
_SAMPLES = 9  # places in a bracket in each round
_COARSE = 8  # parts of a step in one quadrature, before it is halved
_HALVINGS = 16  # of a part of a step in which a quadrature is not accurate
_ACCURATE = 1e-10  # error of a quadrature, relative to the largest value of its piece times its length
_NODES, _WEIGHTS = (np.array(row) for row in np.polynomial.legendre.leggauss(4))

_Function: TypeAlias = Callable[[Array, Indices], Array]
Parts: TypeAlias = tuple[Array, Array, Indices]
"""Begin and end in s, (k,), of parts of pieces, and the number of the piece of each."""


class Curve(ABC):
    """Signals along consecutive pieces of time, each smooth: from `a` to `b` (m,), each in `parts` (m,).

    `fresh` (m,): whether the inputs have jumped where a piece begins.
    """

    a: Array
    b: Array
    parts: Indices
    fresh: Mask

    @abstractmethod
    def signals(self, t: Array, piece: Indices) -> SignalValues:
        """Return all signals at the times `t` (k,), each within its own `piece` (k,)."""

    @cached_property
    def nodes(self) -> tuple[Array, Indices]:
        """The ends of all parts in order, (k,), and the piece of each; ends of pieces occur twice."""
        piece = np.repeat(np.arange(len(self.a)), self.parts + 1)
        first = np.cumsum(self.parts + 1) - self.parts - 1
        share = (np.arange(len(piece)) - first[piece]) / self.parts[piece]
        return np.where(share == 1.0, self.b[piece], self.a[piece] + share * (self.b - self.a)[piece]), piece

    @cached_property
    def at_nodes(self) -> SignalValues:
        """All signals at the `nodes`."""
        return self.signals(*self.nodes)


def crossings(
    curve: Curve, left: Expr, right: Expr, above: bool | None
) -> tuple[Array, Mask, Indices, bool | None]:
    """Return the times (k,) at which `left` crosses `right`, whether they are rises, and their pieces.

    `above`: whether `left` was at least `right` where the curve begins, None at the start of a run. The last
    value is the same for the end of the curve. Times increase.
    """

    def difference(t: Array, piece: Indices) -> Array:
        values = curve.signals(t, piece)
        return np.asarray(values.of(left) - values.of(right))

    t, piece = curve.nodes
    d = np.asarray(curve.at_nodes.of(left) - curve.at_nodes.of(right))
    t, piece, d = _with_touches(difference, t, piece, d)
    sign = d >= 0.0
    begins = np.flatnonzero(np.concatenate([[True], np.diff(piece) > 0]))
    for k in begins:
        # Polynomials of neighbouring steps differ within the tolerance: the end of the earlier one counts, so
        # that no crossing happens twice.
        before = above if k == 0 else bool(sign[k - 1])
        if before is not None and not curve.fresh[piece[k]]:
            sign[k] = before
    jumps = np.zeros(len(t), bool)
    jumps[begins] = True
    earlier = np.concatenate([[sign[0] if above is None else above], sign[:-1]])
    changed = np.flatnonzero(sign != earlier)
    lo, hi = t[np.maximum(changed - 1, 0)].copy(), t[changed].copy()
    jumped = jumps[changed]
    lo[jumped] = hi[jumped]
    rises = sign[changed]
    times = _root(difference, lo, hi, piece[changed], rises)
    return times, rises, piece[changed], bool(sign[-1])


def _root(difference: _Function, lo: Array, hi: Array, piece: Indices, rises: Mask) -> Array:
    """Return the first change of sign in each bracket, (k,)."""
    for _ in range(_ROUNDS):
        wide = np.flatnonzero(hi - lo > 2.0 * np.spacing(np.maximum(np.abs(lo), np.abs(hi))))
        if not len(wide):
            break
        t = np.linspace(lo[wide], hi[wide], _SAMPLES)
        inner = t[1:-1]
        values = difference(inner.ravel(), np.broadcast_to(piece[wide], inner.shape).ravel())
        beyond = (values.reshape(inner.shape) >= 0.0) == rises[wide]
        first = np.where(beyond.any(axis=0), beyond.argmax(axis=0), len(inner))
        columns = np.arange(len(wide))
        lo[wide], hi[wide] = t[first, columns], t[first + 1, columns]
    return hi


def _with_touches(difference: _Function, t: Array, piece: Indices, d: Array) -> tuple[Array, Indices, Array]:
    """Return the nodes with those extremes added that a signal reaches beyond zero between two nodes."""
    if len(t) < 3:
        return t, piece, d
    a, b, c = d[:-2], d[1:-1], d[2:]
    same = (piece[:-2] == piece[2:]) & ((a >= 0) == (b >= 0)) & ((b >= 0) == (c >= 0))
    # The parabola through three nodes: its height at the extreme, if that lies between them.
    slope, bend = 0.5 * (c - a), a - 2.0 * b + c
    with np.errstate(all="ignore"):
        place = -slope / bend
        height = b - 0.5 * slope**2 / bend
    inside = same & (bend != 0) & (np.abs(place) <= 1.0) & np.isfinite(height)
    near = (
        inside
        & ((bend > 0) == (b >= 0))
        & (((height >= 0) != (b >= 0)) | (np.abs(height) <= 0.2 * np.abs(b)))
    )
    k = np.flatnonzero(near)
    if not len(k):
        return t, piece, d
    sign = np.where(b[k] >= 0, -1.0, 1.0)
    times, values = _peak(difference, sign, t[k], t[k + 2], piece[k])
    crossed = (sign * values > 0) | ((sign > 0) & (values >= 0))
    t, d = np.concatenate([t, times[crossed]]), np.concatenate([d, values[crossed]])
    piece = np.concatenate([piece, piece[k][crossed]])
    order = np.lexsort((t, piece))
    return t[order], piece[order], d[order]


def _peak(function: _Function, sign: Array, lo: Array, hi: Array, piece: Indices) -> tuple[Array, Array]:
    """Return the place (k,) and the value of the largest `sign * function` in each bracket."""
    columns = np.arange(len(lo))
    for _ in range(_ROUNDS):
        t = np.linspace(lo, hi, _SAMPLES)
        y = function(t.ravel(), np.broadcast_to(piece, t.shape).ravel()).reshape(t.shape)
        best = np.where(np.isnan(y), -np.inf, sign * y).argmax(axis=0)
        at, value = t[best, columns], y[best, columns]
        lo, hi = t[np.maximum(best - 1, 0), columns], t[np.minimum(best + 1, _SAMPLES - 1), columns]
        if (hi - lo <= 1e-9 * np.maximum(np.abs(hi), np.abs(lo))).all():
            break
    return at, value


def extreme(
    curve: Curve, quantity: Expr, sign: float, parts: Parts, best: tuple[float, float]
) -> tuple[float, float]:
    """Return the largest `sign` times `quantity` within `parts`, and its time; `best` if that is larger."""

    def function(t: Array, piece: Indices) -> Array:
        return curve.signals(t, piece).of(quantity)

    a, b, pieces = parts
    fine = int(curve.parts[pieces].max())
    if (
        len(a) == len(curve.a)
        and (curve.parts == fine).all()
        and (a == curve.a).all()
        and (b == curve.b).all()
    ):
        t = curve.nodes[0].reshape(len(a), fine + 1).T
        y = sign * curve.at_nodes.of(quantity).reshape(len(a), fine + 1).T
    else:
        t = np.linspace(a, b, fine + 1)
        y = sign * function(t.ravel(), np.broadcast_to(pieces, t.shape).ravel()).reshape(t.shape)
    y[np.isnan(y)] = -np.inf
    k, columns = y.argmax(axis=0), np.arange(len(a))
    top = y[k, columns]
    # Between two nodes a smooth signal rises above them by no more than it changes nearby.
    left, right = np.maximum(k - 1, 0), np.minimum(k + 1, fine)
    reach = top + 2.0 * np.abs(top - np.minimum(y[left, columns], y[right, columns]))
    top_node = int(top.argmax())
    if top[top_node] > best[0]:
        best = float(top[top_node]), float(t[k[top_node], top_node])
    promising = np.flatnonzero(reach > best[0])
    if len(promising):
        lo, hi = t[left, columns][promising], t[right, columns][promising]
        times, values = _peak(function, np.full(len(promising), sign), lo, hi, pieces[promising])
        k_best = int(np.argmax(np.where(np.isnan(values), -np.inf, sign * values)))
        if sign * values[k_best] > best[0]:
            best = float(sign * values[k_best]), float(times[k_best])
    return best


def integral(curve: Curve, quantity: Expr, power: int, parts: Parts) -> float:
    """Return the integral of `quantity` to the `power` over `parts`.

    Gauss quadratures of parts that are halved until they agree.
    """

    def quadrature(a: Array, b: Array, piece: Indices) -> tuple[Array, Array, Array]:
        """Return the integral by halves, the two beside each other, by one formula, and the largest value."""
        quarter = 0.25 * (b - a)
        places = np.concatenate([_NODES - 1.0, _NODES + 1.0, 2.0 * _NODES])[:, None]
        t = 0.5 * (a + b) + quarter * places
        y = curve.signals(t.ravel(), np.broadcast_to(piece, t.shape).ravel()).of(quantity) ** power
        y = y.reshape(t.shape)
        count = len(_NODES)
        halves = quarter * np.array([_WEIGHTS @ y[:count], _WEIGHTS @ y[count : 2 * count]])
        return halves, 2.0 * quarter * (_WEIGHTS @ y[2 * count :]), np.abs(y).max(axis=0)

    a, b, piece = parts
    # A step is smooth: where it is not, it is halved.
    count = -(-curve.parts[piece] // _COARSE)
    number = np.repeat(np.arange(len(a)), count)
    share = np.arange(len(number)) - np.repeat(np.cumsum(count) - count, count)
    step = ((b - a) / count)[number]
    a, piece = a[number] + share * step, piece[number]
    b = a + step
    total, scale = 0.0, np.zeros(len(curve.a))
    for _ in range(_HALVINGS):
        halves, whole, size = quadrature(a, b, piece)
        np.maximum.at(scale, piece, size)
        rough = np.abs(halves.sum(axis=0) - whole) > _ACCURATE * scale[piece] * (b - a)
        total += float(halves[:, ~rough].sum())
        if not rough.any():
            return total
        a, b, piece = a[rough], b[rough], piece[rough]
        middle = 0.5 * (a + b)
        a, b, piece = np.concatenate([a, middle]), np.concatenate([middle, b]), np.concatenate([piece, piece])
    return total + float(quadrature(a, b, piece)[0].sum())
