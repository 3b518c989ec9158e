"""`check_engine`: the laws of an engine."""

from __future__ import annotations

import time
from functools import cache
from typing import Any

import numpy as np

from analoghop.arrays import Array
from analoghop.engines.base import Engine, EnsembleEngine
from analoghop.engines.trajectory.scipy_ivp import ScipyIVP
from analoghop.ensembles import GivenStarts, random_starts
from analoghop.errors import InputError
from analoghop.limits import Limits
from analoghop.solution import Solution, Status
from analoghop.systems.base import System
from analoghop.testing.claims import agree, demand, equal, refused
from analoghop.testing.small_systems import SMALL_SYSTEMS, dense, exploding

SPAN = 3.0
GRID = 6
MEMBERS = 3


def check_engine(engine: Engine, within: float = 1e-4) -> None:
    """Raise `AssertionError`, naming the law and the numbers, unless `engine` keeps its contract.

    `within` is the allowed error of its states, in units of the systems' input scales. The reference is SciPy
    at rtol 1e-10, on the `SMALL_SYSTEMS` that the engine accepts; it accepts at least one.

    The laws, of `analoghop.engines.base.Engine`: the states are those of the reference, at every time of a
    grid whose first and last entries are the start and the end; `stop` ends a run and its record at a step
    whose outputs satisfy it; limits that are over end a run, with the status for it; an ensemble engine gives
    each member the result of a run of that member alone, in any order and with any number of threads; a
    circuit whose voltages overflow gives a status, not an exception; shapes that do not fit, numbers that are
    not finite and times that do not increase raise `InputError`.
    """
    accepted = [name for name in SMALL_SYSTEMS if _check_truth(engine, name, within)]
    demand(accepted, f"{type(engine).__name__} accepts none of the systems {', '.join(SMALL_SYSTEMS)}")
    _check_grid(engine, "driven" if "driven" in accepted else accepted[0], within)
    _check_stop(engine, within)
    _check_limits(engine)
    _check_failure(engine)
    _check_refusals(engine)


@cache
def _truth(name: str) -> tuple[System, Array, list[Solution]]:
    """Return a system, starts (n, members), and the reference solutions on a grid."""
    system = SMALL_SYSTEMS[name]()
    x0, grid = random_starts(system, MEMBERS, seed=2).array(), np.linspace(0.0, SPAN, GRID)
    exact = ScipyIVP(rtol=1e-10, audit=False)
    return system, x0, [exact.integrate(system, x0[:, k], grid) for k in range(MEMBERS)]


def _check_truth(engine: Engine, name: str, within: float) -> bool:
    """Return whether the engine accepts the system `name`; if so, check the end of a span of time."""
    system, x0, truths = _truth(name)
    try:
        run = engine.integrate(system, x0[:, :1], (0.0, SPAN))
    except InputError:
        return False
    law = f"{type(engine).__name__} on the system {name!r}"
    last = np.column_stack([truth.states[:, -1] for truth in truths])
    _close(f"{law}: the state at the end of a span", run.states[:, -1:], last[:, :1], within, system)
    agree(f"{law}: the first state is the start", run.states[:, 0], x0[:, 0], rtol=1e-12, atol=1e-15)
    span = (float(run.times[0]), float(run.times[-1]))
    agree(f"{law}: the ends of a span", span, (0.0, SPAN), atol=1e-12)
    demand((np.diff(run.times) > 0).all(), f"{law}: recorded times do not increase")
    demand(run.status is Status.TIME_UP, f"{law}: a run to its end has the status {run.status.value!r}")
    if isinstance(engine, EnsembleEngine):
        many = engine.integrate_many(system, GivenStarts(x0), (0.0, SPAN))
        demand(len(many) == MEMBERS, f"{law}: {len(many)} of {MEMBERS} members have finished")
        _close(f"{law}: last states of {MEMBERS} members", many.states, last, within, system)
    return True


