"""`DelayLines` and `Wave`: the lossless lines of a circuit, as waves that arrive after a delay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array, Indices
from analoghop.errors import InputError
from analoghop.schedules import Signal, Signals
from analoghop.systems.circuits.lines.past import Past
from analoghop.systems.circuits.matrices import any_entry, dense
from analoghop.systems.circuits.observation import LinearMap

_MOST = 500  # echoes of corners in a run
_SMOOTH = 6  # passages through states after which a corner is none: each one raises its order by one
_ROUNDING = 1e-12  # of a wave that is sent: a termination by the impedance of the line reflects nothing


@dataclass(frozen=True)
class Wave(Signal):
    """The wave in ampere that arrives at end number `end` (0 or 1) of a `line`; `initial` until t = 0.

    It is the Norton current of the end: the current into the line is V/Z0 - wave. The `past` of a run, in
    which it is row number `row`, tells its value; without one, `InputError` says who runs such circuits.
    """

    line: str
    end: int
    initial: float = 0.0
    row: int = 0
    past: Past | None = field(default=None, compare=False, repr=False)

    def value(self, t: ArrayLike) -> Array:
        """Return the wave at `t`."""
        return np.asarray(self._known.arriving(t)[self.row].reshape(np.shape(t)))

    def rate(self, t: ArrayLike) -> Array:
        """Return the rate of the wave at `t`."""
        return np.asarray(self._known.rates(t)[self.row].reshape(np.shape(t)))

    @property
    def _known(self) -> Past:
        if self.past is None:
            raise InputError(
                f"the line {self.line} delays what it is given: such a circuit is run by `simulate` and "
                "`analoghop run`, with SciPy's engine and one start at a time"
            )
        return self.past


@dataclass(frozen=True, eq=False)
class DelayLines:
    """Lines by their ends, two for each of `names`: `delays` in s, `impedances` in ohms, `columns`, (ends,).

    `columns` are the places of the waves among the signals of the circuit. `sent` maps a point of the circuit
    to the waves (ends,) in ampere that will arrive at each end after its delay. With v the voltages, i the
    currents into the line and j = v/Z0 - i the waves, j_1(t) = 2 v_2(t - TD)/Z0 - j_2(t - TD), and back.
    Branin (1967), Proc. IEEE 55:2012: the line itself, without an approximation.
    `lasting` tells whether waves can go to and fro for ever without passing through a state.
    """

    names: tuple[str, ...]
    delays: Array
    impedances: Array
    columns: Indices
    sent: LinearMap
    lasting: bool

    def corners(self, own: Sequence[float], until: float) -> tuple[float, ...]:
        """Return the times in (0, until) of the `own` corners of the sources, and of their echoes.

        The start of a run is a corner too. Echoes that have passed through many states are smooth and left
        out, and so are those of most delays where there are many: the error control of the solver finds them.
        """
        kinds = np.unique(self.delays)
        once = np.eye(len(kinds), dtype=np.intp)
        level, sums = np.zeros((1, len(kinds)), dtype=np.intp), [np.zeros(1)]
        base = np.array([0.0, *own])
        count, hops = len(base), 0
        while self.lasting or hops < self._hops:
            level = np.unique((level[:, None] + once).reshape(-1, len(kinds)), axis=0)
            level = level[level @ kinds < until]
            count, hops = count + len(level) * len(base), hops + 1
            if not len(level) or count > _MOST:
                break
            sums.append(level @ kinds)
        found = np.unique((np.concatenate(sums)[:, None] + base).ravel())
        return tuple(found[(found > 0) & (found < until)].tolist())

    def begun(self, signals: Signals, start: float, end: float, rtol: float) -> Signals:
        """Return the signals of the circuit with an empty past, for one run from `start` to `end` s.

        Those that have one already are returned as they are: somebody else follows the same run.
        """
        found = self._waves(signals)[0].past
        if found is not None and found.empty:
            return signals
        first = np.array([wave.initial for wave in self._waves(signals)])
        past = Past(start, end, self.delays, first, rtol)
        waves = [replace(wave, row=row, past=past) for row, wave in enumerate(self._waves(signals))]
        return self._with(signals, waves)

    def started(self, signals: Signals, waves: Array) -> Signals:
        """Return the signals in which the `waves` (ends,) in ampere have been arriving until t = 0."""
        levels = waves.tolist()
        return self._with(
            signals, [replace(w, initial=j) for w, j in zip(self._waves(signals), levels, strict=True)]
        )

    def stored(self, signals: Signals, t: float) -> float:
        """Return the energy in joule that is under way at `t`: a wave j carries the power Z0 j^2/4."""
        return float(0.25 * self.impedances @ self.past(signals).under_way(t))

    def past(self, signals: Signals) -> Past:
        """Return the past of the signals of a run."""
        past = self._waves(signals)[0].past
        assert past is not None, "`begun` makes it"
        return past

    def _waves(self, signals: Signals) -> list[Wave]:
        found = [signals.signals[k] for k in self.columns]
        return [one for one in found if isinstance(one, Wave)]

    def _with(self, signals: Signals, waves: Sequence[Wave]) -> Signals:
        changed = dict(zip(self.columns.tolist(), waves, strict=True))
        return Signals(tuple(changed.get(k, one) for k, one in enumerate(signals.signals)))

    @cached_property
    def _hops(self) -> int:
        return (_SMOOTH + 1) * (len(self.delays) + 1)


def delay_reason(names: Sequence[str]) -> str:
    """Return why no energy theorem applies to a circuit with the lines `names`."""
    shown = ", ".join(names[:3]) + (", ..." if len(names) > 3 else "")
    return f"lines delay signals ({shown}): how the circuit moves depends on its past, not on its state alone"


def reflecting(sent: LinearMap, columns: Indices, read: bool) -> bool:
    """Return whether waves that arrive can go on for ever without passing through a state.

    `columns` are those of the waves, and `read` says whether an amplifier reads one of them.
    """
    if read and any_entry(sent.v):
        return True
    direct = abs(dense(sent.w[:, columns]))
    paths = direct > _ROUNDING * direct.max(initial=1.0)
    reach = paths.astype(np.float64)
    for _ in range(len(columns)):
        reach = np.minimum(reach @ paths, 1.0)
    return bool(reach.any())
