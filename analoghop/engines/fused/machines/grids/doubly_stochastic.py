"""The compiled kernel that anneals one assignment network, many steps in one call.

Arrays are (n, width); only the first n numbers of a row are used, and in V the rest are zeros. The projection
works in the scaling domain: K = exp((u - f - m) / T) with the potentials f and m of the step before, one
sweep { r = 1 / (K c); c = 1 / (K^T r) } from c = 1 with the columns last, V = r K c, and f, m absorb r and c.
"""

from __future__ import annotations

import math
from typing import Any

import numba
import numpy as np
from numba.core import types
from numba.extending import overload

from analoghop.engines.fused.registers.compiling import kernel
from analoghop.engines.machines.projection import FEW, LEAST, STEEPEST, SWEEPS

BLOCKED = 1e30  # potential of the padding: its outputs are zero

# Called by kernels only: without an entry from Python they compile in half the time.
_ENTRY = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
loop = numba.njit(nogil=True, error_model="numpy", fastmath={"contract", "reassoc", "nsz", "arcp"}, **_ENTRY)


def exponential(x: Any) -> Any:
    """Return exp x; in single precision 1e-38 for x below -87."""
    raise NotImplementedError("this function exists in compiled code only")


@overload(exponential, inline="always")
def _exponential(x: Any) -> Any:
    """Compute exp in single precision without calls and branches, so that loops are vectorised (Cephes)."""

    def double(x: Any) -> Any:
        return math.exp(x)

    def single(x: Any) -> Any:
        z = max(x, np.float32(-87.0))
        # Adding 1.5 2^23 puts the rounded integer into the low bits.
        shifted = np.float32(z * np.float32(1.44269504) + np.float32(12582912.0))
        k = shifted - np.float32(12582912.0)
        r = (z - k * np.float32(0.693359375)) + k * np.float32(2.12194440e-4)
        p = np.float32(1.9875691500e-4) * r + np.float32(1.3981999507e-3)
        p = p * r + np.float32(8.3334519073e-3)
        p = p * r + np.float32(4.1665795894e-2)
        p = p * r + np.float32(1.6666665459e-1)
        p = p * r + np.float32(5.0000001201e-1)
        power = np.int32((np.float32(shifted).view(np.int32) << np.int32(23)) + np.int32(0x3F800000))
        return (p * r * r + r + np.float32(1.0)) * np.int32(power).view(np.float32)

    return single if x == types.float32 else double


# Without reassociation of sums: `exponential` rounds by adding and subtracting a large number.
@numba.njit(nogil=True, error_model="numpy", fastmath={"contract", "nsz"}, **_ENTRY)
def boltzmann(u: Any, f: Any, m: Any, inverse_T: Any, out: Any) -> None:
    """Write exp((u - f - m) inverse_T) to `out`; `inverse_T` is 1/T."""
    top = u.dtype.type(STEEPEST)
    for i in range(len(u)):
        out[i] = exponential(min((u[i] - f - m[i]) * inverse_T, top))


@loop
def four_rows(a: Any, b: Any, out: Any, n: int, x: int) -> None:
    """Add four rows of a b, from row x on, to `out` (m, width): `a` (m, at least n), `b` (n, width)."""
    width, whole = b.shape[1], n - n % 4
    o0, o1, o2, o3 = out[x], out[x + 1], out[x + 2], out[x + 3]
    a0, a1, a2, a3 = a[x], a[x + 1], a[x + 2], a[x + 3]
    for y in range(0, whole, 4):
        b0, b1, b2, b3 = b[y], b[y + 1], b[y + 2], b[y + 3]
        p00, p01, p02, p03 = a0[y], a0[y + 1], a0[y + 2], a0[y + 3]
        p10, p11, p12, p13 = a1[y], a1[y + 1], a1[y + 2], a1[y + 3]
        p20, p21, p22, p23 = a2[y], a2[y + 1], a2[y + 2], a2[y + 3]
        p30, p31, p32, p33 = a3[y], a3[y + 1], a3[y + 2], a3[y + 3]
        for j in range(width):
            c0, c1, c2, c3 = b0[j], b1[j], b2[j], b3[j]
            o0[j] += p00 * c0 + p01 * c1 + p02 * c2 + p03 * c3
            o1[j] += p10 * c0 + p11 * c1 + p12 * c2 + p13 * c3
            o2[j] += p20 * c0 + p21 * c1 + p22 * c2 + p23 * c3
            o3[j] += p30 * c0 + p31 * c1 + p32 * c2 + p33 * c3
    for y in range(whole, n):
        b0 = b[y]
        p00, p10, p20, p30 = a0[y], a1[y], a2[y], a3[y]
        for j in range(width):
            c0 = b0[j]
            o0[j] += p00 * c0
            o1[j] += p10 * c0
            o2[j] += p20 * c0
            o3[j] += p30 * c0


