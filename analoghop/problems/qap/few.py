"""`few_facilities`: the two noisy circuits that share the starts of an assignment of few facilities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from analoghop.arrays import Array
from analoghop.problems.anneal_recipe import AnnealRecipe
from analoghop.problems.qap.instance import QAP
from analoghop.problems.qap.modes import critical_temperature
from analoghop.systems.assignment.assignment import Assignment
from analoghop.systems.assignment.column_coupling import PlaceTable

FEW = 12
"""Number of facilities below which these circuits are the default."""
CIRCUITS: Mapping[str, Mapping[str, Any]] = {
    "firm": {"steps": 2000, "sigma": 10.0, "self_coupling": 0.6, "start_temperature": 1.1},
    "noisy": {
        "steps": 4000,
        "sigma": 40.0,
        "self_coupling": 0.05,
        "start_temperature": 1.0,
        "end_temperature": 0.003,
        "kernel": False,
    },
}
"""Settings of `AnnealRecipe`, and the self-coupling in units of the largest eigenvalue of B."""


class Split(NamedTuple):
    """The matrices without diagonals, of mean zero and deviation one, and the cost of a cell, (n, n).

    `cells`: row x, column i has the cost of facility i at location x beside that of pairs.
    """

    A: Array
    B: Array
    cells: Array


def split(problem: QAP) -> Split:
    """Return the terms of pairs and those of cells.

    A cost A_ii B_xx belongs to a single cell. In the quadratic form it would be A_ii B_xx v^2, which is that
    of a permutation as well but not that of a cell between 0 and 1: it draws the circuit to wrong answers.
    """
    A, B = problem.A, problem.B
    if problem.symmetric:
        A, B = 0.5 * (A + A.T), 0.5 * (B + B.T)
    cells = np.outer(np.diag(B), np.diag(A))
    cells = cells - cells.mean(axis=0) - cells.mean(axis=1)[:, None] + cells.mean()
    (A, a), (B, b) = _pairs(A), _pairs(B)
    if a * b == 0.0:
        # Only cells have costs that differ.
        A, B = np.zeros_like(A), np.zeros_like(B)
    unit = a * b or float(np.sqrt(np.mean(cells**2))) or 1.0
    return Split(A, B, cells / unit)


def _pairs(matrix: Array) -> tuple[Array, float]:
    """Return the entries off the diagonal, of mean zero, by their deviation; and this, 0 if all are equal."""
    n = len(matrix)
    off = ~np.eye(n, dtype=bool)
    centred = np.where(off, matrix - matrix[off].mean(), 0.0)
    deviation = float(np.sqrt(np.mean(centred**2)))
    if deviation <= 1e-12 * np.abs(matrix).max(initial=0.0):
        return np.zeros_like(matrix), 0.0
    return np.asarray(centred / deviation), deviation


def circuit(terms: Split, settings: Mapping[str, Any], tau: float) -> tuple[Assignment, float]:
    """Return a circuit of `CIRCUITS`, and its critical temperature."""
    given = dict(settings)
    own = given.pop("self_coupling") * (float(np.linalg.norm(terms.B, 2)) or 1.0)
    B = terms.B + own * np.eye(len(terms.B))
    critical = critical_temperature(terms.A, B)
    system = AnnealRecipe(**given).network(B, None, PlaceTable(terms.A), critical, tau)
    return replace(system, bias=-terms.cells), critical
