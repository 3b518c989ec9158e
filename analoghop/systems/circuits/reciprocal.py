"""`Reciprocal`: the second energy theorem, `C x' = -G x + P' K phi(P x) + s` with symmetric C and G."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array, Indices
from analoghop.systems.base import Flow, Theorem
from analoghop.systems.circuits.as_network import ROUNDING
from analoghop.systems.circuits.matrices import Matrix, entries, positive_definite, symmetric

if TYPE_CHECKING:
    from analoghop.systems.circuits.lure import Lure


@dataclass(frozen=True, eq=False)
class Reciprocal:
    """`C x' = -G x + P' K phi(P x + R w) + S w` with symmetric C and G; `gains` (units, 1) are K.

    Its energy is `E = x.G x / 2 - K Phi(P x + R w) - (S w).x`, with dE/dt = -x'.C x' for constant inputs and
    parameters (Tank & Hopfield 1986; the mixed potential of Brayton & Moser 1964 is the general case).
    """

    core: Lure
    gains: Array

    @property
    def theorem(self) -> Theorem:
        """Descent of the energy; it requires constant inputs and parameters."""
        reasons = []
        if not self.core.signals.constant:
            reasons.append("moving input: guaranteed for frozen inputs only")
        if self.core.gain_factor is not None:
            reasons.append("a schedule is running: guaranteed for frozen parameters only")
        if self.core.noise is not None:
            reasons.append("noise: guaranteed only without noise")
        return Theorem(not reasons, "reciprocal circuit", tuple(reasons))

    def energy(self, t: ArrayLike, x: Array) -> Mapping[str, Array]:
        """Return the parts of the energy in watt, each (members,)."""
        core, w = self.core, self.core.signals.value(t)
        z = np.asarray(core.P @ x + core.R @ w)
        return {
            "conductance": 0.5 * np.sum(x * (core.G @ x), axis=0),
            "amplifier": -np.sum(self.gains * core.amplifiers.potential(z, core.gamma(t)), axis=0),
            "bias": -np.sum((core.S @ w) * x, axis=0),
        }

    def flow(self, t: ArrayLike, x: Array) -> Flow:
        """Return dx/dt, x'.C x' and the power supplied by moving inputs and schedules, each (members,)."""
        core, gains = self.core, self.gains
        point, z = core.point(t, x)
        rate, dw = core.rate(t, point), core.signals.rate(t)
        output_gain = gains[core.amplifiers.unit_of_output]
        supplied = -np.sum(x * (core.S @ dw), axis=0) - np.sum(output_gain * point.v * (core.R @ dw), axis=0)
        if core.gain_factor is not None:
            slope = core.amplifiers.factor_rate(z, core.gamma(t))[1]
            supplied = supplied - core.gain_factor.rate(t) * np.sum(gains * slope, axis=0)
        if core.follows_rates:
            supplied = supplied + np.sum(rate * (core.S_rate @ dw), axis=0)
        return Flow(rate, np.sum(rate * (core.C @ rate), axis=0), supplied)


def as_reciprocal(core: Lure) -> tuple[Reciprocal | None, tuple[str, ...]]:
    """Return the circuit as a reciprocal one, or None and the reasons why it is not.

    Each amplifier must act on the states that it reads, with proportional weights, `B = P' K`. Amplifiers
    that are only read out must have been left out (`Lure.core`).
    """
    reasons = []
    for name, matrix in (("conductance", core.G), ("capacitance", core.C)):
        if not symmetric(matrix, ROUNDING):
            reasons.append(f"the {name} matrix is not symmetric")
    if not reasons and not positive_definite(core.C):
        reasons.append("the capacitance matrix is not positive definite")
    if core.depth:
        reasons.append("an amplifier reads another amplifier's output directly")
    if core.coupling_factor is not None:
        reasons.append("a schedule multiplies the amplifiers' outputs")
    if not core.amplifiers.has_potential:
        reasons.append("an amplifier is not the gradient of a potential")
    if reasons:
        return None, tuple(reasons)
    bank = core.amplifiers
    unit = bank.unit_of_output
    back, read = core.B, core.P.T  # (n, outputs): an amplifier with a potential has as many inputs as outputs
    norm, both = (_sums(left * read, unit, bank.units) for left in (read, back))
    gains = np.divide(both, norm, out=np.zeros(bank.units), where=norm > 0)
    largest, gap = np.zeros(bank.units), np.zeros(bank.units)
    for worst, matrix in ((largest, back), (gap, back - _scale_columns(read, gains[unit]))):
        _, columns, values = entries(matrix)
        np.maximum.at(worst, unit[columns], np.abs(values))
    for k in np.flatnonzero(gap > ROUNDING * largest)[:1]:
        name = core.unit_names[k] if core.unit_names else f"amplifier {k + 1}"
        return None, (f"{name} does not act back on the nodes that it reads",)
    return Reciprocal(core, gains[:, None]), ()


def _sums(matrix: Matrix, unit: Indices, units: int) -> Array:
    """Return the sum of the entries in the columns of each unit, (units,)."""
    columns = np.asarray(matrix.sum(axis=0)).ravel()
    return np.asarray(np.bincount(unit, weights=columns, minlength=units), dtype=np.float64)


def _scale_columns(matrix: Matrix, factors: Array) -> Matrix:
    if isinstance(matrix, np.ndarray):
        return matrix * factors
    from scipy import sparse

    return matrix @ sparse.diags_array(factors)
