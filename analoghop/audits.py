"""`Samples`, some steps of a run with the states inside them, and `DeckAudit`, their test by a deck."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from analoghop.arrays import Array

BALANCE = 10.0
"""Of the threshold of an audit: the errors of a whole run add up in the balance of its energy."""


@dataclass(frozen=True, eq=False)
class Samples:
    """Steps of one run: w intervals of time, each with q nodes of a quadrature.

    `starts` and `ends` (w,) in s with the states `before` and `after` (n, w); the nodes `times` (w, q) with
    `states` (n, w, q) and `weights` (w, q), of sum 1. `tolerance` (n, w) is the error that the engine allows
    the states to make in each interval. `other`, if there are any, are the weights (w, q) of a rougher
    quadrature: where nodes are recorded times, and not those of the method, the difference of the two is the
    error of the first.
    """

    starts: Array
    ends: Array
    before: Array
    after: Array
    times: Array
    states: Array
    weights: Array
    tolerance: Array
    other: Array | None = None


@dataclass(frozen=True)
class DeckAudit:
    """Kirchhoff's laws and the equations of all elements, evaluated from a deck along a run.

    `current_error`: the largest sum of the currents at a node, relative to the sum of their absolute values.
    `voltage_error`: the largest error of the equation of a voltage source, relative to its voltages. Each is
    measured against the errors that the engine allows, too (see `docs/energy.md`). `node` and `branch` are
    the places of the two errors (None where there is no node or no source), `node_at` and `branch_at` their
    times in s. `balance_error` is that of the energy of the run, None where it has none. Errors up to
    `threshold`, for the balance ten times that, pass. `times` is the number of times that were looked at.
    """

    current_error: float
    voltage_error: float
    threshold: float
    node: str | None
    node_at: float | None
    branch: str | None
    branch_at: float | None
    times: int
    balance_error: float | None = None

    @property
    def error(self) -> float:
        """The larger of the errors of currents and voltages."""
        return max(self.current_error, self.voltage_error)

    @property
    def reason(self) -> str | None:
        """The failed law with its place, time and error; None if the audit has passed."""
        most = f"at most {self.threshold:.2g} may"
        if self.current_error > self.threshold:
            law = f"the currents at node {self.node} do not sum to zero at t = {self.node_at:.6g} s"
            return f"{law}: {self.current_error:.2g} of them are missing, {most}"
        if self.voltage_error > self.threshold:
            law = f"the voltage of {self.branch} is not that of its equation at t = {self.branch_at:.6g} s"
            return f"{law}: {self.voltage_error:.2g} of it is missing, {most}"
        limit = BALANCE * self.threshold
        if self.balance_error is not None and not self.balance_error <= limit:
            law = "the energy is not that of the powers that were supplied and dissipated"
            return f"{law}: {self.balance_error:.2g} of it is missing, at most {limit:.2g} may"
        return None

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as plain values for JSON.

        "kirchhoff" and "branches" are the errors of currents and voltages, "balance" that of the energy.
        """
        return {
            "kirchhoff": self.current_error,
            "branches": self.voltage_error,
            "balance": self.balance_error,
            "current_error": self.current_error,
            "node": self.node,
            "node_at": self.node_at,
            "voltage_error": self.voltage_error,
            "branch": self.branch,
            "branch_at": self.branch_at,
            "threshold": self.threshold,
            "times": self.times,
            "passed": self.reason is None,
            "reason": self.reason,
        }
