"""Anneals of assignment networks in NumPy: what the compiled kernel does, many members at a time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analoghop.arrays import Array
from analoghop.engines.machines.assignment_tables import (
    Ends,
    Precision,
    Program,
    checked,
    ends,
    program,
    step_keys,
)
from analoghop.engines.running.limits import Halt
from analoghop.systems.assignment.assignment import Assignment

BATCH = 1 << 17  # numbers of one array: what stays near the processor
SWEEPS = 20  # of the last projection
STEEPEST = 60.0  # logarithm that a sweep corrects a row by; more comes with the next ones
LEAST = 1e-30  # sum that it corrects by: where a row or a column is lost, its scale stays a number
FEW = 8  # non-zero entries of a circulant up to which shifts are faster than a product


def run_assignment(
    system: Assignment,
    x0: ArrayLike,
    seed: int,
    index: ArrayLike,
    dtype: Precision = "float32",
    threads: int = 1,
    stream: int = 0,
    deadline: float | None = None,
) -> Ends:
    """Return how the anneals from the states `x0` (n^2, members) end.

    `index` (members,) numbers the trajectories: the noise of each is a function of (seed, index, stream)
    alone, whatever the batch and the threads. What has not ended at the `deadline` (of `time.monotonic`) or
    at Ctrl-C is cut. Raises `InputError` for shapes that do not fit.
    """
    x, numbers = checked(system, x0, index)
    tables = program(system)
    u = system.grid(x).astype(dtype)
    V = np.zeros_like(u)
    batches = -(-len(u) * system.size // BATCH)
    batch = -(-len(u) // max(1, min(batches, len(u))))
    halt, finished = Halt(deadline), np.zeros(len(u), dtype=bool)

    def run(first: int) -> None:
        part = slice(first, first + batch)
        keys = np.stack([step_keys(seed, int(k), stream, system.steps) for k in numbers[part]], axis=1)
        # City by member by slot: the product with A is one matrix product for the whole batch.
        anneal = _Anneal(tables, np.ascontiguousarray(u[part].transpose(1, 0, 2)))
        with np.errstate(all="ignore"):
            finished[part] = anneal.run(keys, halt)
        u[part], V[part] = anneal.u.transpose(1, 0, 2), anneal.V.transpose(1, 0, 2)

    halt.spread(run, range(0, len(u), batch), threads)
    return ends(system, V.astype(np.float64), u.astype(np.float64), finished, halt.interrupted)


def record_assignment(
    system: Assignment,
    x0: ArrayLike,
    seed: int,
    number: int,
    steps: Sequence[int],
    dtype: Precision = "float32",
    stream: int = 0,
) -> Array:
    """Return the outputs (len(steps), n, n) with which trajectory `number` from `x0` (n^2, 1) takes `steps`.

    They are steps of the anneal that `run_assignment` runs, increasing.
    """
    x, _ = checked(system, x0, [number])
    anneal = _Anneal(program(system), np.ascontiguousarray(system.grid(x).astype(dtype).transpose(1, 0, 2)))
    keys = step_keys(seed, number, stream, system.steps)[:, None]
    kept, wanted = [], set(steps)
    for k in range(max(steps) + 1):
        anneal.step(k, keys[k])
        if k in wanted:
            kept.append(anneal.V[:, 0].astype(np.float64))
    return np.stack(kept)


class _Anneal:
    """One batch: u and V (n, members, n), the potentials f (n, members, 1) and m (1, members, n)."""

    def __init__(self, tables: Program, u: NDArray[Any]) -> None:
        self.tables, self.u, self.dtype = tables, u, u.dtype
        self.n, self.count = u.shape[0], u.shape[1]
        self.V, self.force, self.turned = np.empty_like(u), np.empty_like(u), np.empty_like(u)
        self.f = u.max(axis=2, keepdims=True)
        self.m = np.zeros((1, self.count, self.n), u.dtype)
        # With the step in the matrices, their products are what u changes by.
        scale = u.dtype.type(-tables.dt)
        self.left, self.early = scale * tables.left.astype(u.dtype), scale * tables.early.astype(u.dtype)
        self.right = tables.right.astype(u.dtype)
        self.rows = np.concatenate([tables.rows, tables.rows], axis=2).astype(u.dtype)
        self.ones = np.ones(self.n, u.dtype)
        self.now = self.left

    def run(self, keys: NDArray[np.uint32], halt: Halt) -> bool:
        """Take all steps unless `halt` ends them; return whether. `keys` (steps, members, 2) make noise."""
        for k in range(len(keys)):
            if halt.now:
                return False
            self.step(k, keys[k])
        for _ in range(SWEEPS):
            self.sweep(self.dtype.type(self.tables.T[-1]))
        return True

    def step(self, k: int, keys: NDArray[np.uint32]) -> None:
        """Take step `k`, with noise from `keys` (members, 2); V are the outputs at its beginning."""
        tables, number = self.tables, self.dtype.type
        self.blend(k)
        self.sweep(number(tables.T[k]))
        self.push(k)
        self.u *= number(1.0 - tables.dt)
        self.u += self.force
        if tables.g[k] != 0:
            self.u += np.multiply(self.V, number(tables.g[k] * tables.dt), out=self.turned)
        if tables.amplitude[k] != 0:
            self.u += number(tables.amplitude[k]) * scattered(self.n, keys, self.dtype)

    def blend(self, k: int) -> None:
        """Mix the early matrix in."""
        share = self.tables.blend[k]
        if len(self.early) and (share != 0 or (k > 0 and self.tables.blend[k - 1] != 0)):
            self.now = self.left + self.dtype.type(share) * (self.early - self.left)

    def sweep(self, T: Any) -> None:
        """Project exp(u / T) by one sweep from the potentials of the last, columns last."""
        K = np.subtract(self.u, self.f, out=self.V)
        K -= self.m
        K *= self.dtype.type(1.0) / T
        np.minimum(K, STEEPEST, out=K)
        np.exp(K, out=K)
        r = 1.0 / np.maximum(K @ self.ones, LEAST)[:, :, None]
        K *= r
        c = 1.0 / np.maximum(K.sum(axis=0, keepdims=True), LEAST)
        K *= c
        self.f -= T * np.log(r)
        self.m -= T * np.log(c)

    def push(self, k: int) -> None:
        """Put -dt sum_k left_k (V right_k) into `force`."""
        flat = (self.n, self.count * self.n)
        for term, left in enumerate(self.now):
            self._turn(k, term)
            if term == 0:
                np.matmul(left, self.turned.reshape(flat), out=self.force.reshape(flat))
            else:
                self.force += (left @ self.turned.reshape(flat)).reshape(self.force.shape)

    def _turn(self, k: int, term: int) -> None:
        rows = (self.n * self.count, self.n)
        if len(self.right):
            np.matmul(self.V.reshape(rows), self.right[term], out=self.turned.reshape(rows))
            return
        row = self.rows[k, term]
        shifts = np.flatnonzero(row[: self.n])
        if len(shifts) > FEW:
            stride = row.strides[0]
            # Entry (j, i) is row[i - j].
            matrix = np.lib.stride_tricks.as_strided(row[self.n :], (self.n, self.n), (-stride, stride))
            np.matmul(self.V.reshape(rows), np.ascontiguousarray(matrix), out=self.turned.reshape(rows))
            return
        np.multiply(self.V, row[0], out=self.turned)
        for shift in shifts[shifts > 0]:
            self.turned[:, :, shift:] += row[shift] * self.V[:, :, : self.n - shift]
            self.turned[:, :, :shift] += row[shift] * self.V[:, :, self.n - shift :]


def scattered(n: int, keys: NDArray[np.uint32], dtype: Any = np.float64) -> Array:
    """Return the kernel's numbers of unit variance for `keys` (members, 2): (n, members, n)."""
    place = np.arange(n * n, dtype=np.uint32).reshape(n, 1, n)
    return unit_numbers(place, keys[None, :, None, 0], keys[None, :, None, 1], dtype)


def unit_numbers(
    place: NDArray[np.uint32], first: NDArray[np.uint32], second: NDArray[np.uint32], dtype: Any = np.float64
) -> Array:
    """Return a number of zero mean and unit variance for each place and pair of keys, which broadcast.

    The counter `place` is scrambled with two keys: the sum of the four bytes of the word has the first three
    moments of a normal number, and a fixed step asks for no more.
    """
    word = place * np.uint32(0x9E3779B1) + first
    spare = word >> np.uint32(16)
    word ^= spare
    word *= np.uint32(0x7FEB352D)
    word ^= second
    word ^= np.right_shift(word, np.uint32(15), out=spare)
    word *= np.uint32(0x846CA68B)
    word ^= np.right_shift(word, np.uint32(16), out=spare)
    # The four bytes are added in pairs, side by side.
    np.right_shift(word, np.uint32(8), out=spare)
    for half in (word, spare):
        half &= np.uint32(0x00FF00FF)
    word += spare
    np.right_shift(word, np.uint32(16), out=spare)
    word &= np.uint32(0xFFFF)
    word += spare
    out = word.astype(dtype)
    out -= 510
    out *= 1.0 / math.sqrt(4 * (256 * 256 - 1) / 12)
    return np.asarray(out)
