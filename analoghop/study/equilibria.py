"""`equilibrium`: the equilibrium that a circuit reaches, its stability and its energy."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analoghop.arrays import Array
from analoghop.circuit.circuit import Circuit
from analoghop.circuit.source import OpenCircuit, source_of
from analoghop.engines import ScipyIVP
from analoghop.engines.settling import at_rest, dense_jacobian
from analoghop.limits import Limits, limited
from analoghop.solution import Ran, Solution, Status
from analoghop.study.resting import quiet_time
from analoghop.systems.base import System

_FIRST = (
    50.0  # slowest own time constants after which a circuit that has not settled may be seen to oscillate
)
_RETURNS = 3  # returns to the same state that are looked at
_DRIFT = 0.1  # of the swing: what the change from return to return may sum up to until the run would end
_SPANS = np.array([1e3, 1e4, 1e5])  # time to come to rest, in slowest own time constants
_CREEPING = 1e-2  # movement per own time constant, relative to the state, down to which a run is continued
_AT_REST = 1e-9  # largest movement per own time constant, relative to the state, that counts as none
_NEAR = 0.1  # relative to the state: an equilibrium further away is another one
_ON_SADDLE = 1e-6  # relative to the state: distance from a saddle at which a circuit rests on it
_ROUNDING = 1e-12  # relative to the Jacobian's norm: the sign of a smaller eigenvalue is not known


@dataclass(frozen=True, eq=False)
class Equilibrium:
    """A state of zero rate, and the linearised system there.

    `state` (n,), `outputs` (n_outputs,). `eigenvalues` (n,) of the Jacobian there in 1/s, rightmost first.
    `stable`: all of them have a negative real part. `minimum`: whether the state is a local minimum of the
    energy, None if no theorem applies or the eigenvalues do not decide it. `residual` is the largest movement
    left, per own time constant and relative to the state (or its input scale). `converged` is False if the
    circuit did not come to rest (it oscillates, diverges or needs longer): then the fields describe the last
    state, neither stable nor a minimum. `message` is the result as a sentence. `ran` is the engine, None if
    no run was needed, and `interrupted` is True if Ctrl-C ended the run.

    Why stability decides about the minimum: under a theorem dE/dt <= 0 along every trajectory. From any state
    near a stable equilibrium the circuit returns to it, E falling, so no state near it has a lower energy.
    Where an eigenvalue has a positive real part, a trajectory leaves the equilibrium, E falling: no minimum.
    """

    state: Array
    outputs: Array
    eigenvalues: NDArray[np.complex128]
    stable: bool
    minimum: bool | None
    residual: float
    converged: bool
    message: str
    ran: Ran | None = None
    interrupted: bool = False


def equilibrium(
    source: System | Circuit | str | Path,
    x0: ArrayLike,
    *,
    duration: float | None = None,
    time_limit: float | None = None,
    limits: Limits | None = None,
) -> Equilibrium:
    """Return the equilibrium that `source`, as in `simulate`, reaches from the state `x0` (n,) at t = 0.

    The circuit runs until it has settled, at most `duration` seconds after its inputs have come to rest
    (None: 1000 of its slowest own time constants, up to 100 000 while it creeps), and until `time_limit`
    seconds of wall clock or Ctrl-C; `limits` replace `time_limit`. Newton's method then makes the state
    exact. A start exactly on a saddle stays there. The work grows with the cube of the number of states.
    Raises `InputError` if an input never comes to rest, or the circuit has noise or lines that delay.
    """
    opened = source_of(source)
    system = opened.lure if isinstance(opened, OpenCircuit) else opened
    quiet = quiet_time(system)
    if system.size == 0:
        outputs, none = system.outputs(quiet, np.zeros((0, 1)))[:, 0], np.zeros(0, dtype=np.complex128)
        return Equilibrium(np.zeros(0), outputs, none, True, None, 0.0, True, "the circuit has no states")
    slowest = float(system.time_constants.max())
    spans = _SPANS * slowest if duration is None else np.array([duration])
    engine = ScipyIVP(rtol=1e-8, settle=True, audit=False)
    t, x = 0.0, x0
    with limited(limits, time_limit=time_limit) as within:
        early = quiet + _FIRST * slowest
        if early < quiet + float(spans[0]):
            run = engine.integrate(system, x, (t, early), limits=within)
            t, x = float(run.times[-1]), run.states[:, -1]
            if run.status is Status.TIME_UP:
                period = _period(system, run, quiet, quiet + float(spans[0]))
                if period is not None:
                    told = f"the circuit oscillates, with a period of {period:.4g} s"
                    return _examined(system, t, x, replace(run, message=told))
            else:
                return _examined(system, t, x, run)
        for span in spans:
            run = engine.integrate(system, x, (t, quiet + float(span)), limits=within)
            t, x = float(run.times[-1]), run.states[:, -1]
            found = _examined(system, t, x, run)
            ended = run.status in (Status.FAILED, Status.TIME_LIMIT)
            # A run that still moves slowly, along a slow mode or away from a saddle, is continued.
            if found.converged or ended or not at_rest(system, t, x, _CREEPING):
                break
    return found


def _examined(system: System, t: float, last: Array, run: Solution) -> Equilibrium:
    """Return the equilibrium of a run that has come to rest in the state `last` (n,) at `t`."""
    with np.errstate(all="ignore"):
        state, residual = _polished(system, t, last)
        J = dense_jacobian(system, t, state)
        eigenvalues = _rightmost_first(J)
        growth, margin = float(eigenvalues[0].real), _ROUNDING * float(np.abs(J).sum(axis=1).max())
        moved = np.abs(state - last) / np.maximum(np.abs(last), system.input_scale[:, 0])
        # A state near a saddle moves away from it, one near a stable equilibrium towards it.
        arrived = not growth > margin or bool((moved < _ON_SADDLE).all())
        converged = t >= system.quiet_after() and residual <= _AT_REST and arrived
        if not converged:
            state, eigenvalues = last, _rightmost_first(dense_jacobian(system, t, last))
        outputs = system.outputs(t, state[:, None])[:, 0]
    stable = converged and growth < -margin
    decided = converged and system.theorem.applies and abs(growth) > margin
    return Equilibrium(
        state=state,
        outputs=outputs,
        eigenvalues=eigenvalues,
        stable=stable,
        minimum=stable if decided else None,
        residual=residual,
        converged=converged,
        message=_message(converged, stable, growth > margin, run),
        ran=run.ran,
        interrupted=bool(run.record["interrupted"]),
    )


def _period(system: System, run: Solution, quiet: float, end: float) -> float | None:
    """Return the period of a run that comes back to the same states, None if it has not been seen to.

    The last state is sought in the steps before it, where the trajectory passes the plane through it across
    its velocity. It counts as periodic if the last returns are so near to each other that the run, drifting
    on like that until `end`, would not leave the cycle: a ringing that dies away slowly is followed further.
    """
    after = run.times >= quiet
    t, x = run.times[after], run.states[:, after]
    if len(t) < 8:
        return None
    swing = np.ptp(x[:, len(t) // 2 :], axis=1, keepdims=True)
    moving = swing[:, 0] > 1e-6 * np.maximum(np.abs(x[:, -1]), system.input_scale[:, 0])
    if not moving.any():
        return None
    rates = system.rhs(float(t[-1]), x)[moving] / swing[moving]
    z = x[moving] / swing[moving]
    normal = rates[:, -1] / np.linalg.norm(rates[:, -1])
    if not np.isfinite(normal).all() or not np.isfinite(z).all():
        return None
    height, speed = normal @ (z - z[:, -1:]), normal @ rates
    k = np.flatnonzero((height[:-1] < 0) & (height[1:] >= 0))
    k = k[k < len(t) - 2]
    found = [_passed(t, z, rates, height, speed, int(j)) for j in k]
    near = [(when, place) for when, place in found if np.abs(place - z[:, -1]).max() < 0.05]
    if len(near) < _RETURNS:
        return None
    times = np.array([when for when, _ in near[-_RETURNS:]] + [t[-1]])
    places = np.array([place for _, place in near[-_RETURNS:]] + [z[:, -1]])
    lengths = np.diff(times)
    period = float(lengths.mean())
    drift = float(np.abs(np.diff(places, axis=0)).max())
    steady = np.ptp(lengths) < 1e-3 * period and drift * (end - float(t[-1])) / period < _DRIFT
    return period if steady else None


def _passed(t: Array, z: Array, rates: Array, height: Array, speed: Array, k: int) -> tuple[float, Array]:
    """Return when and where a trajectory passes height 0 in step `k`, by the cubic through both ends."""
    h = float(t[k + 1] - t[k])

    def cubic(a: Any, b: Any, da: Any, db: Any, s: float) -> Any:
        value = (1 + 2 * s) * (1 - s) ** 2 * a + s * (1 - s) ** 2 * h * da
        return value + s * s * (3 - 2 * s) * b + s * s * (s - 1) * h * db

    low, high = 0.0, 1.0
    for _ in range(50):
        s = 0.5 * (low + high)
        below = cubic(height[k], height[k + 1], speed[k], speed[k + 1], s) < 0
        low, high = (s, high) if below else (low, s)
    return float(t[k]) + high * h, np.asarray(cubic(z[:, k], z[:, k + 1], rates[:, k], rates[:, k + 1], high))


def _polished(system: System, t: float, start: Array) -> tuple[Array, float]:
    """Return the equilibrium close to `start` (n,) and its residual; `start` itself if there is none."""
    tau, scale = system.time_constants[:, 0], np.maximum(np.abs(start), system.input_scale[:, 0])

    def movement(x: Array) -> Array:
        rate: Array = system.rhs(t, x[:, None])[:, 0]
        return rate * tau / scale

    best = x = start
    now = movement(x)
    smallest = float(np.abs(now).max())
    for _ in range(20):
        J = dense_jacobian(system, t, x)
        if not np.isfinite(J).all():
            break
        # In units of the scale and per time constant, so that the least-squares step with a singular
        # Jacobian (an integrator at rest) has equal weights for all states.
        weighted = J * (tau / scale)[:, None] * scale
        if not np.isfinite(weighted).all() or not np.isfinite(now).all():
            break  # LAPACK would complain on standard output
        try:
            step = np.linalg.lstsq(weighted, -now, rcond=None)[0]
        except np.linalg.LinAlgError:
            break  # numbers so large that their squares are none
        x = x + scale * step
        if not np.isfinite(x).all() or (np.abs(x - start) > _NEAR * scale).any():
            break
        now = movement(x)
        if not np.abs(now).max() < smallest:
            break
        best, smallest = x, float(np.abs(now).max())
    return best, smallest


def _rightmost_first(J: Array) -> NDArray[np.complex128]:
    if not np.isfinite(J).all():
        return np.full(len(J), np.nan, dtype=np.complex128)
    values = np.linalg.eigvals(J).astype(np.complex128)
    return values[np.argsort(-values.real, kind="stable")]


def _message(converged: bool, stable: bool, unstable: bool, run: Solution) -> str:
    if not converged:
        return f"no equilibrium was reached: {run.message}"
    if unstable:
        return "an unstable equilibrium: the circuit leaves it when disturbed"
    return "a stable equilibrium" if stable else "an equilibrium that is neither stable nor unstable"
