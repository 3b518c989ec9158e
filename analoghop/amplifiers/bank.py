"""`Amplifiers`: units in blocks of one kind, v = a + b f(g (z - o))."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from analoghop.activations import Activation
from analoghop.amplifiers import convexity
from analoghop.amplifiers.bound import Bound, bind
from analoghop.amplifiers.layout import Block, Index, layout, pattern
from analoghop.arrays import Array, column, frozen, readonly_fields
from analoghop.errors import InputError

Factor = float | Array


@dataclass(frozen=True, eq=False)
class Amplifiers:
    """A bank of amplifiers, v = base + scale f(gain factor (z - offset)).

    `blocks` lists (activation, number of units); the rows of a unit with several inputs stand together.
    `gain` and `offset` are per input row, `scale` and `base` per output row: numbers, or one value per row.
    `factor`, a float or (members,), multiplies all gains and is positive: a schedule of the gain.
    A bank may be empty. Raises `InputError` for a gain of zero, or parameters of the wrong length.
    """

    blocks: tuple[tuple[Activation, int], ...]
    gain: Array = field(default_factory=lambda: frozen(1.0))
    offset: Array = field(default_factory=lambda: frozen(0.0))
    scale: Array = field(default_factory=lambda: frozen(1.0))
    base: Array = field(default_factory=lambda: frozen(0.0))

    def __post_init__(self) -> None:
        blocks = tuple((activation, int(units)) for activation, units in self.blocks)
        if any(units < 1 for _, units in blocks):
            raise InputError("every block of amplifiers needs at least one unit")
        object.__setattr__(self, "blocks", blocks)
        gain = column(self.gain, self.inputs, "gain")
        if not gain.all():
            raise InputError(f"`gain` of input {int(np.flatnonzero(gain == 0)[0])} is zero")
        readonly_fields(
            self,
            gain=gain,
            offset=column(self.offset, self.inputs, "offset"),
            scale=column(self.scale, self.outputs, "scale"),
            base=column(self.base, self.outputs, "base"),
        )

    @staticmethod
    def uniform(
        activation: Activation,
        units: int,
        gain: ArrayLike = 1.0,
        offset: ArrayLike = 0.0,
        scale: ArrayLike = 1.0,
        base: ArrayLike = 0.0,
    ) -> Amplifiers:
        """Return `units` amplifiers of one kind."""
        return Amplifiers.of([activation] * units, gain, offset, scale, base)

    @staticmethod
    def of(
        units: Sequence[Activation],
        gain: ArrayLike = 1.0,
        offset: ArrayLike = 0.0,
        scale: ArrayLike = 1.0,
        base: ArrayLike = 0.0,
    ) -> Amplifiers:
        """Return a bank from one activation per unit; neighbours of one kind become a block."""
        blocks = tuple((activation, len(list(run))) for activation, run in groupby(units))
        return Amplifiers(blocks, *(np.asarray(p, np.float64) for p in (gain, offset, scale, base)))

    @cached_property
    def inputs(self) -> int:
        """Number of input rows."""
        return sum(activation.inputs * units for activation, units in self.blocks)

    @cached_property
    def outputs(self) -> int:
        """Number of output rows."""
        return sum(activation.outputs * units for activation, units in self.blocks)

    @cached_property
    def units(self) -> int:
        """Number of amplifiers."""
        return sum(units for _, units in self.blocks)

    @cached_property
    def activations(self) -> tuple[Activation, ...]:
        """The activation of each unit."""
        return tuple(activation for activation, units in self.blocks for _ in range(units))

    @cached_property
    def scalar(self) -> bool:
        """Whether every unit has one input and one output."""
        return all(activation.scalar for activation, _ in self.blocks)

    @cached_property
    def layout(self) -> tuple[Block, ...]:
        """The blocks with their rows."""
        return layout(self.blocks)

    @cached_property
    def unit_of_input(self) -> Index:
        """The unit of each input row, (inputs,)."""
        return np.repeat(np.arange(self.units), [a.inputs for a in self.activations])

    @cached_property
    def unit_of_output(self) -> Index:
        """The unit of each output row, (outputs,)."""
        return np.repeat(np.arange(self.units), [a.outputs for a in self.activations])

    @cached_property
    def first_input(self) -> Index:
        """The first input row of each unit, (units,)."""
        return np.searchsorted(self.unit_of_input, np.arange(self.units))

    @cached_property
    def first_output(self) -> Index:
        """The first output row of each unit, (units,)."""
        return np.searchsorted(self.unit_of_output, np.arange(self.units))

    @cached_property
    def leverage(self) -> Array:
        """Scale over gain, the factor of each unit's potential, (units, 1): of its first row."""
        return self.scale[self.first_output] / self.gain[self.first_input]

    @cached_property
    def has_potential(self) -> bool:
        """Whether every unit is the gradient of a potential, convex or not."""
        return not (convexity.not_gradients(self) | convexity.uneven(self)).any()

    def gradient_reasons(self, names: Sequence[str] | None = None) -> tuple[str, ...]:
        """Return the sentences that name the units whose v is not the gradient of a convex potential.

        Empty where all are. `names` label the units; without them their numbers do.
        """
        return convexity.reasons(self, names)

    @cached_property
    def _single(self) -> tuple[Array, Array, Array, Array]:
        gain, offset, scale, base = (p.astype(np.float32) for p in self._double)
        return gain, offset, scale, base  # type: ignore[return-value]

    @cached_property
    def _double(self) -> tuple[Array, Array, Array, Array]:
        return self.gain, self.offset, self.scale, self.base

    @cached_property
    def _trivial(self) -> tuple[bool, bool]:
        """Whether the offsets, and the scales with the bases, do nothing."""
        return not self.offset.any(), not self.base.any() and bool((self.scale == 1.0).all())

    def _drive(self, z: Array, factor: Factor) -> tuple[Array, Array]:
        """Return y = g factor (z - o), and g factor, in the precision of `z`."""
        gain, offset, _, _ = self._single if z.dtype == np.float32 else self._double
        slope = gain if isinstance(factor, float) and factor == 1.0 else gain * np.asarray(factor, z.dtype)
        return slope * (z if self._trivial[0] else z - offset), slope

    def _rails(self, f: Array) -> Array:
        """Return a + b f."""
        if self._trivial[1]:
            return f
        _, _, scale, base = self._single if f.dtype == np.float32 else self._double
        return base + scale * f

    def _values(self, y: Array) -> Array:
        """Return f of all blocks at `y`, (outputs, members)."""
        return _stack([block.value(y) for block in self.layout], y)

    def value(self, z: Array, factor: Factor = 1.0) -> Array:
        """Return the outputs v at the inputs `z` (inputs, members): (outputs, members)."""
        return self._rails(self._values(self._drive(z, factor)[0]))

    def bind(self) -> Bound:
        """Return the fastest `value` of one trajectory: (z (inputs,), factor=1.0) -> v (outputs,)."""
        return bind(self)

    def pushforward(self, z: Array, dz: Array, factor: Factor = 1.0) -> Array:
        """Return the change of v for a change `dz` (inputs, members) of the inputs: (outputs, members)."""
        return self.linearise(z, factor)[1](dz)

    def linearise(self, z: Array, factor: Factor = 1.0) -> tuple[Array, Callable[[Array], Array]]:
        """Return v at `z` and the function dz -> dv, which share the work of the amplifiers."""
        y, slope = self._drive(z, factor)
        f, pushes = [], []
        for block in self.layout:
            value, push = block.activation.linearise(block.drive(y))
            f.append(value.reshape(block.width, -1))
            pushes.append((push, block))
        scale = self._single[2] if z.dtype == np.float32 else self.scale

        def pushforward(dz: Array) -> Array:
            dy = slope * dz
            df = [push(block.drive(dy)).reshape(block.width, -1) for push, block in pushes]
            return scale * _stack(df, dy)

        return self._rails(_stack(f, y)), pushforward

    def slopes(self, z: Array, factor: Factor = 1.0) -> Array:
        """Return dv/dz of every unit, (units, members). Raises `InputError` unless the bank is `scalar`."""
        if not self.scalar:
            raise InputError("`slopes` are defined for banks of one input and one output per amplifier")
        y, slope = self._drive(z, factor)
        scale = self._single[2] if z.dtype == np.float32 else self.scale
        parts = [block.activation.jacobian(y[block.inputs]) for block in self.layout]
        return _stack(parts, y) * (scale * slope)

    def jacobian(self, z: Array, factor: Factor = 1.0, *, sparse: bool = False) -> Any:
        """Return dv/dz at one point `z` (inputs, 1): (outputs, inputs), an array or a SciPy `csr_array`."""
        y, slope = self._drive(z, factor)
        parts = _stack([block.activation.jacobian(block.drive(y)).ravel() for block in self.layout], y[:, 0])
        rows, columns = self._pattern
        entries = self.scale[rows, 0] * parts * slope[columns, 0]
        if sparse:
            from scipy.sparse import csr_array

            return csr_array((entries, (rows, columns)), shape=(self.outputs, self.inputs))
        matrix = np.zeros((self.outputs, self.inputs))
        matrix[rows, columns] = entries
        return matrix

    @cached_property
    def _pattern(self) -> tuple[Index, Index]:
        return pattern(self.layout)

    def potential(self, z: Array, factor: Factor = 1.0) -> Array:
        """Return Phi of every unit, dPhi = v.dz at fixed factor: b F(y)/(g factor) + a.z, (units, members).

        Raises `InputError` where a unit is not the gradient of a potential.
        """
        y, _ = self._drive(z, factor)
        return self.leverage / factor * self._potentials(y) + self._per_unit(self.base * z)

    def factor_rate(self, z: Array, factor: Factor = 1.0) -> tuple[Array, Array]:
        """Return dv/dfactor (outputs, members) and dPhi/dfactor (units, members) at fixed `z`.

        With y = g factor (z - o) they are b J y/factor and b (f.y - F)/(g factor^2).
        """
        y, _ = self._drive(z, factor)
        F = self._potentials(y)
        excess = self._per_unit(self._values(y) * y) - F
        dv = self.pushforward(z, z - self.offset, factor) / factor
        return dv, self.leverage / np.square(factor) * excess

    def _potentials(self, y: Array) -> Array:
        """Return F of every unit, (units, members)."""
        if not self.has_potential:
            which = convexity.not_gradients(self) | convexity.uneven(self)
            raise InputError(convexity.sentence(self, which, "has no potential"))
        F = np.empty((self.units, y.shape[1]), y.dtype)
        for block in self.layout:
            F[block.rows] = block.activation.potential(block.drive(y)).reshape(block.units, -1)
        return F

    def _per_unit(self, rows: Array) -> Array:
        """Return the sums of `rows` (inputs, members) over each unit, (units, members)."""
        if self.scalar:
            return rows
        parts = [rows[b.inputs].reshape(b.units, b.activation.inputs, -1).sum(axis=1) for b in self.layout]
        return _stack(parts, rows)

    def inverse(self, v: Array, factor: Factor = 1.0) -> Array:
        """Return inputs `z` (inputs, members) with value(z) = v; one of many where a unit is a cluster.

        Raises `InputError` where an amplifier has no inverse or an output lies outside its rails.
        """
        if not self.scale.all():
            raise InputError("amplifiers of scale zero have no inverse")
        f = (v - self.base) / self.scale
        y = np.empty((self.inputs, v.shape[1]), v.dtype)
        for block in self.layout:
            part = f[block.outputs]
            if not block.activation.scalar:
                part = part.reshape(block.units, block.activation.outputs, -1)
            y[block.inputs] = block.activation.inverse(part).reshape(-1, v.shape[1])
        return y / (self.gain * factor) + self.offset

    def take(self, order: Sequence[int] | Index) -> Amplifiers:
        """Return the bank of the units numbered `order`, in that order."""
        order = np.asarray(order, dtype=np.intp)
        units = [self.activations[k] for k in order]
        i = _rows(self.first_input[order], [a.inputs for a in units])
        o = _rows(self.first_output[order], [a.outputs for a in units])
        return Amplifiers.of(units, self.gain[i], self.offset[i], self.scale[o], self.base[o])

    def scaled_inputs(self, s: float) -> Amplifiers:
        """Return the bank that answers at `s` z what this one answers at z. `s` is positive."""
        if not (np.isfinite(s) and s > 0):
            raise InputError(f"the scale of the inputs must be positive, not {s}")
        return Amplifiers(self.blocks, self.gain / s, self.offset * s, self.scale, self.base)


def _rows(first: Index, counts: Sequence[int]) -> Index:
    """Return the row numbers of runs that start at `first` and have `counts` rows."""
    runs = [np.arange(start, start + count) for start, count in zip(first, counts, strict=True)]
    return np.concatenate([np.zeros(0, np.intp), *runs])


def _stack(parts: list[Array], like: Array) -> Array:
    """Return the rows of all `parts`; none in the form of `like` where there are no parts."""
    if len(parts) == 1:
        return parts[0]
    return np.concatenate(parts) if parts else like[:0]
