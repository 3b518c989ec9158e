"""`Motion`: how a circuit on the bench moves through one tick, by the package's engines and steppers."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import NamedTuple

import numpy as np

from analoghop.arrays import Array
from analoghop.engines.choice.steppers import machine_of, stepper_of
from analoghop.engines.ensemble.backend import backend
from analoghop.engines.ensemble.fixed_tile import FixedTile
from analoghop.engines.ensemble.lowered_network import lower
from analoghop.engines.ensemble.step_limit import fixed_steps
from analoghop.engines.trajectory.scipy_ivp import ScipyIVP
from analoghop.errors import InputError, NumericalError
from analoghop.limits import Limits
from analoghop.solution import Status
from analoghop.systems.base import System

SAMPLES = 4
"""Recorded states of a tick, so that a trace is smooth where the picture moves fast."""
MOST_STEPS = 20_000
"""Largest number of fixed steps of a tick."""
PATIENCE = 5.0
"""Seconds after which a tick that does not end is given up."""
RTOL = 1e-5


class Moved(NamedTuple):
    """The `times` (SAMPLES,) and `states` (n, SAMPLES) of a tick; the last ones are its end."""

    times: Array
    states: Array


class Motion(ABC):
    """The movement of a `system`: a tick is a function of its arguments alone, so that a log replays."""

    system: System

    @abstractmethod
    def move(self, x: Array, t: float, dt: float, number: int, seed: int) -> Moved:
        """Return the movement from `x` (n,) at `t` over `dt` seconds, in the tick `number` of a session.

        `seed` is that of the noise. Raises `NumericalError` if the circuit cannot be followed.
        """

    longest: float | None = None
    """The longest step in s, None where each is chosen by its error."""

    def whole(self, dt: float) -> float:
        """Return the length of a tick that is nearest to `dt` and possible."""
        return dt


class Solving(Motion):
    """A circuit without noise, by SciPy's solvers with their error control."""

    def __init__(self, system: System) -> None:
        self.system = system
        small = system.size <= 30 and system.explicit_only is None
        self._engines = [ScipyIVP(method="RK45", rtol=RTOL, audit=False)]
        if small:
            self._engines.insert(0, ScipyIVP(method="LSODA", rtol=RTOL, audit=False))

    def move(self, x: Array, t: float, dt: float, number: int, seed: int) -> Moved:
        """Integrate over the tick."""
        times = t + dt * np.arange(SAMPLES + 1) / SAMPLES
        if not (np.diff(times) > 0).all():
            raise NumericalError(f"a tick of {dt:g} s is lost in the time {t:g} s: choose a faster speed")
        message, limits = "", Limits(PATIENCE)
        for engine in self._engines:
            run = engine.integrate(self.system, x, times, limits=limits)
            if run.status in (Status.TIME_UP, Status.SETTLED):
                return Moved(run.times[1:], run.states[:, 1:])
            message = run.message
        raise NumericalError(f"the circuit cannot be followed: {message}")


class Diffusion(Motion):
    """A circuit with noise, by fixed steps that are exact for decay and noise (see `FixedTile`).

    `longest` is the longest safe step in s, None to find it for ticks of `dt`.
    """

    def __init__(self, system: System, dt: float, longest: float | None = None) -> None:
        self.system = system
        self._lowered = lower(system, backend(None, "float64"))
        if longest is None:
            longest = dt / fixed_steps(system, "exponential", None, (0.0, dt))
        self.longest: float = longest

    def move(self, x: Array, t: float, dt: float, number: int, seed: int) -> Moved:
        """Take the fixed steps of the tick."""
        steps = SAMPLES * max(1, math.ceil(dt / self.longest / SAMPLES * (1.0 - 1e-9)))
        if steps > MOST_STEPS:
            raise NumericalError(
                f"with noise a tick would take {steps} steps, at most {MOST_STEPS} are taken: choose a "
                "slower speed, or no noise"
            )
        tile = FixedTile(self.system, self._lowered, "exponential", (t, t + dt), steps, (seed, number))
        tile.widen(1)
        tile.fill(np.zeros(1, np.intp), np.zeros(1, np.int64), x[:, None])
        found = []
        with np.errstate(all="ignore"):
            for k in range(1, steps + 1):
                tile.advance()
                if k % (steps // SAMPLES) == 0:
                    found.append(np.array(self._lowered.states(tile.y)[:, 0]))
        states = np.stack(found, axis=1)
        if not np.isfinite(states).all():
            raise NumericalError("the circuit has grown beyond all numbers")
        return Moved(t + dt * np.arange(1, SAMPLES + 1) / SAMPLES, states)


class Stepping(Motion):
    """A machine, by its own steps in NumPy; it rests at the end of its run."""

    def __init__(self, system: System) -> None:
        machine = machine_of(system)
        if machine is None:
            raise InputError(f"a {type(system).__name__} has no steps of its own")
        self.system, self._machine = system, machine
        self._stepper = stepper_of(machine, engine="numpy")

    def whole(self, dt: float) -> float:
        """Return a whole number of steps."""
        return self._machine.step * max(1, round(dt / self._machine.step))

    def move(self, x: Array, t: float, dt: float, number: int, seed: int) -> Moved:
        """Take the steps of the tick."""
        machine, stepper = self._machine, self._stepper
        first = round(t / machine.step)
        count = min(max(1, round(dt / machine.step)), max(machine.steps - first, 0))
        edges = np.unique(np.linspace(first, first + count, min(SAMPLES, max(count, 1)) + 1).astype(int))
        if count == 0:
            return Moved(np.array([t]), x[:, None])
        noise = stepper.noise(seed, np.zeros(1, np.int64), 0)
        width = stepper.width if stepper.padded else 1
        block = stepper.load(np.repeat(x[:, None], width, axis=1), first)
        found = []
        with np.errstate(all="ignore"):
            for begin, end in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
                stepper.advance(block, begin, end - begin, noise.take(begin, end - begin))
                found.append(np.array(stepper.states(block)[:, 0]))
        states = np.stack(found, axis=1)
        if not np.isfinite(states).all():
            raise NumericalError("the circuit has grown beyond all numbers")
        return Moved(edges[1:] * machine.step, states)


def motion_of(system: System, dt: float, longest: float | None = None) -> Motion:
    """Return the motion of a system whose ticks take about `dt` seconds of circuit time.

    `longest` is the longest safe step with noise, where that is known.
    """
    if machine_of(system) is not None:
        return Stepping(system)
    return Solving(system) if system.noise is None else Diffusion(system, dt, longest)