def _check_grid(engine: Engine, name: str, within: float) -> None:
    system, x0, truths = _truth(name)
    law, grid = f"{type(engine).__name__} on the system {name!r} and a grid", np.linspace(0.0, SPAN, GRID)
    run = engine.integrate(system, x0[:, 0], grid)
    agree(f"{law}: times", run.times, grid, atol=1e-12)
    _close(f"{law}: states", run.states, truths[0].states, within, system)
    if not isinstance(engine, EnsembleEngine):
        return
    many = engine.integrate_many(system, GivenStarts(x0), grid)
    if many.traces is None or many.trace_times is None:
        raise AssertionError(f"{law}: {GRID} times were given, and no waveforms are there")
    agree(f"{law}: times of the waveforms", many.trace_times, grid, atol=1e-12)
    agree(f"{law}: the last of the waveforms", many.traces[:, -1].T, many.states, rtol=1e-12)
    for k, truth in enumerate(truths):
        _close(f"{law}: waveform of member {k}", many.traces[k].T, truth.states, within, system)
    order = [2, 0, 1]
    other = engine.integrate_many(system, GivenStarts(x0[:, order]), grid)
    agree(f"{law}: members in another order", other.states, many.states[:, order], rtol=1e-9, atol=1e-12)


def _close(law: str, got: Array, wanted: Array, within: float, system: System) -> None:
    """Raise `AssertionError` unless states agree in the unit of the input scale."""
    agree(law, got / system.input_scale, wanted / system.input_scale, atol=within)


def _check_stop(engine: Engine, within: float) -> None:
    system, x0, truths = _truth("dense")
    first = truths[0].outputs[0]
    level, rising = 0.5 * (first[0] + first[-1]), first[-1] > first[0]

    def stop(v: Array) -> Any:
        return (v[0] > level) == rising

    run = engine.integrate(system, x0[:, 0], (0.0, SPAN), stop)
    law = f"{type(engine).__name__} with `stop`"
    demand(run.status is Status.STOPPED, f"{law}: the status is {run.status.value!r}, expected 'stopped'")
    end = float(run.times[-1])
    demand(0.0 < end < SPAN, f"{law}: the run ends at {end:g} s of {SPAN:g} s")
    demand(stop(run.outputs[:, -1:]).all(), f"{law}: the last outputs do not satisfy it")
    exact = ScipyIVP(rtol=1e-10, audit=False).integrate(system, x0[:, 0], (0.0, end))
    _close(f"{law}: the last state", run.states[:, -1:], exact.states[:, -1:], within, system)
    equal(f"{law}: the start stays the first state", run.states[:, 0], x0[:, 0])


def _check_limits(engine: Engine) -> None:
    system, x0, _ = _truth("dense")
    law = f"{type(engine).__name__} under limits that are over"
    late = Limits().until(time.monotonic())
    run = engine.integrate(system, x0[:, 0], (0.0, SPAN), limits=late)
    demand(
        run.status is Status.TIME_LIMIT, f"{law}: the status is {run.status.value!r}, expected 'time limit'"
    )
    demand(run.times[-1] < SPAN, f"{law}: the run comes to its end, {SPAN:g} s")
    if isinstance(engine, EnsembleEngine):
        times = (0.0, SPAN)
        many = engine.integrate_many(system, GivenStarts(x0), times, limits=late)
        demand(len(many) < MEMBERS, f"{law}: all {MEMBERS} members have finished")
        one, two = (
            engine.integrate_many(system, GivenStarts(x0), times, limits=Limits(threads=k)) for k in (1, 2)
        )
        law = f"{type(engine).__name__} with two threads and with one"
        agree(law, two.states, one.states, rtol=1e-9, atol=1e-12)


def _check_failure(engine: Engine) -> None:
    law = f"{type(engine).__name__} on a circuit that leaves the finite numbers"
    try:
        with np.errstate(all="ignore"):
            run = engine.integrate(exploding(), [1e300], (0.0, 1.0))
    except InputError:
        return
    except Exception as error:
        raise AssertionError(
            f"{law}: {type(error).__name__} is raised, expected a status: {error}"
        ) from error
    demand(run.status is Status.FAILED, f"{law}: the status is {run.status.value!r}, expected 'failed'")
    demand(run.message, f"{law}: the solution has no message")


def _check_refusals(engine: Engine) -> None:
    system, name = dense(), type(engine).__name__
    x0 = np.zeros(system.size)
    for what, start, times in (
        ("a start of the wrong size", x0[1:], (0.0, 1.0)),
        ("a start that is not finite", x0 + np.nan, (0.0, 1.0)),
        ("two starts", np.zeros((system.size, 2)), (0.0, 1.0)),
        ("one time", x0, (0.0,)),
        ("times that do not increase", x0, (1.0, 0.0)),
        ("a time that is not finite", x0, (0.0, np.inf)),
    ):
        refused(f"{name} with {what}", lambda x=start, t=times: engine.integrate(system, x, t))  # type: ignore[misc]