@loop
def multiply(a: Any, b: Any, out: Any, n: int, add: int) -> None:
    """Write a b to `out`, or add it: the first n columns of `a` (n, at least n), `b` and `out` (n, width).

    `add` is 0 or 1, as a np.int64: constants would each be compiled apart.
    """
    whole = n - n % 4
    if not add:
        out[:] = 0
    for x in range(0, whole, 4):
        four_rows(a, b, out, n, x)
    for x in range(whole, n):
        target, entries = out[x], a[x]
        for y in range(n):
            source, entry = b[y], entries[y]
            for j in range(len(target)):
                target[j] += entry * source[j]


@loop
def shifted(v: Any, row: Any, out: Any, n: int) -> None:
    """Write the product of `v` and the circulant matrix with first row `row` to `out`, shift by shift."""
    width = v.shape[1]
    twice = np.zeros(2 * n + width, v.dtype)
    shifts, count = np.zeros(n, np.int64), 0
    for i in range(n):
        if row[i] != 0:
            shifts[count] = i
            count += 1
    for x in range(n):
        source, target = v[x], out[x]
        for i in range(n):
            twice[i] = source[i]
            twice[n + i] = source[i]
        for i in range(width):
            target[i] = 0
        for shift in shifts[:count]:
            factor, turned = row[shift], twice[n - shift :]
            for i in range(width):
                target[i] += factor * turned[i]


@loop
def filled(row: Any) -> int:
    """Return the number of entries that are not 0."""
    count = 0
    for entry in row:
        count += entry != 0
    return count


@loop
def circulant(row: Any, out: Any, n: int) -> None:
    """Write the circulant matrix whose entry (j, i) is row[i - j]."""
    for j in range(n):
        target, tail = out[j], row[n - j :]
        for i in range(j):
            target[i] = tail[i]
        for i in range(j, n):
            target[i] = row[i - j]


@loop
def scatter(u: Any, n: int, amplitude: Any, first: Any, second: Any) -> None:
    """Add to every number an independent one of variance amplitude^2: a hash of a counter and two keys.

    The sum of the four bytes of the hashed word has the first three moments of a normal number, which
    suffices for a fixed step. The hash function is Wellons' lowbias32 with a second key between its rounds.
    """
    scale = amplitude / u.dtype.type(math.sqrt(4 * (256 * 256 - 1) / 12))
    for x in range(n):
        row = u[x]
        for i in range(n):
            word = np.uint32(np.uint32(x * n + i) * np.uint32(0x9E3779B1) + first)
            word = np.uint32(word ^ (word >> np.uint32(16)))
            word = np.uint32(np.uint32(word * np.uint32(0x7FEB352D)) ^ second)
            word = np.uint32(word ^ (word >> np.uint32(15)))
            word = np.uint32(word * np.uint32(0x846CA68B))
            word = np.uint32(word ^ (word >> np.uint32(16)))
            low = np.int32(word & np.uint32(255)) + np.int32((word >> np.uint32(8)) & np.uint32(255))
            high = np.int32((word >> np.uint32(16)) & np.uint32(255)) + np.int32(word >> np.uint32(24))
            row[i] += scale * np.float32(low + high - 510)


