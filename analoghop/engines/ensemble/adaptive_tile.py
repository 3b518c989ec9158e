"""`AdaptiveTile`: steps of an explicit Runge-Kutta pair for many members, each with its own time and step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from analoghop.arrays import Array, Indices, Integers, Mask
from analoghop.engines.ensemble.lowered import Lowered
from analoghop.engines.ensemble.tile import Tile
from analoghop.engines.running.traces import Steps, Traces
from analoghop.engines.tableaux import SHORT, Tableau

_SAFETY, _LEAST, _MOST = 0.9, 0.2, 10.0  # bounds on the change of the step: SciPy's
_TINY = 1e-4  # squared errors below this carry no information for the controller


class StepControl(NamedTuple):
    """Tolerances of a run: `rtol`; `atol` in units of the input scale; the longest step in seconds.

    Of every `period` steps of a member the last are short ones (see `tableaux`); 0 for none.
    """

    rtol: float
    atol: float
    max_step: float
    period: int = 0


class AdaptiveTile(Tile):
    """Steps of a pair with a proportional-integral control of the error, per member.

    The state and the increments h k of all stages are rows of one array, so that every stage is one product
    of a row of the tableau with it. The error is the root mean square over the states of the local error
    divided by `atol` input scales + `rtol` times the larger of |x| before and after.
    """

    def __init__(
        self,
        lowered: Lowered,
        tableau: Tableau,
        control: StepControl,
        corners: Sequence[float],
        traces: Traces | Steps | None = None,
    ) -> None:
        super().__init__(lowered, corners[0], corners[-1], traces)
        self._tableau, self._control = tableau, control
        self._edges = self.backend.double(corners)
        self._cornered = len(corners) > 2
        array = self.backend.array
        self._rows = [array([[1.0, *row]]) for row in tableau.rows]
        self._error = array([tableau.error])
        self._mean = array(np.full((1, self.n), 1.0 / self.n))
        self._floor: Any = control.atol * lowered.input_unit
        # Gustafsson (1991), ACM TOMS 17:533, with exponents for the square of the error.
        self._power, self._memory = -0.35 / (tableau.order + 1), 0.2 / (tableau.order + 1)

        # Per slot: time, next step, planned step, next corner, last error, accepted and tried steps.
        self._t: Any = None
        self._h: Any = None
        self._planned: Any = None
        self._edge: Any = None
        self._previous: Any = None
        self._accepted: Any = None
        self._tried: Any = None
        self._stack: Any = None

    @property
    def y(self) -> Any:
        """The coordinates of all slots."""
        return self._stack[0]

    @property
    def times(self) -> Array:
        """The time of each slot in seconds."""
        return self.backend.numpy(self._t)

    def over(self) -> Mask:
        """Return the mask of the slots that have reached the end."""
        return np.asarray(self.times >= self.end)

    def increments(self) -> tuple[Any, Any]:
        """Return the first stage of the next step, and the step."""
        return self._stack[1], self._hs

    def broken(self) -> Mask:
        """Return the mask of the slots whose step is too short to change the time, or not finite."""
        h, t = self.backend.numpy(self._planned), self.times
        return ~(h > 8.0 * np.spacing(np.maximum(np.abs(t), abs(self.end)))) & (t < self.end)

    def work(self, slots: Indices) -> tuple[Integers, Integers, Integers]:
        """Return accepted steps, rejected ones and evaluations of `slots`."""
        accepted = self.backend.numpy(self._accepted)[slots].astype(np.int64)
        rejected = self.backend.numpy(self._tried)[slots].astype(np.int64) - accepted
        return accepted, rejected, 2 + (self._tableau.stages - 1) * (accepted + rejected)

    def _keep(self, slots: Indices) -> None:
        width, stages, n = len(slots), self._tableau.stages, self.n
        memory = self.backend.empty((stages + 1) * n * width)
        stack = memory.reshape(stages + 1, n, width)
        if self.width:
            stack[0] = self._stack[0][:, slots]
            stack[1] = self._stack[1][:, slots]
            for name in self._vectors:
                setattr(self, name, getattr(self, name)[slots])
        else:
            for name in self._vectors:
                setattr(self, name, self.backend.double(np.zeros(width)))
            self._t += self.end
            self._edge += self.end
            stack[:2] = 0.0
        self._stack, self._flat = stack, memory.reshape(stages + 1, n * width)
        self._new, self._local, self._size, self._other, self._hs_wide = (
            self.backend.empty(n * width).reshape(n, width) for _ in range(5)
        )
        self._increment = self.lowered.bind(width)
        self._plan()

    def _seated(self) -> None:
        """Take over the values of the members that now sit in the slots."""
        self._floor = self._control.atol * self._unit_of(self.index)
        self._increment = self.lowered.bind(len(self.index), self.index)

    _vectors = ("_t", "_h", "_planned", "_edge", "_previous", "_accepted", "_tried")

    def _place(self, slots: Indices, index: Integers, y: Any) -> None:
        xp, unit, count = self.xp, self.lowered.unit, len(slots)
        increment, unit_y = self.lowered.bind(count, index), self._unit_of(index)
        one, t = self.backend.array(np.ones(count)), self.backend.double(np.full(count, self.start))
        rate, ahead = xp.empty_like(y), xp.empty_like(y)
        increment(t, one, y, rate)
        # Hairer, Norsett & Wanner (1993), II.4; the amplifiers' input scale replaces states near zero.
        floor = self._control.atol * unit_y if self.lowered.varied else self._floor
        tolerance = xp.abs(y) * self._control.rtol + floor
        d0 = self._norm((xp.abs(y) + 0.01 * unit_y) / tolerance)
        d1 = self._norm(rate / tolerance)
        h0 = self.backend.double(np.ones(count))
        h0 = xp.where(d1 > 0.0, 0.01 * d0 / d1, h0)
        increment(t + h0 * unit, one, y + self.backend.cast(h0) * rate, ahead)
        d2 = self._norm((ahead - rate) / tolerance) / h0
        steepest = xp.where(d1 > d2, d1, d2)
        h1 = xp.where(steepest > 1e-15, (0.01 / steepest) ** (1.0 / (self._tableau.order + 1)), h0)
        planned = xp.where(h1 < 100.0 * h0, h1, 100.0 * h0) * unit
        for name, values in (
            ("_t", t),
            ("_planned", planned),
            ("_previous", h0 * 0.0 + 1.0),
            ("_accepted", h0 * 0.0),
            ("_tried", h0 * 0.0),
        ):
            getattr(self, name)[slots] = values
        self._stack[0][:, slots] = y
        self._edge[slots] = self._edges[1]
        self._plan()
        self._stack[1][:, slots] = rate * self._hs[slots]

    def _norm(self, error: Any) -> Any:
        return self.xp.matmul(self._mean, error * error)[0] ** 0.5

    def _plan(self) -> None:
        """Choose the step of every slot: the planned one, or the rest up to the next corner."""
        xp, left = self.xp, self._edge - self._t
        h = xp.clip(self._planned, None, self._control.max_step)
        if self._control.period:
            ahead = self._control.period - self._tried % self._control.period
            self._short = ahead <= SHORT
            h = xp.where(self._short, xp.where(ahead <= SHORT // 2, 0.25 * h, 0.5 * h), h)
        # A tiny last step before the corner is avoided: this step is stretched, or halved with the next.
        self._lands = left <= h * 1.001
        self._h = xp.where(self._lands, left, xp.where(left < 2.0 * h, 0.5 * left, h))
        self._hs = self.backend.cast(self._h / self.lowered.unit)
        if self._cornered and self.lowered.moving:
            self._before = xp.nextafter(self._edge, self._edge - 1.0)

    def advance(self) -> None:
        """Make a step; a slot at its end does not move."""
        xp, stack, new, hs = self.xp, self._stack, self._new, self._hs_wide
        # Products of full arrays are faster than broadcasting a row over them, six times per step.
        hs[...] = self._hs
        new_flat = new.reshape(1, -1)
        for stage in range(1, self._tableau.stages):
            xp.matmul(self._rows[stage], self._flat[: stage + 1], out=new_flat)
            self._increment(self._stage_time(stage), hs, new, stack[stage + 1])
        error = self._error_squared()
        passed = error <= 1.0
        if self.traces is not None:
            self._record(self.traces, passed)
        self.backend.choose(passed, new, stack[0])
        self.backend.choose(passed, stack[-1], stack[1])
        before, landed = self._h, passed & self._lands
        self._control_steps(error, passed, landed)
        stack[1] *= self.backend.cast(xp.where(before > 0.0, self._h / before, 0.0))
        if self._cornered and bool((landed & (self._t < self.end)).any()):
            # The rate may have jumped: the last stage was computed with the inputs before the corner.
            self._increment(self._t, self._hs, stack[0], stack[1])

    def _record(self, traces: Traces | Steps, passed: Any) -> None:
        """Store the states at the trace times inside the steps that have `passed` the error test."""
        numpy, stack = self.backend.numpy, self._stack
        t, h, passed = numpy(self._t), numpy(self._h), numpy(passed)
        reached = np.where(passed, np.where(numpy(self._lands), numpy(self._edge), t + h), -np.inf)
        slots = traces.due(self.index, reached)
        while len(slots):
            share = (traces.awaited(self.index[slots]) - t[slots]) / h[slots]
            powers = share ** np.arange(1, len(self._tableau.dense[0]) + 1)[:, None]
            weights = np.array(self._tableau.dense) @ powers
            y = np.asarray(numpy(stack[0][:, slots]), dtype=np.float64)
            y = y + np.einsum("jk,jnk->nk", weights, numpy(stack[1:, :, slots]))
            traces.store(self.index[slots], y * self.lowered.scale)
            slots = traces.due(self.index, reached)

    def _stage_time(self, stage: int) -> Any:
        if not self.lowered.moving:
            return self._t
        t = self._t + self._tableau.nodes[stage] * self._h
        if not self._cornered:
            return t
        return self.xp.where(self._lands & (t >= self._before), self._before, t)

    def _error_squared(self) -> Any:
        """Return the mean square of the local error in units of the tolerance, (width,)."""
        xp, local, size, other = self.xp, self._local, self._size, self._other
        xp.matmul(self._error, self._flat[1:], out=local.reshape(1, -1))
        xp.abs(self._stack[0], out=size)
        xp.abs(self._new, out=other)
        xp.maximum(size, other, out=size)
        size *= self._control.rtol
        size += self._floor
        local /= size
        local *= local
        return xp.astype(xp.matmul(self._mean, local)[0], xp.float64)

    def _control_steps(self, error: Any, passed: Any, landed: Any) -> None:
        """Advance the slots whose error has `passed`, and choose the next steps."""
        xp, running = self.xp, self._h > 0.0
        factor = _SAFETY * error**self._power * self._previous**self._memory
        factor = xp.clip(xp.where(xp.isfinite(factor), factor, _LEAST), _LEAST, _MOST)
        factor = xp.where(error <= 0.0, _MOST, factor)
        self._previous = xp.where(passed, xp.clip(error, _TINY, None), self._previous)
        self._accepted += passed & running
        self._tried += running
        planned = self._h * factor
        # A step shortened by a corner is no reason to shorten the next one below the planned length.
        kept = passed & (planned < self._planned) & (self._h < self._planned)
        planned = xp.where(kept, self._planned, xp.clip(planned, None, self._control.max_step))
        if self._control.period:
            planned = xp.where(self._short & (planned > self._planned), self._planned, planned)
        self._planned = xp.where(running, planned, self._planned)
        self._t = xp.where(landed, self._edge, xp.where(passed, self._t + self._h, self._t))
        if self._cornered:
            place = xp.searchsorted(self._edges, self._t, side="right")
            self._edge = self._edges[xp.clip(place, None, len(self._edges) - 1)]
        self._plan()
