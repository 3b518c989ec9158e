"""`ScipyIVP`: the engine for one trajectory without noise, by SciPy's solvers."""

from __future__ import annotations

import math
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from analoghop import __version__
from analoghop.arrays import Array, check_number, check_positive
from analoghop.engines.base import Engine, Follower, Stop, checked_times, cut_short, single_state
from analoghop.engines.settling import Settling
from analoghop.engines.trajectory.audit import Audit
from analoghop.engines.trajectory.recorder import Watch
from analoghop.engines.trajectory.segments import METHODS, SegmentedRun
from analoghop.engines.trajectory.solvers import solver_class
from analoghop.errors import InputError
from analoghop.limits import Limits
from analoghop.solution import Counts, Solution, Status
from analoghop.systems.base import System

_DELAYS = 1e6  # of the shortest kind in a run, at most
_SMALL = 30  # largest number of states for which LSODA was the fastest at equal accuracy; above it DOP853

Method = Literal["auto", "RK23", "RK45", "DOP853", "LSODA", "BDF", "Radau"]


@dataclass(frozen=True)
class ScipyIVP(Engine):
    """An engine for one trajectory.

    `method`: a name of `scipy.integrate.solve_ivp`, or "auto": LSODA up to 30 states, and Radau from where
    that fails; DOP853 above, with delays, and for a system that is for explicit methods only.
    `rtol`; `atol` in the unit of the states, the same for all; None means for each state rtol/100 of its
    input scale (the change that matters to an amplifier), and what is given is never taken as coarser than
    100 rtol of that scale.
    `max_step` in seconds.
    `settle`: end the run when it has settled. `settle_tol` is the tolerance of that test (see `Settling`);
    None means 100 rtol: an explicit method hovers about a rest by its own errors, which look like movement.
    `audit`: watch the energy and the electrical powers, where the system has them. With `sampled` the
    solution of such a run has the `samples` by which a deck audits it.
    `follower`: is told of the dense output of every accepted step.

    Raises `InputError` for an unknown method or a tolerance, step or limit that is not positive; `integrate`
    also for a method that does not fit the system, and for a system with noise.
    """

    method: Method = "auto"
    rtol: float = 1e-6
    atol: float | None = None
    max_step: float = float("inf")
    settle: bool = False
    settle_tol: float | None = None
    audit: bool = True
    sampled: bool = False
    follower: Follower | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        if self.method != "auto" and self.method not in METHODS:
            raise InputError(f"`method` is {self.method!r}, expected auto, {', '.join(METHODS)}")
        if not 1e-13 <= check_number(self.rtol, "rtol", "1e-13 to 0.1") <= 0.1:
            raise InputError(f"`rtol` is {self.rtol}, expected 1e-13 to 0.1")
        check_positive(vars(self), "atol", "max_step", "settle_tol", finite=False)

    def integrate(
        self,
        system: System,
        x0: ArrayLike,
        times: ArrayLike,
        stop: Stop | None = None,
        limits: Limits | None = None,
    ) -> Solution:
        """Integrate one trajectory; the contract is that of `Engine`."""
        method = self._method(system)
        solver_class(method)  # the time limit does not include loading it
        wall, cpu = time.perf_counter(), time.process_time()
        grid, x = checked_times(times), single_state(x0, system)
        if system.noise is not None:
            raise InputError(
                "ScipyIVP integrates without noise: use the engine Ensemble(method='exponential')"
            )
        system = _begun(system, grid, self.rtol)
        audit = Audit(system, self.rtol) if self.audit and (system.has_energy or system.meters) else None
        watch = Watch(
            system,
            float(grid[0]),
            x,
            grid if len(grid) > 2 else None,
            audit,
            method,
            Settling(system, self.settle_tol or 100.0 * self.rtol),
            self.settle,
            stop,
            self.sampled,
            self.follower,
        )
        free = self.method == "auto"
        longest = min(self.max_step, system.longest_step)
        drive = SegmentedRun(system, method, self.rtol, self.atol, longest, watch, free)
        within = limits or Limits()
        with np.errstate(all="ignore"), _collected_warnings() as warned:
            status, message = drive.run(float(grid[0]), float(grid[-1]), x, within)
            record = watch.finish()
            message = message or cut_short(within, watch.t)
            status, message, settled_at = watch.verdict(status, message)
            energy = None if audit is None else audit.record()
            joules = {} if audit is None else audit.joules(watch.t, watch.x)
            samples = None if watch.sampler is None else watch.sampler.samples(self.rtol, drive.atol)
        if status is Status.FAILED and (texts := [str(w.message) for w in warned if _of_scipy(w)]):
            message = f"{message} ({texts[-1]})"
        return Solution(
            system=system,
            times=record[0],
            states=record[1:],
            status=status,
            message=message,
            counts=Counts(system.size, system.n_outputs, watch.steps, drive.evaluations, drive.jacobians),
            energy=energy,
            joules=joules,
            samples=samples,
            cpu_s=time.process_time() - cpu,
            wall_s=time.perf_counter() - wall,
            settled_at=settled_at,
            record={
                "program": "analoghop",
                "version": __version__,
                "engine": type(self).__name__,
                "compiled": self.compiled,
                "precision": "float64",
                "method": ", then ".join(drive.methods),
                "rtol": self.rtol,
                "atol": self.atol,
                "interrupted": within.interrupted,
            },
        )

    def _method(self, system: System) -> str:
        if system.size == 0:
            return "none"
        if self.method == "auto":
            # Delays make corners: a method of one step starts anew behind them with long steps at once.
            delays = math.isfinite(system.longest_step)
            small = system.size <= _SMALL and system.explicit_only is None and not delays
            return "LSODA" if small else "DOP853"
        if system.explicit_only is not None and METHODS[self.method].jacobian != "none":
            raise InputError(
                f"method {self.method!r} does not fit: {system.explicit_only}; use RK23, RK45 or DOP853"
            )
        return self.method


def _begun(system: System, times: Array, rtol: float) -> System:
    """Return the system for the run over `times`; raises `InputError` where its delays are far too short."""
    start, end = float(times[0]), float(times[-1])
    if end - start > _DELAYS * system.longest_step:
        raise InputError(
            f"the run of {end - start:g} s has more than {_DELAYS:.0e} of the shortest delay, "
            f"{system.longest_step:g} s, and a step is no longer than that: leave such lines out"
        )
    return system.begun(start, end, rtol)


@contextmanager
def _collected_warnings() -> Iterator[list[warnings.WarningMessage]]:
    """Collect warnings instead of printing them; those that are not SciPy's are issued again at the end."""
    with warnings.catch_warnings(record=True) as caught:
        # Once per text and place: a right-hand side may issue a warning a million times.
        warnings.simplefilter("default")
        yield caught
    for warning in caught:
        if not _of_scipy(warning):
            warnings.warn_explicit(warning.message, warning.category, warning.filename, warning.lineno)


def _of_scipy(warning: warnings.WarningMessage) -> bool:
    return "scipy" in Path(warning.filename).parts
