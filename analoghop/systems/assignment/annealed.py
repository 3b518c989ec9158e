"""`Annealed`: the base class of grids of amplifiers that are annealed by temperature and self-coupling."""

from __future__ import annotations

from abc import abstractmethod
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array
from analoghop.errors import InputError
from analoghop.schedules import Signal, Signals
from analoghop.systems.assignment.anneal_signals import ProductSignal
from analoghop.systems.base import System, Theorem
from analoghop.systems.machine import Machine


class Annealed(Machine, System):
    """u and V are grids of `shape` (rows, columns), row-major in the state; T(t) is in the unit of u.

    Subclasses are dataclasses with these fields; `prepare` sets `noise_factor`.
    """

    temperature: Signal
    self_coupling: Signal
    duration: float
    step: float
    tau: float
    sigma: Signal | None

    def prepare(self) -> None:
        """Set the schedule of the noise. Raises `InputError` for a time that is not positive."""
        for name in ("duration", "step", "tau"):
            if not 0 < getattr(self, name) < np.inf:
                raise InputError(f"`{name}` is {getattr(self, name)}, expected a positive time in seconds")
        if self.sigma is not None:
            object.__setattr__(self, "noise_factor", ProductSignal(self.temperature, self.sigma))

    @property
    @abstractmethod
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the grid."""

    @property
    @abstractmethod
    def _moving(self) -> Signals:
        """The time-dependent parameters."""

    @property
    def size(self) -> int:
        """Number of amplifiers, rows times columns."""
        rows, columns = self.shape
        return rows * columns

    @property
    def n_outputs(self) -> int:
        """Number of outputs, equal to `size`."""
        return self.size

    @cached_property
    def signal_names(self) -> tuple[str, ...]:
        """`v(u<row>_<column>)`, then `v(v<row>_<column>)`, numbered from 1."""
        rows, columns = self.shape
        places = [f"{x + 1}_{i + 1}" for x in range(rows) for i in range(columns)]
        return tuple(f"v({kind}{place})" for kind in "uv" for place in places)

    @property
    def time_constants(self) -> Array:
        """The time constant tau of every state."""
        return np.full((self.size, 1), self.tau)

    @property
    def decay(self) -> Array:
        """1/tau."""
        return 1.0 / self.time_constants

    @property
    def noise(self) -> Array | None:
        """1 / sqrt(tau), with the factor sigma T in `noise_factor`; None without noise."""
        return None if self.sigma is None else np.full((self.size, 1), 1.0 / np.sqrt(self.tau))

    @property
    def normals(self) -> int:
        """One number per amplifier with noise, else 0."""
        return 0 if self.sigma is None else self.size

    @property
    def steps_per_draw(self) -> int:
        """The number of steps of an anneal."""
        return self.steps

    def advance(self, k: int, x: Array, normal: Array | None) -> Array:
        """Return the states after Euler's step number `k`, with outputs exact to rounding."""
        t = k * self.step
        x = x + self.step * self.rhs(t, x)
        if normal is None or self.noise_factor is None:
            return x
        return np.asarray(x + float(self.noise_factor.value(t)) * np.sqrt(self.step / self.tau) * normal)

    @property
    def input_scale(self) -> Array:
        """The lowest temperature."""
        ends = self.temperature.value(np.array([0.0, self.duration]))
        return np.full((self.size, 1), ends.min())

    def grid(self, x: Array) -> Array:
        """Return states or outputs (size, members) as (members, rows, columns)."""
        return np.ascontiguousarray(x.T).reshape(-1, *self.shape)

    def flat(self, grid: Array) -> Array:
        """Return the inverse of `grid`."""
        return np.asarray(grid.reshape(len(grid), -1).T)

    def _at(self, signal: Signal, t: ArrayLike) -> Any:
        """Return the value of the signal for products with grids: a number, or (members, 1, 1)."""
        value = signal.value(t)
        return value[:, None, None] if value.ndim else value

    @property
    def has_energy(self) -> bool:
        """True."""
        return True

    @property
    def theorem(self) -> Theorem:
        """Hopfield's theorem for vector amplifiers; it requires constant parameters."""
        moving = ("a schedule is running: guaranteed for frozen parameters only",)
        reasons = () if self._moving.constant else moving
        return Theorem(not reasons, "Hopfield 1984", reasons)

    def breakpoints(self, until: float) -> tuple[float, ...]:
        """Return the corners of the schedules."""
        return self._moving.breakpoints(until)

    def quiet_after(self) -> float:
        """Return the time after which the schedules are constant."""
        return self._moving.quiet_after()


def negative_entropy(V: Array) -> Array:
    """Return sum V ln V of each grid, (members,)."""
    return np.asarray(np.sum(V * np.log(np.where(V > 0, V, 1.0)), axis=(1, 2)))
