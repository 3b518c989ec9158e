"""`audited`: a run of a deck with its audit by the deck's own elements."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from analoghop.arrays import Array
from analoghop.audits import DeckAudit
from analoghop.circuit.audit.currents import current_errors
from analoghop.circuit.audit.inductors import inductor_errors
from analoghop.circuit.audit.recorded import recorded_samples
from analoghop.circuit.audit.voltages import voltage_errors
from analoghop.circuit.audit.witness import Witness
from analoghop.circuit.circuit import Circuit
from analoghop.solution import Solution

_LEAST, _FACTOR, _MOST = 1e-4, 100.0, 0.1
RECORDED = 1e-3
"""Tolerance by which a run is judged whose recorded times are the only ones that are known."""


def threshold(rtol: float) -> float:
    """Return the relative error up to which an audit passes, for a run with the tolerance `rtol`."""
    return min(max(_LEAST, _FACTOR * rtol), _MOST)


def audited(circuit: Circuit, solution: Solution) -> Solution:
    """Return the `solution` of a run of `circuit` with its audit, and without its samples."""
    samples, rtol = solution.samples, float(solution.record.get("rtol") or 0.0)  # type: ignore[arg-type]
    if samples is None:
        samples = recorded_samples(solution)
        rtol = max(rtol, RECORDED)
    if samples is None:
        return solution
    limit = threshold(rtol)
    with np.errstate(all="ignore"):
        witness = Witness(circuit, solution.system, samples)
        flows = current_errors(witness, limit)
        volts = voltage_errors(witness, limit)
        coils = inductor_errors(witness, limit)
    current, node, k = _largest(flows)
    voltage, branch, j = _largest(volts)
    samples = witness.samples
    middle = 0.5 * (samples.starts + samples.ends)
    found = None if branch is None else (witness.branches[branch].name, float(witness.t[j]))
    coil_error, coil, i = _largest(coils)
    if coil is not None and (found is None or coil_error > voltage):
        voltage, found = coil_error, (witness.inductors[coil].name, float(middle[i]))
    audit = DeckAudit(
        current_error=current,
        voltage_error=voltage,
        threshold=limit,
        node=None if node is None else witness.nodes[node],
        node_at=None if node is None else float(middle[k]),
        branch=None if found is None else found[0],
        branch_at=None if found is None else found[1],
        times=len(witness.t),
        balance_error=None if solution.energy is None else solution.energy.balance_error,
    )
    return replace(solution, audit=audit, samples=None)


def _largest(errors: Array) -> tuple[float, int | None, int]:
    if not errors.size:
        return 0.0, None, 0
    row, column = np.unravel_index(int(errors.argmax()), errors.shape)
    return float(errors[row, column]), int(row), int(column)
