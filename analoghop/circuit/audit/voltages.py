"""The equation of every voltage source, at the sampled times of a run."""

from __future__ import annotations

import numpy as np

from analoghop.arrays import Array
from analoghop.circuit.audit.sensitivity import relative, spread
from analoghop.circuit.audit.witness import Witness
from analoghop.circuit.elements import BehaviouralVoltage, VoltageControlledVoltage
from analoghop.circuit.reduction.topology import VoltageBranch

_ROUNDING = 1e-11  # of the voltages: the reduction solves with them


def voltage_errors(witness: Witness, limit: float) -> Array:
    """Return the error of the equation of every source relative to its voltages, (branches, w q).

    They are taken at the nodes of the quadratures. Where the error is larger than `limit`, the rounding of
    what the source reads is allowed for.
    """
    rows = []
    for branch in witness.branches:
        error, size = _branch(witness, branch)
        allowed = _ROUNDING * size.max(initial=0.0)
        found = relative(error, size, allowed / limit)
        if isinstance(branch, BehaviouralVoltage) and found.max(initial=0.0) > limit:
            allowed = allowed + spread(branch.expression, witness)
            found = relative(error, size, allowed / limit)
        rows.append(found)
    return np.array(rows).reshape(len(rows), len(witness.t))


def _branch(witness: Witness, branch: VoltageBranch) -> tuple[Array, Array]:
    a, b = (witness.volts[witness.index[node]] for node in (branch.a, branch.b))
    if isinstance(branch, VoltageControlledVoltage):
        c, d = (witness.volts[witness.index[node]] for node in (branch.c, branch.d))
        value, read = branch.gain * (c - d), abs(branch.gain) * (np.abs(c) + np.abs(d))
    elif isinstance(branch, BehaviouralVoltage):
        value = witness.value(branch.expression)
        read = np.abs(value)
    else:
        value = branch.signal.value(witness.t)
        read = np.abs(value)
    return np.abs(a - b - value), np.abs(a) + np.abs(b) + read
