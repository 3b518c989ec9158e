"""`audited`: a run of a deck with its audit by the deck's own elements."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from analoghop.arrays import Array
from analoghop.audits import DeckAudit
from analoghop.circuit.audit.currents import current_sums
from analoghop.circuit.audit.voltages import voltage_errors
from analoghop.circuit.audit.witness import Witness
from analoghop.circuit.circuit import Circuit
from analoghop.solution import Solution

_LEAST, _FACTOR, _MOST = 1e-4, 100.0, 0.1


def threshold(rtol: float) -> float:
    """Return the relative error up to which an audit passes, for a run with the tolerance `rtol`."""
    return min(max(_LEAST, _FACTOR * rtol), _MOST)


def audited(circuit: Circuit, solution: Solution) -> Solution:
    """Return the `solution` of a run of `circuit` with its audit, and without its samples."""
    samples = solution.samples
    if samples is None:
        return solution
    limit = threshold(float(solution.record.get("rtol", 0.0)))
    with np.errstate(all="ignore"):
        witness = Witness(circuit, solution.system, samples)
        sums = current_sums(circuit, witness)
        flows = _relative(np.abs(sums.sum), sums.flow, sums.allowed / limit)[:-1]
        error, size, allowed = voltage_errors(witness)
        volts = _relative(error, size, allowed / limit)
    current, node, k = _largest(flows)
    voltage, branch, j = _largest(volts)
    middle = 0.5 * (samples.starts + samples.ends)
    audit = DeckAudit(
        current_error=current,
        voltage_error=voltage,
        threshold=limit,
        node=None if node is None else circuit.nodes[node],
        node_at=None if node is None else float(middle[k]),
        branch=None if branch is None else witness.branches[branch].name,
        branch_at=None if branch is None else float(witness.t[j]),
        times=len(witness.t),
        balance_error=None if solution.energy is None else solution.energy.balance_error,
    )
    return replace(solution, audit=audit, samples=None)


def _relative(error: Array, size: Array, floor: Array) -> Array:
    """Return error/(size + floor), 0 for 0/0, and 1 where an error is no number."""
    total = size + floor
    return np.where(error == 0.0, 0.0, np.nan_to_num(error / np.where(total > 0, total, 1.0), nan=1.0))


def _largest(errors: Array) -> tuple[float, int | None, int]:
    if not errors.size:
        return 0.0, None, 0
    row, column = np.unravel_index(int(errors.argmax()), errors.shape)
    return float(errors[row, column]), int(row), int(column)
