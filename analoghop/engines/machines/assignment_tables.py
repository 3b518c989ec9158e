"""What an anneal of an assignment network does at each of its steps, as plain tables."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analoghop.arrays import Array, Integers, Mask, members
from analoghop.errors import InputError
from analoghop.systems.assignment.assignment import Assignment
from analoghop.systems.assignment.column_coupling import Ring

Precision = Literal["float32", "float64"]

DROPPED = 1e-4  # entries of the kernel below it are left out: they cost as much as the others


class Program(NamedTuple):
    """The tables of an anneal. `terms` is 1 where A is symmetric, else 2: F = -sum_k left_k (V right_k).

    `left` (terms, n, n) and `early`, the same or empty; `rows` (steps, terms, n): the first rows of right as
    circulants, or empty: then `right` (terms, n, n) holds full matrices. `T`, `g`, `blend` (steps,) and
    `amplitude` (steps,), the deviation that noise adds to u in a step. `dt`: the step in time constants.
    """

    left: Array
    early: Array
    rows: Array
    right: Array
    T: Array
    g: Array
    blend: Array
    amplitude: Array
    dt: float


class Ends(NamedTuple):
    """How anneals ended: `outputs` and `states` (n^2, members), which `failed`, the `energy` of each.

    `cut` are those that a deadline or Ctrl-C kept from their end, `interrupted` whether it was Ctrl-C: their
    outputs are zero, and they have not failed.
    """

    outputs: Array
    states: Array
    failed: Mask
    energy: Array
    evaluations: int
    cut: Mask
    interrupted: bool


def program(system: Assignment) -> Program:
    """Return the tables of the anneal of `system`."""
    n, steps, places = system.rows, system.steps, system.places
    times = np.arange(steps) * system.step
    both = system.symmetric
    left = system.A[None] if both else np.stack([system.A, system.A.T])
    early = np.zeros((0, n, n))
    if system.early is not None:
        early = system.early[None] if both else np.stack([system.early, system.early.T])
    rows, right = np.zeros((0, 1, n)), np.zeros((0, n, n))
    if isinstance(places, Ring):
        ahead = places.row(times)
        ahead[np.abs(ahead) < DROPPED] = 0.0
        back = np.roll(ahead[:, ::-1], 1, axis=1)
        rows = (ahead + back)[:, None] if both else np.stack([back, ahead], axis=1)
    else:
        B = places.matrix(0.0)
        right = (B + B.T)[None] if both else np.stack([B.T, B])
    dt = system.step / system.tau
    T = system.temperature.value(times)
    return Program(
        left,
        early,
        rows,
        right,
        T,
        system.self_coupling.value(times),
        system.blend.value(times),
        np.zeros(steps) if system.sigma is None else system.sigma.value(times) * T * np.sqrt(dt),
        dt,
    )


def step_keys(seed: int, index: int, stream: int, steps: int) -> NDArray[np.uint32]:
    """Return the two keys of the noise in each step, (steps, 2): a function of its arguments alone."""
    sequence = np.random.SeedSequence(seed, spawn_key=(index, stream))
    return sequence.generate_state(2 * steps, np.uint32).reshape(steps, 2).astype(np.uint32)


def checked(system: Assignment, x0: ArrayLike, index: ArrayLike) -> tuple[Array, Integers]:
    """Return `x0` as (n^2, members) and the numbers of the members, or raise `InputError`."""
    x = members(x0, system.size, "x0")
    numbers = np.asarray(index, dtype=np.int64)
    if numbers.shape != (x.shape[1],):
        raise InputError(f"`index` has shape {numbers.shape}, expected one number for each of {x.shape[1]}")
    return x, numbers


def ends(system: Assignment, V: Array, u: Array, finished: Mask, interrupted: bool) -> Ends:
    """Return how anneals ended, from outputs and inputs (members, n, n) of those that `finished`."""
    finite = np.isfinite(V).all(axis=(1, 2)) & np.isfinite(u).all(axis=(1, 2))
    sound = finite & finished
    safe = np.where(sound[:, None, None], V, 0.0)
    energy = sum(system.parts(system.duration, safe).values(), np.zeros(len(V)))
    energy = np.where(sound, energy, np.nan)
    evaluations = system.steps * int(finished.sum())
    failed, cut = finished & ~finite, ~finished
    return Ends(system.flat(safe), system.flat(u), failed, energy, evaluations, cut, interrupted)
