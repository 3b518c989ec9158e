"""Linear maps and quadratic forms from the states of a circuit to its voltages, currents and powers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from analoghop.arrays import Array
from analoghop.systems.circuits.matrices import Matrix, entries, row_sums


class ObservedPoint(NamedTuple):
    """States, amplifier outputs and sources at one time, or their rates: each (rows, members)."""

    x: Array
    v: Array
    w: Array


@dataclass(frozen=True, eq=False)
class LinearMap:
    """`x @ states + v @ outputs + w @ sources`: rows that are linear in an `ObservedPoint`."""

    x: Matrix
    v: Matrix
    w: Matrix

    def __matmul__(self, point: ObservedPoint) -> Array:
        return np.asarray(self.x @ point.x + self.v @ point.v + self.w @ point.w)

    def __getitem__(self, rows: Any) -> LinearMap:
        return LinearMap(self.x[rows], self.v[rows], self.w[rows])

    def __rmatmul__(self, left: Matrix) -> LinearMap:
        return LinearMap(left @ self.x, left @ self.v, left @ self.w)

    def __add__(self, other: LinearMap) -> LinearMap:
        return LinearMap(self.x + other.x, self.v + other.v, self.w + other.w)

    def __neg__(self) -> LinearMap:
        return LinearMap(-self.x, -self.v, -self.w)

    def __sub__(self, other: LinearMap) -> LinearMap:
        return self + -other


@dataclass(frozen=True, eq=False)
class Observation:
    """Node voltages `v(node)` and the currents `i(name)` through voltage-defined branches.

    `voltage` maps a point to the node voltages; `current` and `charge` map the point and its rate to the
    branch currents (those of capacitors need the rate). SPICE's sign: from + through the source.
    """

    nodes: tuple[str, ...]
    branches: tuple[str, ...]
    voltage: LinearMap
    current: LinearMap
    charge: LinearMap

    @cached_property
    def signal_names(self) -> tuple[str, ...]:
        """All names, voltages first."""
        return tuple(f"v({n})" for n in self.nodes) + tuple(f"i({b})" for b in self.branches)

    @cached_property
    def rows(self) -> dict[str, int]:
        """Row of every signal name."""
        return {name: row for row, name in enumerate(self.signal_names)}

    def driven(self) -> list[tuple[str, int]]:
        """Return (node, output) for each node whose voltage equals one output.

        Of several nodes at one output the first comes last.
        """
        rows, outputs, values = entries(self.voltage.v)
        others = row_sums(self.voltage.x) + row_sums(self.voltage.w)
        alone = (np.bincount(rows, minlength=len(others)) == 1) & (others == 0)
        found = np.flatnonzero(alone[rows] & (values == 1.0))[::-1]
        return [(self.nodes[rows[k]], int(outputs[k])) for k in found]

    def needs_rates(self, names: Sequence[str]) -> bool:
        """Whether one of the names is a current."""
        return any(self.rows[name] >= len(self.nodes) for name in names)

    def observe(self, names: Sequence[str], point: ObservedPoint, rate: ObservedPoint | None) -> Array:
        """Return the named signals (len(names), members); `rate` may be None if no current is requested."""
        rows = np.array([self.rows[name] for name in names], dtype=np.intp)
        result = np.empty((len(rows), point.x.shape[1]))
        is_voltage = rows < len(self.nodes)
        result[is_voltage] = self.voltage[rows[is_voltage]] @ point
        if not is_voltage.all():
            assert rate is not None
            picked = rows[~is_voltage] - len(self.nodes)
            result[~is_voltage] = self.current[picked] @ point + self.charge[picked] @ rate
        return result


@dataclass(frozen=True, eq=False)
class PowerBalance:
    """Electrical power of a compiled circuit: delivered by sources, lost in resistors, stored in capacitors.

    Inductors are among the capacitors: their currents are voltages of nodes, their henries are farads there.

    `resistance` maps a point to the voltage across each resistor and `conductance` (r, 1) holds its siemens;
    `across` and `capacitance` are the same for the capacitors; `source_voltage`, `source_current` and
    `source_charge` give voltage and current (from + to - through the source) of every source.
    """

    resistance: LinearMap
    conductance: Array
    across: LinearMap
    capacitance: Array
    source_voltage: LinearMap
    source_current: LinearMap
    source_charge: LinearMap

    @cached_property
    def _burn(self) -> Matrix:
        return _quadratic_form(self.resistance, self.conductance)

    @cached_property
    def _store(self) -> Matrix:
        return _quadratic_form(self.across, self.capacitance)

    def heat(self, point: ObservedPoint) -> Array:
        """Return the power dissipated in the resistors in watt, (members,)."""
        y = np.concatenate(_same_width(point))
        return np.asarray(np.sum(y * (self._burn @ y), axis=0))

    def stored(self, point: ObservedPoint) -> Array:
        """Return the energy stored in the capacitors in joule, (members,)."""
        y = np.concatenate(_same_width(point))
        return np.asarray(0.5 * np.sum(y * (self._store @ y), axis=0))

    def delivered(self, point: ObservedPoint, rate: ObservedPoint) -> Array:
        """Return the power that all sources deliver in watt, (members,)."""
        voltage = self.source_voltage @ point
        current = self.source_current @ point + self.source_charge @ rate
        return np.asarray(-np.sum(voltage * current, axis=0))


def _same_width(point: ObservedPoint) -> list[Array]:
    width = max(part.shape[1] for part in point)
    return [np.broadcast_to(part, (part.shape[0], width)) for part in point]


def _quadratic_form(across: LinearMap, weight: Array) -> Matrix:
    """Return Y' diag(weight) Y for Y = [x v w]: its size is that of the state, not of the deck."""
    from scipy import sparse

    Y = sparse.csr_array(sparse.hstack([sparse.csr_array(m) for m in (across.x, across.v, across.w)]))
    form = sparse.csr_array(Y.T @ sparse.diags_array(weight[:, 0]) @ Y)
    return form.toarray() if form.nnz > 0.1 * form.shape[0] ** 2 else form
