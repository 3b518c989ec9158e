"""The operating point: the equilibrium from which a transient without `uic` starts."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from analoghop.arrays import Array, Indices
from analoghop.circuit.circuit import Circuit
from analoghop.circuit.elements import Inductor
from analoghop.circuit.primitives.primitives import without_devices
from analoghop.circuit.reduction.source_vector import at_rest
from analoghop.circuit.reduction.sparse import identity
from analoghop.errors import NumericalError
from analoghop.limits import Limits
from analoghop.systems.circuits.lure import Lure
from analoghop.systems.circuits.matrices import Matrix, dense

_ACCURATE = 1e-12  # size of the last Newton step, relative to the voltages and input scales of the circuit
_NEWTON_STEPS = 60
_TRANSIENT_STEPS = 2000
_STARTS = 100
_STALLED = (
    100  # implicit Euler steps after which the residual must have fallen, or nothing is followed further
)
_WORK = 3e8  # operations of the last resort, as the cube of the states for each Newton step: half a second
_STEP = 2e5  # operations that a Newton step costs beside, in a circuit of few states


class NoOperatingPoint(NumericalError):
    """No equilibrium was found from the given initial guess."""


@dataclass(frozen=True, eq=False)
class OperatingPoint:
    """`state` (n, 1); `held`, the states that an `.ic` fixes; `ignored`, nodes whose `.ic` fixes no state."""

    state: Array
    held: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()


def operating_point(circuit: Circuit, lure: Lure, limits: Limits | None = None) -> OperatingPoint:
    """Return a state at which nothing moves while all sources keep their values of t = 0.

    Newton's method starts from `.nodeset`, else from 0 V, so that a symmetric circuit may end in a saddle, as
    in ngspice; where it does not converge the circuit is followed in growing implicit Euler steps. A state
    that an `.ic` fixes keeps that value and need not be at rest; `IC=` of capacitors counts only with `uic`.
    Raises `NoOperatingPoint` where neither converges within the `limits`.
    """
    # Capacitors carry no current at an operating point, even those driven by sources that change at t = 0.
    still = replace(lure, S_rate=lure.S_rate * 0.0, signals=at_rest(lure.signals))
    held, ignored = _pinned(circuit.initial, lure)
    x = np.zeros((lure.size, 1))
    for state, volts in (_pinned(without_devices(circuit).nodeset, lure)[0] | held).items():
        x[state, 0] = volts
    free = np.setdiff1d(np.arange(lure.size), list(held))
    if len(free):
        try:
            x[free, 0] = _equilibrium(still, x, free, limits or Limits())
        except NoOperatingPoint as error:
            if any(isinstance(e, Inductor) for e in circuit.elements):
                raise NoOperatingPoint(
                    f"{error}; inductors in parallel, and one across a voltage source, have no determined "
                    "current at rest: put a resistor in series"
                ) from error
            raise
    return OperatingPoint(x, tuple(lure.states[k] for k in held), tuple(ignored))


def _pinned(voltages: tuple[tuple[str, float], ...], lure: Lure) -> tuple[dict[int, float], list[str]]:
    """Return the value of each state that one of `voltages` fixes, and the nodes whose voltage fixes none."""
    pinned: dict[int, float] = {}
    others = []
    if lure.observation is None:
        return pinned, [node for node, _ in voltages]
    w0 = lure.signals.value(0.0)[:, 0]
    rows = lure.observation.rows
    for node, volts in voltages:
        row = rows.get(f"v({node})")
        if row is None:
            others.append(node)
            continue
        x, v, w = (dense(part[[row]])[0] for part in _parts(lure))
        states = np.flatnonzero(x)
        if len(states) == 1 and not v.any():
            pinned[int(states[0])] = float((volts - w @ w0) / x[states[0]])
        else:
            others.append(node)
    return pinned, others


def _parts(lure: Lure) -> tuple[Array, Array, Array]:
    assert lure.observation is not None
    voltage = lure.observation.voltage
    return voltage.x, voltage.v, voltage.w


@dataclass(frozen=True, eq=False)
class _Equations:
    """F(y) = tau dx/dt at the `free` states y, in volt, the other states of `x` fixed; `scale` (m,) of y.

    The search for its zero ends with `limits`, and when the Jacobians that `allow` has granted are used up.
    """

    lure: Lure
    x: Array
    free: Indices
    limits: Limits
    left: list[int] = field(default_factory=list)

    def allow(self, jacobians: int) -> None:
        """Let the search end after this number of Jacobians."""
        self.left[:] = [jacobians]

    @property
    def over(self) -> bool:
        """Whether the search is to end."""
        return self.limits.over or bool(self.left and self.left[0] <= 0)

    @property
    def tau(self) -> Array:
        return np.asarray(self.lure.time_constants[self.free, 0])

    @property
    def scale(self) -> Array:
        return np.asarray(self.lure.input_scale[self.free, 0])

    def _state(self, y: Array) -> Array:
        x = self.x.copy()
        x[self.free, 0] = y
        return x

    def residual(self, y: Array) -> Array:
        return np.asarray(self.tau * self.lure.rhs(0.0, self._state(y))[self.free, 0])

    def jacobian(self, y: Array) -> Matrix:
        if self.left:
            self.left[0] -= 1
        full = self.lure.jacobian(0.0, self._state(y))
        if isinstance(full, np.ndarray):
            return self.tau[:, None] * full[np.ix_(self.free, self.free)]
        from scipy import sparse

        return sparse.diags_array(self.tau) @ sparse.csr_array(full)[self.free][:, self.free]

    def done(self, y: Array, step: Array) -> bool:
        reach = self.scale + np.abs(y).max(initial=0.0)
        return bool((np.abs(step) <= _ACCURATE * reach).all())


def _equilibrium(lure: Lure, x: Array, free: Indices, limits: Limits) -> Array:
    equations = _Equations(lure, x, free, limits)
    start = x[free, 0]
    for method in (_newton, _follow, _scattered):
        found = method(equations, start)
        if found is not None:
            return found
    if limits.over:
        raise NoOperatingPoint("no operating point was found in time")
    raise NoOperatingPoint(
        "no operating point was found: give the run a start by .ic and `uic` on the .tran line, "
        "or a guess by .nodeset"
    )


def _newton(equations: _Equations, y: Array) -> Array | None:
    """Return the solution by Newton's method, halving steps that do not reduce the residual."""
    residual = equations.residual(y)
    for _ in range(_NEWTON_STEPS):
        if equations.over:
            return None
        step = _solve(equations.jacobian(y), -residual)
        if step is None:
            return None
        if equations.done(y, step):
            return y + step
        moved = _shortened(equations, y, step, residual)
        if moved is None:
            # The residual is at the level of rounding errors: it cannot get smaller.
            return y if np.abs(residual).max() <= 1e3 * _ACCURATE * equations.scale.min() else None
        y, residual = moved
    return None


