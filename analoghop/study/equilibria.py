"""`equilibrium`: where a circuit comes to rest, how small disturbances fare there, and its energy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analoghop.arrays import Array
from analoghop.engines import ScipyIVP
from analoghop.engines.settling import dense_jacobian
from analoghop.errors import InputError
from analoghop.solution import Status
from analoghop.systems.base import System

_SPAN = 1000.0  # slowest own time constants that a circuit has to come to rest
_AT_REST = 1e-9  # largest movement per own time constant, relative to the state, that counts as none
_NEAR = 0.1  # of the state: further away lies another equilibrium
_ROUNDING = 1e-12  # of the Jacobian's norm: an eigenvalue this small has no sign


@dataclass(frozen=True, eq=False)
class Equilibrium:
    """A state at which nothing moves, and what surrounds it.

    `state` (n,), `outputs` (n_outputs,). `eigenvalues` (n,) of the Jacobian there in 1/s, rightmost first.
    `stable`: all of them have a negative real part. `minimum`: whether the state is a local minimum of the
    energy, None where no theorem applies or the eigenvalues do not tell. `residual` is the largest movement
    per own time constant relative to the state (or its input scale). `converged` is False where the circuit
    found no rest (it oscillates, diverges or needs longer): then the fields describe the last state, neither
    stable nor a minimum. `message` says it in words.

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


def equilibrium(
    system: System,
    x0: ArrayLike,
    *,
    duration: float | None = None,
    time_limit: float | None = None,
) -> Equilibrium:
    """Return the equilibrium that `system` reaches from the state `x0` (n,) at t = 0.

    The circuit runs until it has settled, at most `duration` seconds after its inputs have come to rest
    (None: 1000 of its slowest own time constants) and `time_limit` seconds of wall clock; Newton's method
    then makes the state exact. A start exactly on a saddle stays there. The work grows with the cube of the
    number of states.
    Raises `InputError` where an input never comes to rest.
    """
    quiet = system.quiet_after()
    if not np.isfinite(quiet):
        raise InputError("an input of this circuit never comes to rest, so it has no equilibrium")
    if not system.size:
        return _algebraic(system, quiet)
    end = quiet + (_SPAN * float(system.time_constants.max()) if duration is None else duration)
    engine = ScipyIVP(rtol=1e-8, settle=True, time_limit=time_limit, audit=False)
    run = engine.integrate(system, x0, (0.0, end))
    t, last = float(run.times[-1]), run.states[:, -1]
    with np.errstate(all="ignore"):
        state, residual = _polished(system, t, last)
    converged = t >= quiet and residual <= _AT_REST
    J = dense_jacobian(system, t, state)
    eigenvalues = _rightmost_first(J)
    margin = _ROUNDING * float(np.abs(J).sum(axis=1).max())
    growth = float(eigenvalues[0].real)
    stable = converged and growth < -margin
    decided = converged and system.theorem.applies and abs(growth) > margin
    return Equilibrium(
        state=state,
        outputs=system.outputs(t, state[:, None])[:, 0],
        eigenvalues=eigenvalues,
        stable=stable,
        minimum=stable if decided else None,
        residual=residual,
        converged=converged,
        message=_message(converged, stable, run.status, run.message),
    )


def _algebraic(system: System, t: float) -> Equilibrium:
    nothing = np.zeros(0)
    outputs = system.outputs(t, nothing[:, None])[:, 0]
    message = "a circuit without capacitors: its voltages follow the sources at once"
    return Equilibrium(nothing, outputs, nothing.astype(np.complex128), True, None, 0.0, True, message)


def _polished(system: System, t: float, start: Array) -> tuple[Array, float]:
    """Return the equilibrium close to `start` (n,) and its residual; `start` itself where there is none."""
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
        # In units of the scale and per time constant, so that the least-squares step of a singular
        # Jacobian (an integrator at rest) means the same for every state.
        step = np.linalg.lstsq(J * (tau / scale)[:, None] * scale, -now)[0]
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


def _message(converged: bool, stable: bool, status: Status, run: str) -> str:
    if not converged:
        found = run if status in (Status.FAILED, Status.TIME_LIMIT) else f"it still moves: {run}"
        return f"no equilibrium was reached; {found}"
    return (
        "a stable equilibrium" if stable else "an unstable equilibrium: the circuit leaves it when disturbed"
    )