@loop
def sweep(u: Any, V: Any, f: Any, m: Any, r: Any, c: Any, T: Any, n: int, hollow: int) -> None:
    """Write the projection of exp(u / T) to V, and absorb its scales r and c into f and m.

    Where `hollow` is 1 and not 0, the diagonal of V is 0.
    """
    width, one, least = u.shape[1], u.dtype.type(1), u.dtype.type(LEAST)
    inverse_T = one / T
    c[:] = 0
    for x in range(n):
        row, total = V[x], one - one
        boltzmann(u[x], f[x], m, inverse_T, row)
        if hollow:
            row[x] = 0
        for i in range(width):
            total += row[i]
        scale = one / max(total, least)
        r[x] = scale
        for i in range(width):
            c[i] += scale * row[i]
    for i in range(n):
        c[i] = one / max(c[i], least)
    c[n:] = 0
    for x in range(n):
        row, scale = V[x], r[x]
        for i in range(width):
            row[i] *= scale * c[i]
    for x in range(n):
        f[x] -= math.log(r[x]) * T
    for i in range(n):
        m[i] -= math.log(c[i]) * T


@loop
def blended(late: Any, early: Any, share: Any, out: Any) -> None:
    """Write late + share (early - late) to `out`."""
    for x in range(len(late)):
        a, b, target = late[x], early[x], out[x]
        for y in range(len(a)):
            target[y] = a[y] + share * (b[y] - a[y])


@loop
def advance(u: Any, V: Any, force: Any, g: Any, dt: Any) -> None:
    """Take the step u + dt (-u - force + g V)."""
    for x in range(len(u)):
        row, v, pull = u[x], V[x], force[x]
        for i in range(len(row)):
            row[i] += dt * (g * v[i] - pull[i] - row[i])


@kernel
def advance_many(
    u: Any,
    V: Any,
    f: Any,
    m: Any,
    left: Any,
    early: Any,
    rows: Any,
    right: Any,
    timed: Any,
    keys: Any,
    dt: Any,
) -> None:
    """Take several steps of an anneal of `u` (n, width), in place; V are the outputs of the last step.

    `f` (n,) and `m` (width,) are the potentials of the projection, `m` BLOCKED in the padding. `left` and
    `early` (terms, n, n), `early` empty if unused; `rows` (steps, terms, n) are the first rows of circulants,
    or empty: then `right` (terms, n, width) are full matrices. `timed` has T, g, the share of `early` and the
    amplitude of the noise for each step, `keys` (steps, 2) are the keys of the noise; `dt` is the step in
    time constants.
    """
    n, width = u.shape
    terms = len(left)
    r, c = np.zeros_like(f), np.zeros_like(m)
    turned, force, matrix = np.zeros_like(u), np.zeros_like(u), np.zeros_like(u)
    now = left.copy()
    for k in range(len(timed)):
        T, g, share, amplitude = timed[k]
        if len(early) > 0 and (share != 0 or (k > 0 and timed[k - 1, 2] != 0)):
            for term in range(terms):
                blended(left[term], early[term], share, now[term])
        sweep(u, V, f, m, r, c, T, n, np.int64(0))
        for term in range(terms):
            if len(rows) == 0:
                multiply(V, right[term], turned, n, np.int64(0))
            elif filled(rows[k, term]) <= FEW:
                shifted(V, rows[k, term], turned, n)
            else:
                circulant(rows[k, term], matrix, n)
                multiply(V, matrix, turned, n, np.int64(0))
            multiply(now[term], turned, force, n, int(term > 0))
        advance(u, V, force, g, dt)
        if amplitude != 0:
            scatter(u, n, amplitude, keys[k, 0], keys[k, 1])


@kernel
def settle(u: Any, V: Any, f: Any, m: Any, T: Any, hollow: bool) -> None:
    """Write the projection of exp(u / T) to V, more accurately than in a step."""
    n = len(u)
    r, c = np.zeros_like(f), np.zeros_like(m)
    for _ in range(SWEEPS):
        sweep(u, V, f, m, r, c, T, n, int(hollow))
