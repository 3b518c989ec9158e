"""`AssignmentTables`: the parameters of an anneal of an assignment network at each of its steps."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from analoghop.arrays import Array
from analoghop.systems.assignment.assignment import Assignment
from analoghop.systems.assignment.column_coupling import Ring

DROPPED = 1e-4  # smaller entries of the kernel are dropped: they cost as much as the others
NEGLIGIBLE = 1e-12  # smaller singular values of a bias, in units of the largest, are rounding errors


class AssignmentTables(NamedTuple):
    """The tables of an anneal. `terms` is 1 where A is symmetric, else 2: F = -sum_k A_k (V B_k).

    A bias adds terms: as all elements of V add up to n, `p 1^T (V 1 q^T) / n` is p q^T.

    `A` (terms, n, n) and `A_early`, likewise or empty; `B_rows` (steps, terms, n): the first rows of B as
    circulants, or empty: then `B` (terms, n, n) holds full matrices. `T`, `g`, `blend` (steps,) and
    `amplitude` (steps,), the standard deviation of the noise in a step of u. `dt`: the step in time
    constants.
    """

    A: Array
    A_early: Array
    B_rows: Array
    B: Array
    T: Array
    g: Array
    blend: Array
    amplitude: Array
    dt: float


def assignment_tables(system: Assignment) -> AssignmentTables:
    """Return the tables of the anneal of `system`."""
    n, steps, places = system.rows, system.steps, system.places
    times = np.arange(steps) * system.step
    both = system.symmetric
    A = system.A[None] if both else np.stack([system.A, system.A.T])
    A_early = np.zeros((0, n, n))
    if system.early is not None:
        A_early = system.early[None] if both else np.stack([system.early, system.early.T])
    B_rows, B = np.zeros((0, 1, n)), np.zeros((0, n, n))
    if isinstance(places, Ring):
        ahead = places.row(times)
        ahead[np.abs(ahead) < DROPPED] = 0.0
        back = np.roll(ahead[:, ::-1], 1, axis=1)
        B_rows = (ahead + back)[:, None] if both else np.stack([back, ahead], axis=1)
    else:
        flow = places.matrix(0.0)
        B = (flow + flow.T)[None] if both else np.stack([flow.T, flow])
        if system.bias is not None:
            left, sizes, right = np.linalg.svd(-system.bias)
            kept = np.flatnonzero(sizes > NEGLIGIBLE * sizes[0])
            ones = np.ones(n)
            A = np.concatenate([A, *(np.outer(sizes[k] / n * left[:, k], ones)[None] for k in kept)])
            B = np.concatenate([B, *(np.outer(ones, right[k])[None] for k in kept)])
    dt = system.step / system.tau
    T = system.temperature.value(times)
    return AssignmentTables(
        A,
        A_early,
        B_rows,
        B,
        T,
        system.self_coupling.value(times),
        system.blend.value(times),
        np.zeros(steps) if system.sigma is None else system.sigma.value(times) * T * np.sqrt(dt),
        dt,
    )
