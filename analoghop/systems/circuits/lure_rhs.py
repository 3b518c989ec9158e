"""The right-hand side of a general circuit for one trajectory, with all constants folded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analoghop.arrays import Array
from analoghop.systems.base import Rhs

if TYPE_CHECKING:
    from analoghop.systems.circuits.lure import Lure


def bound(core: Lure) -> Rhs:
    """Return the right-hand side of the circuit `core`, all of whose amplifiers act on its states."""
    G, B, S, S_rate = core.linear
    P, Q, R, depth = core.P, core.Q, core.R, core.depth
    gamma, kappa, follows_rates = core.gain_factor, core.coupling_factor, core.follows_rates
    activate = core.amplifiers.bind()
    moving, w0 = core.signals.moving, core.signals.resting_value()[:, 0]
    steady, shift = S @ w0, R @ w0
    signals = core.signals.take(moving)
    S, S_rate, R = S[:, moving], S_rate[:, moving], R[:, moving]

    def source(t: float) -> tuple[Array, Array]:
        if not len(signals):
            return steady, shift
        w = signals.value(t)[:, 0]
        force = steady + S @ w
        if follows_rates:
            force += S_rate @ signals.rate(t)[:, 0]
        return force, shift + R @ w

    def outputs(t: float, z: Array) -> Array:
        v = activate(z, 1.0 if gamma is None else float(gamma.value(t)))
        return v if kappa is None else v * float(kappa.value(t))

    def rhs(t: float, x: Array) -> Array:
        force, offset = source(t)
        fixed = P @ x + offset
        v = outputs(t, fixed)
        for _ in range(depth):
            v = outputs(t, fixed + Q @ v)
        rate: Array = B @ v
        rate -= G @ x
        rate += force
        return rate

    return rhs
