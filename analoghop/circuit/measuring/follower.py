"""`Measuring`: `.meas` results taken from the dense output of a solver's steps, while the run goes on.

Crossings are roots on the polynomial of a step, extremes are sought within steps, integrals are Gauss
quadratures within steps; the recorded times do not matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from analoghop.arrays import Array, Indices
from analoghop.circuit.measure import SignalValues, measured_signals, with_derived
from analoghop.circuit.measuring.step_search import Curve
from analoghop.circuit.measuring.takers import Taker, taker_of
from analoghop.circuit.requests import DerivedMeasure, Measure
from analoghop.systems.base import System

PARTS = 8
"""Parts of a step between whose ends a signal is taken to have one extreme at most."""
_NUMBERS = 1 << 21  # states at the ends of parts that are held at once: 16 MB


class Step(Protocol):
    """The dense output of one accepted step, from `t_old` to `t` in s: maps times (k,) to states (n, k)."""

    @property
    def t_old(self) -> float:
        """The time at which the step began."""

    @property
    def t(self) -> float:
        """The time at which it ended."""

    def __call__(self, t: Array, /) -> Array:
        """Return the states at the times `t`."""


@dataclass(frozen=True, eq=False)
class _Piece:
    """A part of a step from `a` to `b`, in `parts` equal parts; `fresh`: the inputs have jumped at `a`."""

    step: Step
    a: float
    b: float
    parts: int
    fresh: bool


class Measuring:
    """Takes the `measures` of a deck during a run of `system`; a `Follower` of the engine `ScipyIVP`.

    Times before `start` (s) are left out. While an input moves, signals are looked at every `spacing` seconds
    at least, since a solver's steps need not resolve a source that no state reads.
    `results` has the value of each measurement; None where it fails, as `evaluate_measures` does.
    """

    def __init__(
        self, measures: Iterable[Measure], system: System, start: float = 0.0, spacing: float = float("inf")
    ) -> None:
        self._table = tuple(measures)
        self._system, self._start, self._spacing = system, start, spacing
        self._names = measured_signals(self._table)
        self._quiet = system.quiet_after()
        self._begin: float | None = None
        self._end = start
        self._corner = -np.inf
        self._takers: dict[str, Taker] = {}
        for m in self._table:
            if not isinstance(m, DerivedMeasure):
                self._takers[m.name] = taker_of(m)

    def follow(self, steps: Sequence[Step], corner: float) -> None:
        """Take the accepted `steps`; they lie before `corner` (s), where inputs may jump."""
        pieces: list[_Piece] = []
        for step in steps:
            if step.t <= self._start:
                continue
            fresh = self._begin is None or step.t_old >= self._corner
            if self._begin is None:
                self._begin = max(float(step.t_old), self._start)
            self._corner, self._end = corner, float(step.t)
            pieces += self._pieces(step, fresh)
        most = max(1, _NUMBERS // max(self._system.size + len(self._names), 1))
        group: list[_Piece] = []
        for piece in pieces:
            if group and sum(p.parts + 1 for p in group) + piece.parts + 1 > most:
                self._take(group, corner)
                group = []
            group.append(piece)
        if group:
            self._take(group, corner)

    def _pieces(self, step: Step, fresh: bool) -> list[_Piece]:
        a, b = max(float(step.t_old), self._start), float(step.t)
        parts = PARTS
        if a < self._quiet and self._spacing < np.inf:
            parts = max(parts, int(np.ceil((b - a) / self._spacing)))
        most = max(PARTS, _NUMBERS // max(self._system.size + len(self._names), 1) // 2)
        count = -(-parts // most)
        edges = np.linspace(a, b, count + 1)
        return [
            _Piece(step, float(edges[k]), float(edges[k + 1]), -(-parts // count), fresh and k == 0)
            for k in range(count)
        ]

    def _take(self, pieces: list[_Piece], corner: float) -> None:
        curve = _Stretch(self._system, self._names, pieces, float(np.nextafter(corner, -np.inf)))
        for taker in self._takers.values():
            taker.take(curve)

    def results(self) -> dict[str, float | None]:
        """Return the value of each measurement by its name."""
        found: dict[str, float | None] = dict.fromkeys(self._takers)
        if self._begin is not None:
            found = {name: taker.result(self._begin, self._end) for name, taker in self._takers.items()}
        return with_derived(self._table, found)


class _Stretch(Curve):
    """Signals along consecutive pieces of steps, with the inputs as they are until `before`."""

    def __init__(self, system: System, names: Sequence[str], pieces: Sequence[_Piece], before: float) -> None:
        self._system, self._names, self._pieces, self._before = system, names, pieces, before
        self.a = np.array([piece.a for piece in pieces])
        self.b = np.array([piece.b for piece in pieces])
        self.parts = np.array([piece.parts for piece in pieces])
        self.fresh = np.array([piece.fresh for piece in pieces])

    def signals(self, t: Array, piece: Indices) -> SignalValues:
        """Return all signals at the times `t` (k,), each within its own `piece` (k,)."""
        order = np.argsort(piece, kind="stable")
        sorted_t, sorted_piece = t[order], piece[order]
        edges = [0, *(np.flatnonzero(np.diff(sorted_piece)) + 1).tolist(), len(t)]
        steps = [self._pieces[int(sorted_piece[k])].step for k in edges[:-1]]
        parts = [step(sorted_t[i:j]) for step, i, j in zip(steps, edges, edges[1:], strict=False)]
        states = np.empty((self._system.size, len(t)))
        states[:, order] = np.concatenate(parts, axis=1)
        seen = np.minimum(t, self._before)
        return SignalValues(
            t, dict(zip(self._names, self._system.observe(seen, states, self._names), strict=True))
        )