def _shortened(equations: _Equations, y: Array, step: Array, residual: Array) -> tuple[Array, Array] | None:
    size = float(np.linalg.norm(residual))
    for halving in range(12):
        new = y + 0.5**halving * step
        left = equations.residual(new)
        if np.isfinite(left).all() and float(np.linalg.norm(left)) < size:
            return new, left
    return None


def _follow(equations: _Equations, y: Array) -> Array | None:
    """Return the limit of implicit Euler steps, which grow as the residual falls, refined by Newton's method.

    Kelley & Keyes (1998), SIAM J. Numer. Anal. 35:508: switched evolution relaxation. Steps are in units of
    each state's own time constant.
    """
    length = 0.1
    size = best = _size(equations, y)
    since = 0
    for step_number in range(_TRANSIENT_STEPS):
        if equations.limits.over or step_number - since > _STALLED:
            return None
        step = _solve(_implicit(equations.jacobian(y), length), equations.residual(y))
        if step is None or not np.isfinite(step).all():
            return None
        y = y + step
        before, size = size, _size(equations, y)
        if size < 0.9 * best:
            best, since = size, step_number
        if size <= 1e-6 * float(equations.scale.min()):
            return _newton(equations, y)
        length *= min(max(before / size, 0.5), 2.0) if size > 0 else 2.0
    return None


def _scattered(equations: _Equations, y: Array) -> Array | None:
    """Return the solution of Newton's method from one of many starts around `y`, the nearest first.

    The last resort: a circuit that oscillates around its only equilibrium never settles.
    """
    rng = np.random.default_rng(0)
    reach = np.maximum(equations.scale, np.abs(y) + np.abs(equations.residual(y)))
    equations.allow(max(_NEWTON_STEPS, int(_WORK / (_STEP + len(y) ** 3))))
    for attempt in range(_STARTS):
        if equations.over:
            return None
        guess = y + rng.uniform(-2.0, 2.0, len(y)) * reach * (attempt + 1) / _STARTS
        found = _newton(equations, guess)
        if found is not None:
            return found
    return None


def _size(equations: _Equations, y: Array) -> float:
    return float(np.abs(equations.residual(y)).max())


def _implicit(jacobian: Matrix, length: float) -> Matrix:
    """Return the matrix of an implicit Euler step of the given length."""
    if isinstance(jacobian, np.ndarray):
        return np.eye(len(jacobian)) / length - jacobian
    return identity(jacobian.shape[0]) / length - jacobian


def _solve(matrix: Matrix, right: Array) -> Array | None:
    try:
        if isinstance(matrix, np.ndarray):
            return np.asarray(np.linalg.solve(matrix, right))
        from scipy.sparse.linalg import splu

        return np.asarray(splu(matrix.tocsc()).solve(right))
    except (np.linalg.LinAlgError, RuntimeError):  # of LAPACK and SuperLU for a singular matrix
        return None
