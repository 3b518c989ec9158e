"""`Junction`: the voltage of a diode's junction as a function of the charge that it stores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from analoghop.circuit.expressions.ast import Expr, Number
from analoghop.errors import NetlistError

_ROUNDS = 60
_CLOSE = 1e-14  # of a Newton step, relative to the voltage
_LEAST = 1e-12  # V, what steps are relative to


class Charging(NamedTuple):
    """What stores charge in a junction: carriers, for `tt` seconds, and the depletion layer.

    The carriers are those of the current `isat` (exp(v/`nvt`) - 1). The layer has the capacitance `cjo`
    (1 - v/`vj`)^-`m` below `fc` `vj`, and the tangent above (SPICE's rule). `unit` farads is the capacitance
    whose voltage stands for the charge. All are positive but `tt` and `m`, which may be 0; m < 1, fc < 1.
    """

    isat: float
    nvt: float
    tt: float
    cjo: float
    vj: float
    m: float
    fc: float
    unit: float


@dataclass(frozen=True)
class Junction:
    """The voltage of a junction (`order` 0), or its slope (1), at the charge `unit` x coulomb."""

    charging: Charging
    order: int = 0

    @staticmethod
    def of(numbers: Sequence[Expr]) -> Junction:
        """Return the junction of the order and the fields of `Charging`, which are numbers."""
        values = [n.value for n in numbers if isinstance(n, Number)]
        if len(values) != len(numbers) or len(values) != 1 + len(Charging._fields):
            raise NetlistError("a junction is given by numbers")
        return Junction(Charging(*values[1:]), int(values[0]))

    def __call__(self, x: Any) -> Any:
        """Return the voltage, or its slope, at `x` (any shape)."""
        given = np.asarray(x, dtype=np.float64)
        with np.errstate(all="ignore"):
            v = self._voltage(given * self.charging.unit)
            return v if self.order == 0 else self.charging.unit / self.capacitance(v)

    def charge(self, v: Any) -> Any:
        """Return the charge in coulomb at the voltage `v`."""
        isat, nvt, tt, cjo, vj, m, fc, _ = self.charging
        knee = fc * vj
        below = np.minimum(v, knee)
        stored = cjo * vj / (1.0 - m) * -np.expm1((1.0 - m) * np.log1p(-below / vj))
        above = np.maximum(v - knee, 0.0)
        steep = cjo * (1.0 - fc) ** (-1.0 - m)
        stored = stored + steep * above * ((1.0 - fc) + 0.5 * m * above / vj)
        return stored + tt * isat * np.expm1(v / nvt)

    def capacitance(self, v: Any) -> Any:
        """Return the capacitance in farad at the voltage `v`."""
        isat, nvt, tt, cjo, vj, m, fc, _ = self.charging
        knee = fc * vj
        layer = cjo * (1.0 - np.minimum(v, knee) / vj) ** -m
        steep = cjo * (1.0 - fc) ** (-1.0 - m) * m / vj
        return layer + steep * np.maximum(v - knee, 0.0) + tt * isat / nvt * np.exp(v / nvt)

    def _voltage(self, charge: Any) -> Any:
        """Return the voltage at a charge.

        The charge is a convex function of the voltage, so that Newton's method comes down to the solution
        from any point above it. Such are the voltages at which the layer at cjo, or the carriers, hold the
        whole charge.
        """
        isat, nvt, tt, cjo, _, _, _, _ = self.charging
        v = charge / cjo
        if tt > 0:
            v = np.where(charge > 0, np.minimum(v, nvt * np.log1p(np.maximum(charge, 0.0) / (tt * isat))), v)
        for _ in range(_ROUNDS):
            step = (self.charge(v) - charge) / self.capacitance(v)
            v = v - step
            if (np.abs(step) <= _CLOSE * (np.abs(v) + _LEAST)).all():
                break
        return v
