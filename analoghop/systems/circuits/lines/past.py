"""`Past`: the waves that were sent into the lines of a circuit, so that they can be read a delay later."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array

_TERMS = 9  # of the Chebyshev series of a piece
_DEPTH = 6  # halvings of a step whose waves no series of so many terms follows
_ACCURATE = 0.1  # of the run's tolerance: the last terms of a series, relative to the largest wave so far
_ROUNDINGS = 32  # of the end of a run: a time so little before a corner counts as after it

_N = np.arange(_TERMS)
_ANGLES = np.pi * (_N + 0.5) / _TERMS
_NODES = 0.5 - 0.5 * np.cos(_ANGLES)  # inside a piece, none at its ends, where inputs may jump
_FIT = (2.0 - (_N == 0)) / _TERMS * np.cos(_N * (np.pi - _ANGLES)[:, None])  # values at the nodes to terms
_SLOPE = np.array(
    [[0.0 if n <= k or (n - k) % 2 == 0 else 2.0 * n / (1 + (k == 0)) for k in range(_TERMS)] for n in _N]
)  # terms to those of the derivative

_GAUSS, _WEIGHTS = np.polynomial.legendre.leggauss(_TERMS)  # exact for the square of a series
_SERIES = np.cos(_N * np.arccos(_GAUSS)[:, None])


class Past:
    """The waves of one run: rows are the ends of lines, `delays` (ends,) in s.

    Before `start` all waves were constant, `initial` (ends,). After every step of the run `add` enters it.
    The waves of a step are kept as Chebyshev series, of halves of the step where they need it, which follow
    them to a tenth of `rtol`, the run's tolerance. `end` of the run in s gives the size of its roundings.
    """

    def __init__(self, start: float, end: float, delays: Array, initial: Array, rtol: float) -> None:
        self._start, self._delays, self._initial = start, delays, initial
        self._near = _ROUNDINGS * float(np.spacing(max(abs(start), abs(end))))
        self._limit = _ACCURATE * rtol
        self._largest = np.abs(initial)
        self._count = 0
        self._begins, self._lengths = np.empty(64), np.empty(64)
        self._terms = np.empty((64, len(delays), _TERMS))
        self._squares = np.zeros((65, len(delays)))  # integrals of squared waves up to each piece
        self._last: tuple[bytes, Array] | None = None

    @property
    def empty(self) -> bool:
        """Whether no step has been entered."""
        return self._count == 0

    def add(self, begin: float, end: float, sent: Callable[[Array], Array]) -> None:
        """Enter the step from `begin` to `end`; `sent` maps times (k,) to the waves sent (ends, k)."""
        self._enter(begin, end, sent, _DEPTH)

    def _enter(self, begin: float, end: float, sent: Callable[[Array], Array], depth: int) -> None:
        values = sent(begin + (end - begin) * _NODES)
        terms = values @ _FIT
        self._largest = np.maximum(self._largest, np.abs(values).max(axis=1))
        rough = np.abs(terms[:, -2:]).max(axis=1) > self._limit * self._largest
        if depth and rough.any():
            middle = 0.5 * (begin + end)
            self._enter(begin, middle, sent, depth - 1)
            self._enter(middle, end, sent, depth - 1)
            return
        if self._count == len(self._begins):
            self._begins, self._lengths = _twice(self._begins), _twice(self._lengths)
            self._terms, self._squares = _twice(self._terms), _twice(self._squares)
        self._begins[self._count], self._lengths[self._count] = begin, end - begin
        self._terms[self._count] = terms
        square = 0.5 * (end - begin) * (terms @ _SERIES.T) ** 2 @ _WEIGHTS
        self._squares[self._count + 1] = self._squares[self._count] + square
        self._count += 1

    def arriving(self, t: ArrayLike) -> Array:
        """Return the waves that arrive at the ends at `t`, a float or (k,): (ends, 1) or (ends, k)."""
        # Each end asks for itself: the waves of the same times are read once.
        times = np.asarray(t, dtype=np.float64)
        key = times.tobytes()
        if self._last is None or self._last[0] != key:
            self._last = key, self._read(times)
        return self._last[1]

    def rates(self, t: ArrayLike) -> Array:
        """Return the rates of the waves that arrive, in the shape of `arriving`."""
        return self._read(np.asarray(t, dtype=np.float64), rates=True)

    def under_way(self, t: float) -> Array:
        """Return the integral of the square of what has been sent to each end in the last delay, (ends,)."""
        return self._integral(np.full(len(self._delays), t)) - self._integral(t - self._delays)

    def _integral(self, t: Array) -> Array:
        """Return the integral of the squared waves from the start to the times `t` (ends,)."""
        ahead = np.minimum(t - self._start, 0.0) * self._initial**2
        if not self._count:
            return ahead + np.maximum(t - self._start, 0.0) * self._initial**2
        k = np.maximum(np.searchsorted(self._begins[: self._count], t, side="right") - 1, 0)
        rows, part = np.arange(len(t)), np.maximum(t - self._begins[k], 0.0)
        place = part / self._lengths[k] * (_GAUSS + 1.0)[:, None] - 1.0
        series = np.cos(_N * np.arccos(np.clip(place, -1.0, 1.0))[:, :, None])
        values = np.einsum("en,gen->eg", self._terms[k, rows], series)
        return np.asarray(ahead + self._squares[k, rows] + 0.5 * part * (values**2 @ _WEIGHTS))

    def _read(self, t: Array, rates: bool = False) -> Array:
        sent = t.ravel() - self._delays[:, None]
        before = np.broadcast_to(
            0.0 * self._initial[:, None] if rates else self._initial[:, None], sent.shape
        )
        if not self._count:
            return before
        k = self._begins[: self._count].searchsorted(sent + self._near, side="right") - 1
        piece = np.maximum(k, 0)
        length, terms = self._lengths[piece], self._terms[piece, np.arange(len(sent))[:, None]]
        # Where rounding leads a little out of a piece the value at its edge is meant.
        place = np.minimum(np.maximum(2.0 * (sent - self._begins[piece]) / length - 1.0, -1.0), 1.0)
        series = np.cos(_N * np.arccos(place)[:, :, None])
        values = np.einsum("ekn,ekn->ek", terms @ _SLOPE if rates else terms, series)
        return np.where(k < 0, before, 2.0 / length * values if rates else values)


def _twice(part: Array) -> Array:
    """Return an array with as much room again."""
    return np.concatenate([part, np.empty_like(part)])
