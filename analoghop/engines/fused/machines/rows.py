"""`Rows`: a sparse symmetric coupling as compressed rows; `CoupledStepper`: steps of coupled spins."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Integers, Precision
from analoghop.couplings import Sparse
from analoghop.engines.fused.machines.compiled_stepper import CompiledStepper
from analoghop.engines.fused.registers.lanes import inlined, lanes, load, same, store
from analoghop.systems.machines.spins.probabilistic_bits import ProbabilisticBits
from analoghop.systems.machines.spins.spin_machine import SpinMachine


class Rows(NamedTuple):
    """The entries of row i are those from `begin[i]` to `begin[i + 1]`, the neighbours in `columns`.

    If all entries are equal, `plain`, their value is `scale` and `weights` is empty. Else `weights` holds the
    entries and `scale` is 1.
    """

    begin: Integers
    columns: NDArray[np.int32]
    weights: NDArray[Any]
    scale: float
    plain: bool

    @staticmethod
    def of(coupling: Sparse, dtype: Any) -> Rows:
        """Return the rows of `coupling` with weights of `dtype`."""
        matrix = coupling.matrix.sorted_indices()
        begin, columns, data = matrix.indptr.astype(np.int64), matrix.indices.astype(np.int32), matrix.data
        plain = bool(len(data)) and bool(data.min() == data.max())
        scale, weights = (float(data[0]), data[:0]) if plain else (1.0, data)
        return Rows(begin, columns, np.ascontiguousarray(weights, dtype), scale, plain)


class CoupledStepper(CompiledStepper):
    """Steps of coupled spins, whose states are cut into the parts named in `machine.kinds`.

    The neighbours read an array of two halves: the values before a step, and those after it. They change
    places with every step; between two calls the first half holds the present values.
    """

    machine: SpinMachine | ProbabilisticBits

    def __init__(self, machine: SpinMachine | ProbabilisticBits, dtype: Precision) -> None:
        super().__init__(machine, dtype)
        self.cuts = [k * machine.cells for k in range(1, len(machine.kinds))]
        self.rows = Rows.of(machine.J, self.dtype)

    def couplings(self, push: float) -> tuple[Rows, NDArray[Any], float]:
        """Return the rows, and `push` times the bias and times the scale of the entries."""
        return self.rows, self.cast(push * self.machine.bias[:, 0]), push * self.rows.scale

    def halves(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return an array of two halves with `values` in the first."""
        return np.stack([values, np.zeros_like(values)])


@inlined
def half(k: int, size: int) -> tuple[int, int]:
    """Return where the half that step `k` of a call reads begins, and the one that it writes, `size` each."""
    return k % 2 * size, (k + 1) % 2 * size


@inlined
def return_to_first_half(values: Any, steps: int, size: int) -> None:
    """After an odd number of steps copy the second half to the first."""
    if steps % 2 == 1:
        for e in range(0, size, lanes(values)):
            store(values, e, load(values, size + e))


@inlined
def gathered(values: Any, columns: Any, start: int, stop: int, width: int, base: int) -> Any:
    """Return the sum of the rows `columns[start:stop]` of an array (n, width) at `base`, as lanes."""
    a, b = same(values, 0.0), same(values, 0.0)
    c, d = same(values, 0.0), same(values, 0.0)
    whole = stop - (stop - start) % 4
    for e in range(start, whole, 4):
        # Four partial sums, because one addition takes several cycles.
        a = a + load(values, base + columns[e] * width)
        b = b + load(values, base + columns[e + 1] * width)
        c = c + load(values, base + columns[e + 2] * width)
        d = d + load(values, base + columns[e + 3] * width)
    for e in range(whole, stop):
        a = a + load(values, base + columns[e] * width)
    return (a + b) + (c + d)


@inlined
def weighted(values: Any, columns: Any, weights: Any, start: int, stop: int, width: int, base: int) -> Any:
    """Return the sum of the rows `columns[start:stop]` of an array (n, width) at `base`, weighted."""
    a, b = same(values, 0.0), same(values, 0.0)
    c, d = same(values, 0.0), same(values, 0.0)
    whole = stop - (stop - start) % 4
    for e in range(start, whole, 4):
        a = a + same(values, weights[e]) * load(values, base + columns[e] * width)
        b = b + same(values, weights[e + 1]) * load(values, base + columns[e + 1] * width)
        c = c + same(values, weights[e + 2]) * load(values, base + columns[e + 2] * width)
        d = d + same(values, weights[e + 3]) * load(values, base + columns[e + 3] * width)
    for e in range(whole, stop):
        a = a + same(values, weights[e]) * load(values, base + columns[e] * width)
    return (a + b) + (c + d)


@inlined
def coupled(values: Any, rows: Any, row: int, width: int, base: int) -> Any:
    """Return row `row` of the coupling, a view of `Rows`, times the values at `base`, without `scale`."""
    start, stop = rows.begin[row], rows.begin[row + 1]
    if rows.plain:
        return gathered(values, rows.columns, start, stop, width, base)
    return weighted(values, rows.columns, rows.weights, start, stop, width, base)
