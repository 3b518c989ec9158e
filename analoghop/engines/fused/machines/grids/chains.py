"""The compiled kernel that anneals chains, all steps of all members in one call.

Rows of units are padded to whole registers, and those of V begin after a guard of zeros, so that the previous
and the next slot are loads shifted by one number. The projection works as in `doubly_stochastic`, with
clusters of units instead of rows. Padded slots have a potential that makes their outputs zero; a few padded
units at the end are uncoupled.
"""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Array, Integers, Precision
from analoghop.engines.fused.registers.compiling import kernel, seconds_to_compile
from analoghop.engines.fused.registers.lanes import inlined, lanes, load, pointer, same, store, total
from analoghop.engines.fused.registers.mathematics import exp, log
from analoghop.engines.machines.chains_tables import (
    BLOCK,
    LANE,
    SWEEPS,
    TAPE,
    ChainKeys,
    ChainsTables,
    chains_tables,
    tape,
)
from analoghop.engines.machines.noise import Words
from analoghop.engines.machines.stepper import Stepper
from analoghop.systems.assignment.chains import Chains

SHUT = 1e30


@inlined
def _sweep(
    u: Any, V: Any, f: Any, m: Any, r: Any, c: Any, pad: Any, first: Any, chains: int, width: int, T: Any
) -> None:
    """Write the projection of exp(u / T) to V, and absorb its scales r and c into f and m."""
    stride = width + LANE
    inverse_T, temperature, one = same(u, 1.0) / same(u, T), same(u, T), same(u, 1.0)
    for j in range(0, width, lanes(u)):
        store(c, j, load(pad, j))
    for k in range(chains):
        potential, weight = same(u, f[k]), same(u, 0.0)
        for p in range(first[k], first[k + 1]):
            for j in range(0, width, lanes(u)):
                value = exp((load(u, p * width + j) - potential - load(m, j)) * inverse_T)
                store(V, p * stride + LANE + j, value)
                weight = weight + value
        # Dividing a vector of equal numbers uses the division of lanes.
        scale = one / same(u, total(weight))
        store(r, k, scale)
        for p in range(first[k], first[k + 1]):
            for j in range(0, width, lanes(u)):
                store(c, j, load(c, j) + scale * load(V, p * stride + LANE + j))
    for j in range(0, width, lanes(u)):
        scale = one / load(c, j)
        store(m, j, load(m, j) - temperature * log(scale))
        store(c, j, scale - load(pad, j) * scale)
    for k in range(chains):
        scale = same(u, r[k])
        for p in range(first[k], first[k + 1]):
            for e in range(p * stride + LANE, p * stride + LANE + width, lanes(u)):
                store(V, e, load(V, e) * scale * load(c, e - p * stride - LANE))
    for k in range(0, chains, lanes(u)):
        store(f, k, load(f, k) - temperature * log(load(r, k)))


@inlined
def _row(u: Any, V: Any, bias: Any, e: int, v: int, pull: Any, keep: Any, dt: Any, g: Any, shot: Any) -> None:
    """Take the step of one row of lanes, inputs at the offset `e`, outputs at `v`."""
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


