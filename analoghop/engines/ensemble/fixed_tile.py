"""`FixedTile`: steps of fixed length, exact for the decay of each state and its noise, without coupling."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from analoghop.arrays import Array, Indices, Integers, Mask
from analoghop.engines.ensemble.linear_step import is_linear, linear_step
from analoghop.engines.ensemble.lowered import Lowered
from analoghop.engines.ensemble.tile import Tile
from analoghop.engines.running.traces import Steps, Traces
from analoghop.ensembles.streams import TileNoise
from analoghop.systems.base import System

Rule = Literal["exponential", "euler"]


def decay_share(rule: Rule, z: Array) -> Array:
    """Return (1 - exp(-z))/z for the exponential rule, 1 for Euler's; z = step times decay."""
    return (
        np.ones_like(z) if rule == "euler" else np.where(z > 0, -np.expm1(-z) / np.where(z > 0, z, 1.0), 1.0)
    )


def noise_share(rule: Rule, z: Array) -> Array:
    """Return the variance that a step adds, divided by the step: (1 - exp(-2z))/(2z), or 1 for Euler's."""
    return decay_share(rule, 2.0 * z)


class FixedTile(Tile):
    """`x <- x + h s(h d) x' + noise sqrt(h s(2 h d)) N(0, 1)`, d the decay of each state.

    With s(z) = (1 - exp(-z))/z it is the exponential (Ornstein-Uhlenbeck) rule: exact in distribution for `dx
    = (a - d x) dt + noise dW` with constant a, for any step; the coupling is evaluated at the start of the
    step. A linear circuit takes the `LinearStep` instead, which is exact with coupling too. With s = 1 it is
    Euler-Maruyama, whose stationary variance is 1/(1 - h d/2) times too large.
    """

    def __init__(
        self,
        system: System,
        lowered: Lowered,
        rule: Rule,
        span: tuple[float, float],
        steps: int,
        seeds: tuple[int, int],
        traces: Traces | Steps | None = None,
    ) -> None:
        super().__init__(lowered, *span, traces)
        self._steps, self._dt = steps, (span[1] - span[0]) / steps
        z = self._dt * system.decay
        self._linear: tuple[Any, Any, Any] | None = None
        share = decay_share(rule, z)
        if rule == "exponential" and is_linear(system):
            step = linear_step(system, self._dt)
            change = lowered.scale.T / lowered.scale / self._dt
            parts = step.response * change, step.ramp * change, step.spread / lowered.scale
            self._linear = (
                self.backend.array(parts[0]),
                self.backend.array(parts[1]),
                self.backend.array(parts[2]),
            )
            share = np.ones_like(z)
        self._rule, self._system = rule, system
        self._stretch = self.backend.array((share * self._dt / lowered.unit)[:, :1])
        self._factor = system.noise_factor
        self._noise: TileNoise | None = None
        if system.noise is not None:
            amplitude = system.noise / lowered.scale * np.sqrt(noise_share(rule, z) * self._dt)
            self._amplitude: Any = self.backend.array(amplitude)
            self._noise = TileNoise(*seeds, self.n)
        self._step = np.zeros(0, np.int64)
        self._y: Any = None

    @property
    def y(self) -> Any:
        """The coordinates of all slots."""
        return self._y

    @property
    def times(self) -> Array:
        """The time of each slot in seconds."""
        return np.where(self._step >= self._steps, self.end, self.start + self._step * self._dt)

    def increments(self) -> tuple[Any, Any]:
        """Return the increment of the last step without noise, and the step lengths."""
        return self._rate, self._h

    def broken(self) -> Mask:
        """Return the mask of the slots whose state is not finite."""
        return np.asarray(~np.isfinite(self.backend.numpy(self.xp.sum(self._y, axis=0))))

    def work(self, slots: Indices) -> tuple[Integers, Integers, Integers]:
        """Return accepted steps, rejected ones (zero) and evaluations of `slots`."""
        steps = self._step[slots]
        return steps, np.zeros_like(steps), steps

    def _keep(self, slots: Indices) -> None:
        width, n = len(slots), self.n
        y, self._rate, self._h = (self.backend.empty(n * width).reshape(n, width) for _ in range(3))
        self._rate[...] = 0.0
        self._h[...] = self._stretch
        if self.width:
            y[...] = self._y[:, slots]
            self._step = self._step[slots]
        else:
            y[...] = 0.0
            self._step = np.zeros(width, np.int64)
        self._y = y
        self._increment = self.lowered.bind(width)
        if self._noise is not None:
            self._noise.keep(slots if self.width else None, width)

    def _seated(self) -> None:
        """Take over the values of the members that now sit in the slots."""
        members = self._system.of(np.maximum(self.index, 0))
        z = self._dt * members.decay
        self._h[...] = self.backend.array(decay_share(self._rule, z) * self._dt / self.lowered.unit)
        if members.noise is not None:
            spread = np.sqrt(noise_share(self._rule, z) * self._dt)
            self._amplitude = self.backend.array(members.noise / self.lowered.scale * spread)
        self._increment = self.lowered.bind(len(self.index), self.index)

    def _place(self, slots: Indices, index: Integers, y: Any) -> None:
        self._y[:, slots] = y
        self._step[slots] = 0
        if self._noise is not None:
            self._noise.place(slots, index)

    def advance(self) -> None:
        """Make a step; a slot at its end does not move."""
        t, over = self.times, np.flatnonzero(self._step >= self._steps)
        kept = self._y[:, over] * 1.0 if len(over) else None
        self._increment(self.backend.double(t), self._h, self._y, self._rate)
        self._y += self._rate if self._linear is None else self._moved(t)
        if self._noise is not None:
            normal = self.backend.array(self._noise.next())
            kick = normal * self._amplitude if self._linear is None else self._linear[2] @ normal
            if self._factor is not None:
                # At the middle of the step, so that the variance during a ramp is of second order.
                kick *= self.backend.array(self._factor.value(t + 0.5 * self._dt))
            self._y += kick
        self._step += 1
        if kept is not None:
            self._y[:, over] = kept
            self._step[over] = self._steps
        if self.traces is not None:
            self._record(self.traces)

    def _moved(self, t: Array) -> Any:
        """Return the change in a step of a linear circuit without its noise, from the rate at its start."""
        assert self._linear is not None, "only a linear circuit moves like this"
        response, ramp, _ = self._linear
        moved = response @ self._rate
        if self.lowered.moving:
            # An input that jumps at the end of the step belongs to the next one.
            later = self.xp.empty_like(self._rate)
            end = np.nextafter(t + self._dt, -np.inf)
            self._increment(self.backend.double(end), self._h, self._y, later)
            moved += ramp @ (later - self._rate)
        return moved

    def _record(self, traces: Traces | Steps) -> None:
        reached = np.where(self._step < self._steps, self.times + 0.5 * self._dt, self.end)
        slots = traces.due(self.index, reached)
        while len(slots):
            traces.store(self.index[slots], self.lowered.states(self._y[:, slots]))
            slots = traces.due(self.index, reached)
