"""The second energy theorem: circuits `C x' = -G x + P' K phi(P x) + s` with symmetric C and G."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analoghop.arrays import Array
from analoghop.systems.structure import ROUNDING, dense

if TYPE_CHECKING:
    from analoghop.systems.lure import Lure


def reciprocal_gains(core: Lure) -> tuple[Array | None, tuple[str, ...]]:
    """Return the transconductance K (units, 1) with `B = P' K`, or None and the sentences why there is none.

    Each amplifier acts back on the states just as it reads them; then `x.G x / 2 - K Phi(P x) - s.x` falls
    (Tank & Hopfield 1986; Brayton & Moser 1964 for the mixed potential it is a case of).
    """
    reasons = []
    for name, matrix in (("conductance", core.G), ("capacitance", core.C)):
        full = dense(matrix)
        if (np.abs(full - full.T) > ROUNDING * np.abs(full).max(initial=0.0)).any():
            reasons.append(f"the {name} matrix is not symmetric")
    if not reasons and np.linalg.eigvalsh(dense(core.C)).min(initial=1.0) <= 0:
        reasons.append("the capacitance matrix is not positive definite")
    if core.depth:
        reasons.append("an amplifier reads another amplifier's output directly")
    if not core.amplifiers.has_potential:
        reasons.append("an amplifier is not the gradient of a potential")
    if reasons:
        return None, tuple(reasons)
    bank = core.amplifiers
    B, P = dense(core.B), dense(core.P)
    gains = np.zeros(bank.units)
    for unit in range(bank.units):
        back, read = B[:, bank.unit_of_output == unit], P[bank.unit_of_input == unit].T
        norm = float(np.sum(read * read))
        gains[unit] = np.sum(back * read) / norm if norm else 0.0
        if (np.abs(back - gains[unit] * read) > ROUNDING * np.abs(back).max(initial=0.0)).any():
            name = core.unit_names[unit] if core.unit_names else f"amplifier {unit + 1}"
            return None, (f"{name} does not act back on the nodes that it reads",)
    return gains[:, None], ()
