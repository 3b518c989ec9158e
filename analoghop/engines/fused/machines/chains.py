"""The anneal of chains, all steps of all members in one call: the kernel.

Rows of units are padded to whole registers, and those of V begin behind a guard of zeros, so that the slots
before and after are loads one number further to the left and right. The projection works as in
`doubly_stochastic`, with clusters of units in the place of rows. Padded slots have a potential that shuts
them; a few padded units at the end couple to nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analoghop.engines.fused.registers.compiling import digest, kernel
from analoghop.engines.fused.registers.lanes import inlined, lanes, load, pointer, same, store, total
from analoghop.engines.fused.registers.mathematics import exp, log
from analoghop.engines.machines.chains_tables import BLOCK, LANE, SWEEPS, TAPE, Program, tape

SHUT = 1e30


def anneal(program: Program, start: NDArray[Any], keys: NDArray[np.uint32]) -> NDArray[Any]:
    """Return the outputs (members, units, slots) after the anneals from the inputs `start`, as large.

    V is projected by one sweep in each step, chains and then slots, from the potentials of the last.
    `keys` (members,) are those of the noise.
    """
    numbers = tape(str(program.A.dtype))
    return np.asarray(anneal_members(*program, start, keys, numbers))


@inlined
def _sweep(
    u: Any, V: Any, f: Any, m: Any, r: Any, c: Any, pad: Any, first: Any, chains: int, width: int, T: Any
) -> None:
    """Put the projection of exp(u / T) into V, and absorb its scales r and c into f and m."""
    stride = width + LANE
    cold, warm, one = same(u, 1.0) / same(u, T), same(u, T), same(u, 1.0)
    for j in range(0, width, lanes(u)):
        store(c, j, load(pad, j))
    for k in range(chains):
        potential, weight = same(u, f[k]), same(u, 0.0)
        for p in range(first[k], first[k + 1]):
            for j in range(0, width, lanes(u)):
                value = exp((load(u, p * width + j) - potential - load(m, j)) * cold)
                store(V, p * stride + LANE + j, value)
                weight = weight + value
        # A vector of equal numbers: the lanes' own division.
        scale = one / same(u, total(weight))
        store(r, k, scale)
        for p in range(first[k], first[k + 1]):
            for j in range(0, width, lanes(u)):
                store(c, j, load(c, j) + scale * load(V, p * stride + LANE + j))
    for j in range(0, width, lanes(u)):
        scale = one / load(c, j)
        store(m, j, load(m, j) - warm * log(scale))
        store(c, j, scale - load(pad, j) * scale)
    for k in range(chains):
        scale = same(u, r[k])
        for p in range(first[k], first[k + 1]):
            for e in range(p * stride + LANE, p * stride + LANE + width, lanes(u)):
                store(V, e, load(V, e) * scale * load(c, e - p * stride - LANE))
    for k in range(0, chains, lanes(u)):
        store(f, k, load(f, k) - warm * log(load(r, k)))


@inlined
def _row(u: Any, V: Any, bias: Any, e: int, v: int, pull: Any, keep: Any, dt: Any, g: Any, shot: Any) -> None:
    """Take the step of one row of lanes, which begin at `e`, their outputs at `v`."""
    store(u, e, keep * load(u, e) + dt * (load(bias, e) - pull + g * load(V, v)) + shot)


@inlined
def _step(
    u: Any, V: Any, A: Any, turned: Any, bias: Any, numbers: Any, units: int, rows: int, width: int,
    dt: Any, g: Any, amplitude: Any, key: Any, count: int,
) -> int:  # fmt: skip
    """Step u + dt (-u - A V S' - A' V S + b + g V) + noise, four units at a time; return the next `count`.

    `A` and `turned`, its transpose, are (units, rows).
    """
    stride = width + LANE
    keep, h, own, loud = same(u, 1.0) - same(u, dt), same(u, dt), same(u, g), same(u, amplitude)
    for x in range(0, rows, BLOCK):
        word = np.uint32(np.uint32(count) * np.uint32(0x9E3779B1) + key)
        word = np.uint32(word ^ (word >> np.uint32(16)))
        word = np.uint32(word * np.uint32(0x7FEB352D))
        word = np.uint32(word ^ (word >> np.uint32(15)))
        place = np.int64(word & np.uint32(TAPE - 1))
        count += 1
        for j in range(0, width, lanes(u)):
            zero = same(u, 0.0)
            a0, a1, a2, a3, b0, b1, b2, b3 = zero, zero, zero, zero, zero, zero, zero, zero
            for q in range(units):
                after, before = load(V, q * stride + LANE + j + 1), load(V, q * stride + LANE + j - 1)
                e = q * rows + x
                a0, b0 = a0 + same(u, turned[e]) * after, b0 + same(u, A[e]) * before
                a1, b1 = a1 + same(u, turned[e + 1]) * after, b1 + same(u, A[e + 1]) * before
                a2, b2 = a2 + same(u, turned[e + 2]) * after, b2 + same(u, A[e + 2]) * before
                a3, b3 = a3 + same(u, turned[e + 3]) * after, b3 + same(u, A[e + 3]) * before
            e, v, shots = x * width + j, x * stride + LANE + j, place + j
            _row(u, V, bias, e, v, a0 + b0, keep, h, own, loud * load(numbers, shots))
            e, v, shots = e + width, v + stride, shots + width
            _row(u, V, bias, e, v, a1 + b1, keep, h, own, loud * load(numbers, shots))
            e, v, shots = e + width, v + stride, shots + width
            _row(u, V, bias, e, v, a2 + b2, keep, h, own, loud * load(numbers, shots))
            e, v, shots = e + width, v + stride, shots + width
            _row(u, V, bias, e, v, a3 + b3, keep, h, own, loud * load(numbers, shots))
    return count


def _anneal_members(digest: int) -> Callable[..., Any]:
    @kernel
    def anneal_members(
        A: Any, bias: Any, first: Any, levels: Any, dt: Any, start: Any, keys: Any, numbers: Any
    ) -> Any:
        """Return the outputs (members, units, slots) after the anneals of all members of `start`."""
        if digest == 0:  # never: the number makes the cached code that of this text
            return start
        count, units, slots = start.shape
        chains = len(first) - 1
        width, rows = -(-slots // LANE) * LANE, -(-units // BLOCK) * BLOCK
        stride, dtype = width + LANE, start.dtype
        u, V = np.empty((rows, width), dtype), np.zeros((rows + 1, stride), dtype)
        padded, forward = np.zeros((rows, width), dtype), np.zeros((units, rows), dtype)
        backward = np.zeros_like(forward)
        padded[:units, :slots], forward[:, :units], backward[:, :units] = bias, A, A.T
        f, r = np.zeros(chains + LANE, dtype), np.ones(chains + LANE, dtype)
        m, c, pad = np.zeros(width, dtype), np.zeros(width, dtype), np.zeros(width, dtype)
        pad[slots:] = 1
        ends = np.empty_like(start)
        for k in range(count):
            u[:] = 0
            u[:units, :slots] = start[k]
            for chain in range(chains):
                f[chain] = start[k, first[chain] : first[chain + 1]].max()
            m[:slots] = 0
            m[slots:] = SHUT
            at = 0
            for step in range(len(levels) + SWEEPS):
                T, g, amplitude = levels[min(step, len(levels) - 1)]
                _sweep(
                    pointer(u), pointer(V), pointer(f), pointer(m), pointer(r), pointer(c), pointer(pad),
                    pointer(first), chains, width, T,
                )  # fmt: skip
                if step < len(levels):
                    at = _step(
                        pointer(u), pointer(V), pointer(forward), pointer(backward), pointer(padded),
                        pointer(numbers), units, rows, width, dt, g, amplitude, keys[k], at,
                    )  # fmt: skip
            ends[k] = V[:units, LANE : LANE + slots]
        return ends

    return anneal_members


anneal_members = _anneal_members(digest())
