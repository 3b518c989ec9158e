"""The compiled steps of winner-take-all clusters with adaptive lines."""

from __future__ import annotations

from typing import Any, NamedTuple

from analoghop.engines.fused.machines.deviates import deviates
from analoghop.engines.fused.registers.compiling import kernel
from analoghop.engines.fused.registers.lanes import (
    inlined,
    lanes,
    larger,
    load,
    pointer,
    same,
    size,
    store,
    view,
    where,
)
from analoghop.engines.fused.registers.mathematics import exp
from analoghop.systems.machines.sum_bounds import SLACK

LOWEST = -40.0  # of an exponent: products of two outputs stay normal numbers in single precision
EXCLUSIVE, AT_MOST, AT_LEAST, EQUAL = range(4)  # as in `systems.lines.KINDS`


class AdaptiveLinesTables(NamedTuple):
    """A system as plain arrays; every number but the integers in the precision of the run.

    `starts` (clusters + 1): first rows of the clusters. Pairs: rows `first` and `second`, `span` rows each,
    `forward` and `back` the strength divided by the capacity of either end. Lines as sparse rows: `begin`
    (lines + 1), `cells`, `share` (coefficient), `pull` (stiffness times coefficient over capacity), `kinds`,
    `bounds`, `growths` and `leaks`. `bias` over capacity. Couplings over capacity as sparse rows: `indptr`,
    `indices`, `entries`.
    """

    starts: Any
    span: int
    first: Any
    second: Any
    forward: Any
    back: Any
    growth: float
    leak: float
    begin: Any
    cells: Any
    share: Any
    pull: Any
    kinds: Any
    bounds: Any
    growths: Any
    leaks: Any
    bias: Any
    indptr: Any
    indices: Any
    entries: Any
    clusters: int
    pairs: int
    lines: int
    coupled: int


@inlined
def _amplify(tables: Any, u: Any, v: Any, gain: float, w: int) -> None:
    """Compute the softmax of every cluster, relative to its largest input."""
    g = same(u, gain)
    for k in range(tables.clusters):
        begin, end = tables.starts[k] * w, tables.starts[k + 1] * w
        for c in range(0, w, lanes(u)):
            top = load(u, begin + c)
            for e in range(begin + w + c, end, w):
                top = larger(top, load(u, e))
            total = same(u, 0.0)
            for e in range(begin + c, end, w):
                weight = exp(larger(same(u, LOWEST), g * (load(u, e) - top)))
                total = total + weight
                store(v, e, weight)
            share = same(u, 1.0) / total
            for e in range(begin + c, end, w):
                store(v, e, share * load(v, e))


@inlined
def _pull_pairs(tables: Any, v: Any, h: Any, weights: Any, dt: float, w: int) -> None:
    """Add the fields of the pairs and step their weights, in one pass.

    Two pairs that share their second cells are processed together: the rows of these are loaded and stored
    once.
    """
    p = 0
    while p < tables.pairs:
        if p + 1 < tables.pairs and tables.second[p] == tables.second[p + 1]:
            _pull_two(tables, v, h, weights, dt, w, p)
            p += 2
        else:
            _pull_one(tables, v, h, weights, dt, w, p)
            p += 1


@inlined
def _pull_one(tables: Any, v: Any, h: Any, weights: Any, dt: float, w: int, p: int) -> None:
    span = tables.span * w
    growth, leak, one = same(v, dt * tables.growth), same(v, dt * tables.leak), same(v, 1.0)
    a, b = tables.first[p] * w, tables.second[p] * w
    forward, back = same(v, tables.forward[p]), same(v, tables.back[p])
    for c in range(0, w, lanes(v)):
        weight = load(weights, p * w + c)
        f, g, overlap = forward * weight, back * weight, same(v, 0.0)
        for e in range(c, span, w):
            x, y = load(v, a + e), load(v, b + e)
            overlap = overlap + x * y
            store(h, a + e, load(h, a + e) - f * y)
            store(h, b + e, load(h, b + e) - g * x)
        store(weights, p * w + c, weight + (growth * overlap - leak * (weight - one)))


@inlined
def _pull_two(tables: Any, v: Any, h: Any, weights: Any, dt: float, w: int, p: int) -> None:
    """Process the pairs p and p + 1, which have different first cells and the same second cells."""
    span = tables.span * w
    growth, leak, one = same(v, dt * tables.growth), same(v, dt * tables.leak), same(v, 1.0)
    a, d, b = tables.first[p] * w, tables.first[p + 1] * w, tables.second[p] * w
    forward, back = same(v, tables.forward[p]), same(v, tables.back[p])
    forward2, back2 = same(v, tables.forward[p + 1]), same(v, tables.back[p + 1])
    for c in range(0, w, lanes(v)):
        weight, weight2 = load(weights, p * w + c), load(weights, (p + 1) * w + c)
        f, g, overlap = forward * weight, back * weight, same(v, 0.0)
        f2, g2, overlap2 = forward2 * weight2, back2 * weight2, same(v, 0.0)
        for e in range(c, span, w):
            x, x2, y = load(v, a + e), load(v, d + e), load(v, b + e)
            overlap = overlap + x * y
            overlap2 = overlap2 + x2 * y
            store(h, a + e, load(h, a + e) - f * y)
            store(h, d + e, load(h, d + e) - f2 * y)
            store(h, b + e, load(h, b + e) - g * x - g2 * x2)
        store(weights, p * w + c, weight + (growth * overlap - leak * (weight - one)))
        store(weights, (p + 1) * w + c, weight2 + (growth * overlap2 - leak * (weight2 - one)))


