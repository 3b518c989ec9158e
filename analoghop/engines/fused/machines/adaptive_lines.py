"""`AdaptiveLinesStepper`: the compiled stepper of clusters with adaptive lines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Array, Indices, Mask, Precision
from analoghop.engines.fused.machines.adaptive_lines_steps import AdaptiveLinesTables, advance
from analoghop.engines.fused.machines.compiled_stepper import Block, CompiledStepper
from analoghop.systems.machines.adaptive_lines import AdaptiveLines
from analoghop.systems.machines.exclusions import Exclusions

TILE = 8  # number of first cells whose pairs are processed together: their rows stay in the level-1 cache


class AdaptiveLinesStepper(CompiledStepper):
    """The steps of one machine, with its tables."""

    machine: AdaptiveLines
    kernels: ClassVar[Mapping[Any, float]] = {advance: 4.0}

    def __init__(self, machine: AdaptiveLines, dtype: Precision) -> None:
        super().__init__(machine, dtype)
        order, cells = _order(machine.pairs), machine.cells
        self.cuts = [cells, cells + machine.pairs.count]
        self.order = np.concatenate([np.arange(cells), cells + order, np.arange(self.cuts[1], machine.size)])
        self.place = np.argsort(self.order)
        times = np.arange(machine.steps) * machine.step
        self.kernel = advance
        self.timed = (np.stack([machine.gain.value(times), machine.amplitude(times) + 0.0 * times], axis=1),)
        self.constants = _tables(machine, order, self.dtype), machine.step / machine.tau

    def load(self, x: Array, first: int) -> Block:
        """Return a block with the states `x`."""
        return super().load(x[self.order], first)

    def block(self, first: int, *parts: NDArray[Any]) -> Block:
        """Return inputs, both kinds of weights, outputs, fields and violations."""
        inputs = parts[0]
        return *parts, np.zeros_like(inputs), np.zeros_like(inputs), np.zeros(self.width, self.dtype)

    def states(self, block: Block) -> Array:
        """Return inputs, then weights."""
        return super().states(block)[self.place]

    def solved(self, block: Block) -> Mask:
        """Return which members the kernel found solved after the last steps."""
        return np.asarray(block[-1] == 0.0)


def _order(pairs: Exclusions) -> Indices:
    """Return an order of the pairs in which the rows of shared cells stay in the cache."""
    rows = pairs.first // max(pairs.width, 1)
    return np.lexsort((pairs.first, pairs.second, rows // TILE))


def _tables(machine: AdaptiveLines, order: Indices, dtype: np.dtype[Any]) -> AdaptiveLinesTables:
    pairs, lines, capacity = machine.pairs, machine.lines, machine.C[:, 0]

    def cast(values: Any) -> NDArray[Any]:
        return np.ascontiguousarray(values, dtype)

    first, second, strength = pairs.first[order], pairs.second[order], pairs.strength[order, 0]
    share = lines.coefficients[:, 0]
    stiffness = np.repeat(lines.stiffness[:, 0], np.diff(lines.starts))
    objective = None if machine.couplings is None else machine.couplings.matrix
    coupled = 0 if objective is None else objective.nnz
    rows = np.zeros(machine.cells + 1, np.int64) if objective is None else objective.indptr.astype(np.int64)
    columns = np.zeros(0, np.int64) if objective is None else objective.indices.astype(np.int64)
    entries = np.zeros(0) if objective is None else objective.data / np.repeat(capacity, np.diff(rows))
    return AdaptiveLinesTables(
        starts=machine.clusters.starts,
        span=pairs.width,
        first=first,
        second=second,
        forward=cast(strength / capacity[first]),
        back=cast(strength / capacity[second]),
        growth=float(pairs.eta[0, 0]) if pairs.count else 0.0,
        leak=float(pairs.delta[0, 0]) if pairs.count else 0.0,
        begin=lines.starts,
        cells=np.ascontiguousarray(lines.members),
        share=cast(share),
        pull=cast(stiffness * share / capacity[lines.members]),
        kinds=lines.codes,
        bounds=cast(lines.bounds[:, 0]),
        growths=cast(lines.eta[:, 0]),
        leaks=cast(lines.delta[:, 0]),
        bias=cast(machine.bias[:, 0] / capacity),
        indptr=rows,
        indices=columns,
        entries=cast(entries),
        clusters=len(machine.widths),
        pairs=pairs.count,
        lines=lines.count,
        coupled=coupled,
    )
