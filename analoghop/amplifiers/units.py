"""`Units`: the amplifiers of a bank at unit gain, evaluated kind by kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from analoghop.activations import Activation, Push
from analoghop.arrays import Array, Indices

Rows = slice | Indices


class Group(NamedTuple):
    """All units of one kind, and their indices among the inputs, the outputs and the units."""

    activation: Activation
    inputs: Rows
    outputs: Rows
    units: Rows

    def drive(self, y: Array) -> Array:
        """Return the group's part of the inputs `y`; of vector amplifiers (units, inputs, members)."""
        return self._split(y[self.inputs], self.activation.inputs)

    def outcome(self, f: Array) -> Array:
        """Return the group's part of the outputs `f`; of vector amplifiers (units, outputs, members)."""
        return self._split(f[self.outputs], self.activation.outputs)

    def _split(self, part: Array, width: int) -> Array:
        return part if self.activation.scalar else part.reshape(-1, width, part.shape[-1])

    def rows(self, f: Array) -> Array:
        """Return the result of the activation (units, rows per unit, members) as rows."""
        return f if self.activation.scalar else f.reshape(-1, f.shape[-1])


@dataclass(frozen=True)
class Units:
    """The units of `blocks` (activation, number of units), the rows of each unit together.

    Arrays are (inputs, members) and (outputs, members) in the order of the blocks; each kind is evaluated
    once, for all its units.
    """

    blocks: tuple[tuple[Activation, int], ...]

    @cached_property
    def activations(self) -> tuple[Activation, ...]:
        """The activation of each unit."""
        return tuple(activation for activation, count in self.blocks for _ in range(int(count)))

    @cached_property
    def scalar(self) -> bool:
        """Whether every unit has one input and one output."""
        return all(activation.scalar for activation, _ in self.blocks)

    @cached_property
    def of_input(self) -> Indices:
        """The unit of each input row, (inputs,)."""
        return np.repeat(np.arange(len(self.activations)), [a.inputs for a in self.activations])

    @cached_property
    def of_output(self) -> Indices:
        """The unit of each output row, (outputs,)."""
        return np.repeat(np.arange(len(self.activations)), [a.outputs for a in self.activations])

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """The kinds, in the order of their first units."""
        kinds: dict[Activation, list[int]] = {}
        for unit, activation in enumerate(self.activations):
            kinds.setdefault(activation, []).append(unit)
        return tuple(
            Group(
                activation,
                _compact(rows_of(self.of_input, units)),
                _compact(rows_of(self.of_output, units)),
                _compact(np.array(units)),
            )
            for activation, units in kinds.items()
        )

    @cached_property
    def _output_order(self) -> Indices | None:
        """The index of each output among the rows of all groups; None if they are in order."""
        return _order([group.outputs for group in self.groups], len(self.of_output))

    @cached_property
    def _unit_order(self) -> Indices | None:
        return _order([group.units for group in self.groups], len(self.activations))

    def value(self, y: Array) -> Array:
        """Return f(y), (outputs, members)."""
        parts = [group.rows(group.activation.value(group.drive(y))) for group in self.groups]
        return _join(parts, self._output_order, y)

    def vector(self) -> Callable[[Array], Array]:
        """Return the fastest `value` of one member: (inputs,) -> (outputs,)."""
        if len(self.groups) == 1 and self.scalar:
            return self.groups[0].activation.value
        if not self.scalar:
            return lambda y: self.value(y[:, None])[:, 0]
        parts, order = [(group.activation.value, group.inputs) for group in self.groups], self._output_order
        return lambda y: _join([value(y[rows]) for value, rows in parts], order, y)

    def linearise(self, y: Array) -> tuple[Array, Push]:
        """Return f(y) and the function dy -> J(y) dy."""
        pairs = [group.activation.linearise(group.drive(y)) for group in self.groups]
        f = [group.rows(value) for (value, _), group in zip(pairs, self.groups, strict=True)]

        def push(dy: Array) -> Array:
            df = [group.rows(p(group.drive(dy))) for (_, p), group in zip(pairs, self.groups, strict=True)]
            return _join(df, self._output_order, dy)

        return _join(f, self._output_order, y), push

    def slopes(self, y: Array) -> Array:
        """Return f'(y) of scalar units, (units, members)."""
        parts = [group.activation.jacobian(group.drive(y)) for group in self.groups]
        return _join(parts, self._unit_order, y)

    def entries(self, y: Array) -> Array:
        """Return the entries of the Jacobian at `y` (inputs, 1), at the places of `pattern`."""
        parts = [group.activation.jacobian(group.drive(y)).ravel() for group in self.groups]
        return _join(parts, None, y[:, 0])

    @cached_property
    def pattern(self) -> tuple[Indices, Indices]:
        """Output rows and input rows of the entries of the Jacobian."""
        rows, columns = [np.zeros(0, np.intp)], [np.zeros(0, np.intp)]
        for group in self.groups:
            i, o = group.activation.inputs, group.activation.outputs
            row = np.arange(len(self.of_output))[group.outputs].reshape(-1, o, 1)
            column = np.arange(len(self.of_input))[group.inputs].reshape(-1, 1, i)
            rows.append(np.repeat(row, i, axis=2).ravel())
            columns.append(np.repeat(column, o, axis=1).ravel())
        return np.concatenate(rows), np.concatenate(columns)

    def potential(self, y: Array) -> Array:
        """Return F(y) of every unit, (units, members)."""
        parts = [group.activation.potential(group.drive(y)) for group in self.groups]
        return _join(parts, self._unit_order, y)

    def leverage(self, gain: Array, scale: Array) -> Array:
        """Return `scale` (outputs, 1) over `gain` (inputs, 1) of each unit's first row, (units, 1)."""
        units = np.arange(len(self.activations))
        first_input, first_output = (np.searchsorted(of, units) for of in (self.of_input, self.of_output))
        return scale[first_output] / gain[first_input]

    def inverse(self, f: Array) -> Array:
        """Return inputs with these outputs, (inputs, members). Raises `InputError` if there are none."""
        y = np.empty((len(self.of_input), f.shape[1]), f.dtype)
        for group in self.groups:
            y[group.inputs] = group.rows(group.activation.inverse(group.outcome(f)))
        return y

    def totals(self, rows: Array) -> Array:
        """Return the sums of `rows` (inputs, members) over each unit, (units, members)."""
        if self.scalar:
            return rows
        parts = [_sums(group.drive(rows), group.activation) for group in self.groups]
        return _join(parts, self._unit_order, rows)