@kernel
def advance_members(
    A: Any, bias: Any, first: Any, levels: Any, dt: Any, u: Any, V: Any, f: Any, m: Any,
    begun: int, sweeps: int, T: Any, keys: Any, numbers: Any,
) -> None:  # fmt: skip
    """Take the steps of `levels`, after `begun` earlier ones, of all members in place; then `sweeps` at T.

    Arrays as in `ChainsBlock`. If `begun` is 0, the potentials are computed from the inputs.
    """
    count, rows, width = u.shape
    units, slots = bias.shape
    chains, dtype = len(first) - 1, u.dtype
    padded, forward = np.zeros((rows, width), dtype), np.zeros((units, rows), dtype)
    backward = np.zeros_like(forward)
    padded[:units, :slots], forward[:, :units], backward[:, :units] = bias, A, A.T
    r = np.ones(chains + LANE, dtype)
    c, pad = np.zeros(width, dtype), np.zeros(width, dtype)
    pad[slots:] = 1
    for k in range(count):
        if begun == 0:
            for chain in range(chains):
                f[k, chain] = u[k, first[chain] : first[chain + 1], :slots].max()
            m[k, :slots] = 0
            m[k, slots:] = SHUT
        at = begun * (rows // BLOCK)
        for step in range(len(levels) + sweeps):
            heat = T
            if step < len(levels):
                heat = levels[step, 0]
            _sweep(
                pointer(u[k]), pointer(V[k]), pointer(f[k]), pointer(m[k]), pointer(r), pointer(c),
                pointer(pad), pointer(first), chains, width, heat,
            )  # fmt: skip
            if step < len(levels):
                at = _step(
                    pointer(u[k]), pointer(V[k]), pointer(forward), pointer(backward), pointer(padded),
                    pointer(numbers), units, rows, width, dt, levels[step, 1], levels[step, 2], keys[k],
                    at,
                )  # fmt: skip


class ChainsBlock(NamedTuple):
    """Members one after the other, padded.

    Inputs `u` (members, rows, width), outputs `V` (members, rows + 1, width + LANE) after a guard, the
    potentials `f` (members, chains + LANE) of the chains and `m` (members, width) of the slots.
    """

    u: NDArray[Any]
    V: NDArray[Any]
    f: NDArray[Any]
    m: NDArray[Any]


def begin(tables: ChainsTables, start: NDArray[Any]) -> ChainsBlock:
    """Return the block of members that begin at the inputs `start` (members, units, slots)."""
    count, units, slots = start.shape
    width, rows = -(-slots // LANE) * LANE, -(-units // BLOCK) * BLOCK
    u = np.zeros((count, rows, width), start.dtype)
    u[:, :units, :slots] = start
    V = np.zeros((count, rows + 1, width + LANE), start.dtype)
    f = np.zeros((count, len(tables.first) - 1 + LANE), start.dtype)
    return ChainsBlock(u, V, f, np.zeros((count, width), start.dtype))


def anneal(tables: ChainsTables, start: NDArray[Any], keys: Words) -> NDArray[Any]:
    """Return the outputs (members, units, slots) after the anneals from the inputs `start` of that shape.

    `keys` (members,) are those of the noise.
    """
    block, (_, units, slots) = begin(tables, start), start.shape
    numbers = tape(str(tables.A.dtype))
    advance_members(*tables, *block, 0, SWEEPS, tables.levels[-1, 0], keys, numbers)
    return block.V[:, :units, LANE : LANE + slots]


class CompiledChains(Stepper):
    """The compiled anneals of `Chains`, several members at a time."""

    machine: Chains
    compiled: ClassVar[bool] = True

    def __init__(self, machine: Chains, dtype: Precision) -> None:
        self.machine, self.precision, self.width = machine, dtype, 8
        self.tables, self.numbers = chains_tables(machine, dtype), tape(str(np.dtype(dtype)))

    def noise(self, seed: int, index: Integers, stream: int) -> ChainKeys:
        """Return a key for each member."""
        return ChainKeys(seed, index, stream)

    @property
    def compiling_s(self) -> float:
        """Estimated seconds of compiling before the first step."""
        return seconds_to_compile({advance_members: 6.0})

    def load(self, x: Array, first: int) -> ChainsBlock:
        """Return the anneals from the inputs `x`."""
        return begin(self.tables, self.machine.grid(x).astype(self.precision))

    def advance(self, block: ChainsBlock, first: int, steps: int, noise: Words) -> None:
        """Take the steps."""
        self._run(block, first, self.tables.levels[first : first + steps], 0, first, noise)

    def states(self, block: ChainsBlock) -> Array:
        """Return u."""
        u = block.u[:, : self.machine.units, : self.machine.slots]
        return self.machine.flat(u.astype(np.float64))

    def outputs(self, block: ChainsBlock, k: int) -> Array:
        """Return V at the temperature of step `k`, after a close projection."""
        close = ChainsBlock(block.u, *(part.copy() for part in block[1:]))
        keys = np.zeros(len(block.u), np.uint32)
        self._run(close, k, self.tables.levels[:0], SWEEPS, min(k, len(self.tables.levels) - 1), keys)
        V = close.V[:, : self.machine.units, LANE : LANE + self.machine.slots]
        return self.machine.flat(V.astype(np.float64))

    def _run(
        self, block: ChainsBlock, begun: int, levels: NDArray[Any], sweeps: int, at: int, keys: Words
    ) -> None:
        A, bias, first, all_levels, dt = self.tables
        T = all_levels[at, 0]
        advance_members(A, bias, first, levels, dt, *block, begun, sweeps, T, keys, self.numbers)