@inlined
def _pull_lines(tables: Any, v: Any, h: Any, weights: Any, dt: float, w: int) -> None:
    """Add the fields of the lines and step their weights."""
    zero, one = same(v, 0.0), same(v, 1.0)
    for line in range(tables.lines):
        kind, begin, end = tables.kinds[line], tables.begin[line], tables.begin[line + 1]
        bound = same(v, tables.bounds[line])
        growth, leak = same(v, dt * tables.growths[line]), same(v, dt * tables.leaks[line])
        for c in range(0, w, lanes(v)):
            weight = load(weights, line * w + c)
            total = zero
            for e in range(begin, end):
                total = total + same(v, tables.share[e]) * load(v, tables.cells[e] * w + c)
            beyond = total - bound
            if kind == EQUAL:
                excess, force = size(beyond), beyond
            elif kind == AT_LEAST:
                excess = larger(zero, zero - beyond)
                force = zero - excess
            else:
                excess = larger(zero, beyond)
                force = excess
            if kind == EXCLUSIVE:
                force = total
            force = force * weight
            for e in range(begin, end):
                place = tables.cells[e] * w + c
                pull = same(v, tables.pull[e])
                field = load(h, place) - pull * force
                if kind == EXCLUSIVE:
                    field = field + pull * weight * same(v, tables.share[e]) * load(v, place)
                store(h, place, field)
            store(weights, line * w + c, weight + (growth * excess - leak * (weight - one)))


@inlined
def _begin(tables: Any, v: Any, h: Any, cells: int, w: int) -> None:
    """Write the bias plus the fields of the couplings to h."""
    for i in range(cells):
        bias = same(v, tables.bias[i])
        for c in range(0, w, lanes(v)):
            total = bias
            if tables.coupled > 0:
                for k in range(tables.indptr[i], tables.indptr[i + 1]):
                    total = total - same(v, tables.entries[k]) * load(v, tables.indices[k] * w + c)
            store(h, i * w + c, total)


@inlined
def _move(u: Any, h: Any, keys: Any, at: int, cells: int, dt: float, amplitude: float, w: int) -> None:
    """Take the step u + dt (h - u) + amplitude times noise."""
    step, factor = same(u, dt), same(u, amplitude)
    for i in range(cells):
        for c in range(0, w, lanes(u)):
            e = i * w + c
            x = load(u, e)
            x = x + step * (load(h, e) - x)
            if amplitude != 0.0:
                x = x + factor * deviates(u, i, keys, at + c, w)
            store(u, e, x)


@inlined
def _fault_of_lines(tables: Any, on: Any, fault: Any, w: int) -> None:
    zero, slack = same(on, 0.0), same(on, SLACK)
    for line in range(tables.lines):
        kind, bound = tables.kinds[line], same(on, tables.bounds[line])
        for c in range(0, w, lanes(on)):
            total = zero
            for e in range(tables.begin[line], tables.begin[line + 1]):
                total = total + same(on, tables.share[e]) * load(on, tables.cells[e] * w + c)
            beyond = total - bound
            if kind == EQUAL:
                beyond = size(beyond)
            elif kind == AT_LEAST:
                beyond = zero - beyond
            store(fault, c, load(fault, c) + larger(zero, beyond - slack))


@inlined
def _read(tables: Any, u: Any, on: Any, fault: Any, w: int) -> None:
    """Write 1 to `on` for the largest cell of every cluster, the first of several, and 0 for the others.

    `fault` becomes positive for members that violate a pair or a line.
    """
    one, zero = same(u, 1.0), same(u, 0.0)
    for c in range(0, w, lanes(u)):
        store(fault, c, zero)
        for k in range(tables.clusters):
            begin, end = tables.starts[k] * w + c, tables.starts[k + 1] * w
            top = load(u, begin)
            for e in range(begin + w, end, w):
                top = larger(top, load(u, e))
            free = one
            for e in range(begin, end, w):
                # `where` tests for > 0, which holds below the maximum.
                chosen = where(top - load(u, e), zero, free)
                store(on, e, chosen)
                free = free - chosen
        broken = zero
        for p in range(tables.pairs):
            a, b = tables.first[p] * w, tables.second[p] * w
            for e in range(c, tables.span * w, w):
                broken = broken + load(on, a + e) * load(on, b + e)
        store(fault, c, broken)
    _fault_of_lines(tables, on, fault, w)


@kernel
def advance(
    u: Any, weights: Any, line_weights: Any, v: Any, h: Any, fault: Any, steps: int, keys: Any, program: Any,
    tables: Any, dt: float,
) -> None:  # fmt: skip
    """Take `steps` steps; the rows of `program` are gain and amplitude of the noise in each.

    `u`, `v`, `h` are (cells, w), `weights` (pairs, w), `line_weights` (lines, w).
    `fault` (w,) becomes positive for members whose end state, read as the largest cell of each cluster,
    violates a pair or a line.
    """
    cells, w = u.shape
    rows = view(tables)
    pu, pv, ph = pointer(u), pointer(v), pointer(h)
    pw, pl, pf, pk = pointer(weights), pointer(line_weights), pointer(fault), pointer(keys)
    for k in range(steps):
        _amplify(rows, pu, pv, program[k, 0], w)
        _begin(rows, pv, ph, cells, w)
        _pull_pairs(rows, pv, ph, pw, dt, w)
        _pull_lines(rows, pv, ph, pl, dt, w)
        _move(pu, ph, pk, k * 2 * w, cells, dt, program[k, 1], w)
    _read(rows, pu, ph, pf, w)
