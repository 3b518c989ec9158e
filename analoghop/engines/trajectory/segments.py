"""`SegmentedRun`: a run of SciPy's solvers, restarted at every corner of the inputs."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from functools import partial
from typing import Any, Literal, NamedTuple

import numpy as np

from analoghop.arrays import Array
from analoghop.engines.base import corners, just_after, just_before
from analoghop.engines.trajectory.algebraic import Still
from analoghop.engines.trajectory.crossings import Crossings, Stops
from analoghop.engines.trajectory.recorder import Watch
from analoghop.engines.trajectory.solvers import solver_class
from analoghop.engines.trajectory.stiffness import Stiffness
from analoghop.limits import Limits
from analoghop.solution import Status
from analoghop.systems.base import System

_STALLED = 100  # steps without any progress after which a solver is given up
_CREEP = 1000  # steps after which their mean length is looked at
_SHORTEST = 1e-6  # of the fastest time constant: where the mean is shorter, another method may do better
_log = logging.getLogger(__name__)

_SPARE = {"LSODA": "Radau", "DOP853": "BDF"}
"""Methods that go on where another one fails or crawls.

Radau where LSODA fails: at stiffness of 1e9, and at corners that it cannot leave. BDF where the stability of
DOP853 holds its steps down: it takes one sparse factorisation where Radau takes two, one of them complex.
"""


class Kind(NamedTuple):
    """Properties of a method."""

    order: int  # order of the error estimate, or of the first step
    jacobian: Literal["none", "dense", "any"]
    one_step: bool = True  # whether a first step may be as long as any


METHODS = {
    "RK23": Kind(2, "none"),
    "RK45": Kind(4, "none"),
    "DOP853": Kind(7, "none"),
    "LSODA": Kind(1, "dense", False),
    "BDF": Kind(1, "any", False),
    "Radau": Kind(3, "any"),
}


class Failure(Exception):
    """The integration cannot go on; the text gives the reason."""


class Stuck(Failure):
    """The method cannot go on from a good state; another one may."""


class _Pace:
    """Raises `Stuck` where many steps together have gone less than a thousandth of the time `fastest`."""

    def __init__(self, start: float, fastest: float) -> None:
        self._since, self._least, self._steps = start, fastest * _CREEP * _SHORTEST, 0

    def check(self, t: float) -> None:
        """Count one step that ended at `t`."""
        self._steps += 1
        if self._steps % _CREEP == 0:
            if t - self._since < self._least:
                raise Stuck(f"the steps are too short at t = {t:g} s")
            self._since = t


class SegmentedRun:
    """One run of SciPy's solvers from corner to corner; of `Still`, where `method` is none of theirs.

    With `free` the method may be changed: where LSODA fails or its steps become too short, Radau goes on;
    where only the stability of DOP853 holds its steps down, BDF.
    `methods` are those that have been used, `atol` (n,) is the absolute tolerance of each state.
    """

    def __init__(
        self,
        system: System,
        method: str,
        rtol: float,
        atol: float | None,
        max_step: float,
        watch: Watch,
        free: bool = False,
    ) -> None:
        self._system, self._watch = system, watch
        self._spare = _SPARE.get(method) if free and system.explicit_only is None else None
        self._stiffness: Stiffness | None = None
        self.methods: tuple[str, ...] = ()
        self._rhs = system.bind()
        self.atol = _absolute(system.input_scale[:, 0], rtol, atol)
        self._options: dict[str, Any] = {"rtol": rtol, "atol": self.atol, "max_step": max_step}
        # SciPy's own guess knows no unit of time (it tries 1e-6 s from x = 0); LSODA's own is sound.
        self._fastest = float(np.min(system.time_constants, initial=np.inf))
        self._cornered = system.cornered and method in METHODS
        self._remembers = np.isfinite(system.longest_step)
        self._last_jacobian: Any = None
        self.evaluations = self.jacobians = 0
        self._use(method)

    def _use(self, method: str) -> None:
        self.methods += (method,)
        self._kind = METHODS.get(method, Kind(1, "none"))
        self._solver: Callable[..., Any] | None = solver_class(method)
        self._first_step = self._fastest * self._options["rtol"] ** (1.0 / (self._kind.order + 1))

    def run(self, start: float, end: float, x: Array, limits: Limits) -> tuple[Status, str]:
        """Integrate from `x` (n,) at `start` to `end`, or until the watch or a failure ends the run.

        Returns status and message; the message is empty if the `limits` end the run.
        """
        ended = Status.TIME_LIMIT, ""
        with limits.heed():
            ended = self._through(corners(self._system, start, end), x, limits)
        return ended

    def _through(self, edges: Sequence[float], x: Array, limits: Limits) -> tuple[Status, str]:
        self._span, end = (edges[0], edges[-1]), edges[-1]
        if self._spare and self._kind.jacobian == "none":
            self._stiffness = Stiffness(self._system, *self._span)
        for a, b in zip(edges, edges[1:], strict=False):
            before = just_before(b, a, end)
            self._watch.segment(just_after(a) if a > edges[0] else a, before, b == end)
            try:
                # At the end of the run no solver goes on: its rate need not be that before the end.
                x, t = self._stretch(a, b, x, before if b < end else b, limits)
            except Failure as failure:
                return Status.FAILED, str(failure)
            if self._watch.ended is None and t < b:
                return Status.TIME_LIMIT, ""
            if self._watch.ended is None and b < end:
                self._watch.jump(b)
            if self._watch.ended is not None:
                return self._watch.ended, ""
        return Status.TIME_UP, f"reached t = {end:g} s"

    def _stretch(self, a: float, b: float, x: Array, before: float, limits: Limits) -> tuple[Array, float]:
        """Return the end of the stretch and its state; the spare method goes on where the first one fails."""
        try:
            return self._segment(a, b, x, before, limits)
        except Stuck:
            if self._spare is None:
                raise
            _log.info("%s goes on at t = %g s, where the first method gave up", self._spare, self._watch.t)
            self._use(self._spare)
            self._watch.change(self._spare)
            self._spare = self._stiffness = None
            ended = self._watch.ended is not None
            if ended or self._watch.t >= b:  # `Stuck` comes on the last step of a stretch too
                return self._watch.x, self._watch.t
            return self._segment(self._watch.t, b, self._watch.x, before, limits)

    def _segment(self, a: float, b: float, x: Array, before: float, limits: Limits) -> tuple[Array, float]:
        """Return the state and the time at which the segment from `a` to `b` ended."""
        t, (start, end) = a, self._span
        with closing(self._steps(a, b, x, before)) as steps:
            for solver in steps:
                x, t = solver.y, float(solver.t)
                if limits.over:
                    break
                limits.tell(t - start, end - start, "s")
        return x, t

    def _steps(self, a: float, b: float, x: Array, before: float) -> Generator[Any, None, None]:
        """Yield the solver after each step that goes on, from `a` to `b` or until the watch ends the run."""
        watch = self._watch
        rhs, jac = self._inside(a, b, before)
        if not np.isfinite(rhs(a, x)).all():
            raise Failure(f"the rate of change is not finite at t = {a:g} s")
        solver, stalled, pace = None, 0, _Pace(a, self._fastest if self._spare else 0.0)
        crossings = Crossings(self._system, self._options["rtol"], a, x) if self._cornered else None
        stops = Stops(crossings, partial(self._start, rhs, jac), self._count)
        try:
            solver = self._start(rhs, jac, a, b, x)
            while solver.status == "running" and watch.ended is None:
                stops.begin(solver)
                message = solver.step()
                if solver.status == "failed":
                    raise Stuck(f"{(message or 'the solver gave up').rstrip('.')} at t = {solver.t:g} s")
                if not np.isfinite(solver.y @ solver.y) and not np.isfinite(solver.y).all():
                    raise Failure(f"the state is not finite after t = {solver.t_old:g} s")
                if solver.t == solver.t_old:
                    # LSODA continues with steps too short to change the time; a small first step has a few.
                    stalled += 1
                    if stalled > _STALLED:
                        raise Stuck(f"{solver.TOO_SMALL_STEP.rstrip('.')} at t = {solver.t:g} s")
                    continue
                shorter = stops.shorter(solver)
                if shorter is not None:
                    solver = shorter
                    continue
                self._accept(solver, stops.beside)
                pace.check(solver.t)
                self._check_stiffness(solver)
                yield solver
                solver = stops.onward(solver, b)
        except ArithmeticError as error:
            raise Failure(f"{error} after t = {self._reached(solver, a):g} s") from error
        except (RuntimeError, ValueError) as error:
            # Of a matrix that is singular or not finite; any other error is a bug and must not be hidden.
            if not any(word in str(error).lower() for word in ("singular", "infs or nans")):
                raise
            raise Failure(f"{error} after t = {self._reached(solver, a):g} s") from error
        finally:
            if solver is not None:
                self._count(solver)

    def _accept(self, solver: Any, at_corner: bool) -> None:
        if self._remembers:
            self._system.remember(solver.t_old, solver.t, solver.dense_output())
        self._watch.accept(solver, at_corner)

    def _check_stiffness(self, solver: Any) -> None:
        if self._stiffness and self._stiffness.limits(solver.t, solver.y):
            raise Stuck(f"stability alone holds the steps down at t = {solver.t:g} s")

    def _count(self, solver: Any) -> None:
        self.evaluations += solver.nfev
        self.jacobians += int(solver.njev)

    @staticmethod
    def _reached(solver: Any, a: float) -> float:
        return a if solver is None else float(solver.t)

    def _start(self, rhs: Any, jac: Any, a: float, b: float, x: Array, step: float = 0.0) -> Any:
        """Return the solver from `a` to `b`; `step` is the length of a step that has been taken there."""
        options = dict(self._options)
        if self._solver is None:
            return Still(a, b, options["max_step"])
        if self._kind.jacobian != "none":
            options["jac"] = jac
        if self._kind.jacobian != "dense":
            first = max(self._first_step, step if self._kind.one_step else 0.0)
            options["first_step"] = min(first, options["max_step"], b - a)
            if self._cornered and self._kind.jacobian == "any":
                options["jac"] = self._ahead(jac, x + options["first_step"] * rhs(a, x))
        return self._solver(rhs, a, x, b, **options)

    @staticmethod
    def _ahead(jac: Any, state: Array) -> Any:
        """Return the Jacobian, for the first time at a `state` ahead: at a corner it is that of the far side.

        With the slope of a comparator, which it has left, Newton's method would end far from the solution.
        """
        calls = itertools.count()
        return lambda t, x: jac(t, state if next(calls) == 0 else x)

    def _jacobian(self, t: float, x: Array) -> Any:
        J = self._system.jacobian(t, x[:, None])
        sparse = hasattr(J, "toarray")
        if not np.isfinite(J.data if sparse else J).all():
            # The trial state is too far off: with the last Jacobian Newton's method fails, the step shrinks.
            if self._last_jacobian is None:
                raise Failure(f"the Jacobian is not finite at t = {t:g} s")
            return self._last_jacobian
        self._last_jacobian = J.toarray() if sparse and self._kind.jacobian == "dense" else J
        return self._last_jacobian

    def _inside(self, a: float, b: float, before: float) -> tuple[Any, Any]:
        """Return rate and Jacobian from `a` to `b` with the inputs after one corner and `before` the next."""
        rhs, jacobian, after = self._rhs, self._jacobian, just_after(a)
        if a <= self._span[0]:
            if before >= b:
                return rhs, jacobian
            after = a

        def rate(t: float, x: Array) -> Array:
            return rhs(min(max(t, after), before), x)

        def jac(t: float, x: Array) -> Any:
            return jacobian(min(max(t, after), before), x)

        return rate, jac


def _absolute(scale: Array, rtol: float, atol: float | None) -> Array:
    """Return the absolute tolerance of each state, (n,), given its input `scale`.

    A tolerance in volts may be too coarse for an amplifier that switches within a microvolt: a given value is
    limited to 100 rtol of the input scale.
    """
    return 0.01 * rtol * scale if atol is None else np.minimum(atol, 100.0 * rtol * scale)
