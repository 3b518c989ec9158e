"""The equation of every voltage source, at the sampled times of a run."""

from __future__ import annotations

import numpy as np

from analoghop.arrays import Array
from analoghop.circuit.audit.sensitivity import spread
from analoghop.circuit.audit.witness import Witness
from analoghop.circuit.elements import BehaviouralVoltage, VoltageControlledVoltage
from analoghop.circuit.reduction.topology import VoltageBranch

_ROUNDING = 1e-11  # of the voltages: the reduction solves with them


def voltage_errors(witness: Witness) -> tuple[Array, Array, Array]:
    """Return the errors of V(a,b) of every source in volt, the sizes of its voltages, and the allowed errors.

    All are (branches, w q), at the nodes of the quadratures.
    """
    rows = [_branch(witness, branch) for branch in witness.branches]
    if not rows:
        return np.zeros((0, 0)), np.zeros((0, 0)), np.zeros((0, 0))
    error, size, allowed = (np.array(part) for part in zip(*rows, strict=True))
    return error, size, allowed


def _branch(witness: Witness, branch: VoltageBranch) -> tuple[Array, Array, Array]:
    a, b = (witness.volts[witness.index[node]] for node in (branch.a, branch.b))
    unsure = np.zeros(a.shape)
    if isinstance(branch, VoltageControlledVoltage):
        c, d = (witness.volts[witness.index[node]] for node in (branch.c, branch.d))
        value, read = branch.gain * (c - d), abs(branch.gain) * (np.abs(c) + np.abs(d))
    elif isinstance(branch, BehaviouralVoltage):
        value = witness.value(branch.expression)
        read, unsure = np.abs(value), spread(branch.expression, witness)
    else:
        value = branch.signal.value(witness.t)
        read = np.abs(value)
    size = np.abs(a) + np.abs(b) + read
    return np.abs(a - b - value), size, _ROUNDING * size.max(initial=0.0) + unsure