def rows_of(unit_of_row: Indices, units: list[int] | Indices) -> Indices:
    """Return the rows of `units`, in their order."""
    first = np.searchsorted(unit_of_row, units, side="left")
    last = np.searchsorted(unit_of_row, units, side="right")
    runs = [np.arange(start, stop) for start, stop in zip(first, last, strict=True)]
    return np.concatenate([np.zeros(0, np.intp), *runs])


def _sums(rows: Array, activation: Activation) -> Array:
    return rows if activation.scalar else np.asarray(rows.sum(axis=-2))


def _compact(rows: Indices) -> Rows:
    """Return `rows` as a slice if they are consecutive, which needs no copy."""
    if len(rows) and (np.diff(rows) == 1).all():
        return slice(int(rows[0]), int(rows[-1]) + 1)
    return rows


def _order(parts: list[Rows], size: int) -> Indices | None:
    """Return the index of each row among the rows of all `parts`, or None if they are in order."""
    places = np.concatenate([np.zeros(0, np.intp), *(np.arange(size)[part] for part in parts)])
    return None if (np.diff(places) == 1).all() else np.argsort(places)


def _join(parts: list[Array], order: Indices | None, like: Array) -> Array:
    """Return the rows of all `parts` in `order`; an empty array of the form of `like` without parts."""
    if len(parts) == 1:
        return parts[0]
    if not parts:
        return like[:0]
    joined = np.concatenate(parts)
    return joined if order is None else joined[order]
