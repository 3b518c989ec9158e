"""`Amplifiers`: units in blocks of one kind, v = a + b f(g (z - o))."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from analoghop.activations import Activation
from analoghop.amplifiers import convexity
from analoghop.amplifiers.single import Bound, bind
from analoghop.amplifiers.units import Units, rows_of
from analoghop.arrays import Array, Indices, column, frozen, readonly_fields, real
from analoghop.errors import InputError, check_kind
from analoghop.records import Brief

Factor = float | Array


EXAMPLE = "a bank such as `Amplifiers.uniform(Tanh(), 2)`"
"""Description of a valid bank in error messages."""


@dataclass(frozen=True, eq=False)
class Amplifiers(Brief):
    """A bank of amplifiers, v = base + scale f(gain factor (z - offset)).

    `blocks` lists (activation, number of units); the rows of a unit with several inputs stand together.
    `gain` and `offset` are per input row, `scale` and `base` per output row: numbers, or one value per row.
    `factor`, a positive float or (members,), multiplies all gains: the value of a gain schedule. A bank may
    be empty. Raises `InputError` for a gain of zero, parameters of the wrong length, and blocks without
    units.
    """

    blocks: tuple[tuple[Activation, int], ...]
    gain: Array = field(default_factory=lambda: frozen(1.0))
    offset: Array = field(default_factory=lambda: frozen(0.0))
    scale: Array = field(default_factory=lambda: frozen(1.0))
    base: Array = field(default_factory=lambda: frozen(0.0))

    def __post_init__(self) -> None:
        object.__setattr__(self, "blocks", _checked(self.blocks))
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
        return Amplifiers(((activation, units),) if units else (), *_real(gain, offset, scale, base))

    @staticmethod
    def of(
        units: Sequence[Activation],
        gain: ArrayLike = 1.0,
        offset: ArrayLike = 0.0,
        scale: ArrayLike = 1.0,
        base: ArrayLike = 0.0,
    ) -> Amplifiers:
        """Return a bank from one activation per unit; adjacent units of one kind form a block."""
        check_kind(units, Iterable, "units", "a list of amplifiers such as `[Tanh(), Tanh()]`")
        blocks = tuple((activation, len(list(run))) for activation, run in groupby(units))
        return Amplifiers(blocks, *_real(gain, offset, scale, base))

    @cached_property
    def kinds(self) -> Units:
        """The units without gain, offset and rails."""
        return Units(self.blocks)

    @property
    def inputs(self) -> int:
        """Number of input rows."""
        return len(self.kinds.of_input)

    @property
    def outputs(self) -> int:
        """Number of output rows."""
        return len(self.kinds.of_output)

    @property
    def units(self) -> int:
        """Number of amplifiers."""
        return len(self.kinds.activations)

    @property
    def activations(self) -> tuple[Activation, ...]:
        """The activation of each unit."""
        return self.kinds.activations

    @property
    def scalar(self) -> bool:
        """Whether every unit has one input and one output."""
        return self.kinds.scalar

    @property
    def unit_of_input(self) -> Indices:
        """The unit of each input row, (inputs,)."""
        return self.kinds.of_input

    @property
    def unit_of_output(self) -> Indices:
        """The unit of each output row, (outputs,)."""
        return self.kinds.of_output

    @cached_property
    def leverage(self) -> Array:
        """Scale / gain of each unit's first row, the factor of its potential, (units, 1)."""
        return self.kinds.leverage(self.gain, self.scale)

    @cached_property
    def has_potential(self) -> bool:
        """Whether every unit is the gradient of a potential, convex or not."""
        rough, uneven = convexity.without_potential(self.kinds, self.gain, self.scale)
        return not (rough.any() or uneven.any())

    def gradient_reasons(self, names: Sequence[str] | None = None) -> tuple[str, ...]:
        """Return sentences on the units whose v is not the gradient of a convex potential.

        Empty if there are none. `names` label the units, by default their numbers.
        """
        return convexity.reasons(self.kinds, self.gain, self.scale, names)

    @cached_property
    def _single(self) -> tuple[Array, Array, Array, Array]:
        gain, offset, scale, base = (p.astype(np.float32) for p in self._double)
        return gain, offset, scale, base  # type: ignore[return-value]

    @cached_property
    def _double(self) -> tuple[Array, Array, Array, Array]:
        return self.gain, self.offset, self.scale, self.base

    @cached_property
    def _trivial(self) -> tuple[bool, bool]:
        """Whether all offsets are 0, and whether all bases are 0 and all scales 1."""
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

    def value(self, z: Array, factor: Factor = 1.0) -> Array:
        """Return the outputs v at the inputs `z` (inputs, members): (outputs, members)."""
        return self._rails(self.kinds.value(self._drive(z, factor)[0]))

    @cached_property
    def cornered(self) -> bool:
        """Whether an amplifier has corners."""
        return any(a.corners or getattr(a, "switch_fn", None) for a, _ in self.blocks)

    def switches(self, z: Array, factor: Factor = 1.0) -> Array:
        """Return functions of the inputs `z` (inputs, members) that change sign at the amplifiers' corners.

        They are (k, members), in units of the input scales; k is 0 without corners.
        """
        y = self._drive(z, factor)[0]
        found = [group.activation.switches(group.drive(y)) for group in self.kinds.groups]
        rows = [part.reshape(-1, z.shape[1]) for part in found if part is not None]
        return np.concatenate(rows) if rows else np.empty((0, z.shape[1]))

    def bind(self) -> Bound:
        """Return the fastest `value` of one trajectory: (z (inputs,), factor=1.0) -> v (outputs,)."""
        return bind(self.kinds, self.gain, self.offset, self.scale, self.base)

    def pushforward(self, z: Array, dz: Array, factor: Factor = 1.0) -> Array:
        """Return the change of v for a change `dz` (inputs, members) of the inputs: (outputs, members)."""
        return self.linearise(z, factor)[1](dz)

    def linearise(self, z: Array, factor: Factor = 1.0) -> tuple[Array, Callable[[Array], Array]]:
        """Return v at `z` and the function dz -> dv, which share intermediate results."""
        y, slope = self._drive(z, factor)
        f, push = self.kinds.linearise(y)
        scale = self._single[2] if z.dtype == np.float32 else self.scale
        return self._rails(f), lambda dz: scale * push(slope * dz)

    def slopes(self, z: Array, factor: Factor = 1.0) -> Array:
        """Return dv/dz of every unit, (units, members). Raises `InputError` unless the bank is `scalar`."""
        if not self.scalar:
            raise InputError("`slopes` are defined for banks of one input and one output per amplifier")
        y, slope = self._drive(z, factor)
        scale = self._single[2] if z.dtype == np.float32 else self.scale
        return self.kinds.slopes(y) * (scale * slope)

    def jacobian(self, z: Array, factor: Factor = 1.0, *, sparse: bool = False) -> Any:
        """Return dv/dz at one point `z` (inputs, 1): (outputs, inputs), an array or a SciPy `csr_array`."""
        y, slope = self._drive(z, factor)
        rows, columns = self.kinds.pattern
        entries = self.scale[rows, 0] * self.kinds.entries(y) * slope[columns, 0]
        if sparse:
            from scipy.sparse import csr_array

            return csr_array((entries, (rows, columns)), shape=(self.outputs, self.inputs))
        matrix = np.zeros((self.outputs, self.inputs))
        matrix[rows, columns] = entries
        return matrix

    def potential(self, z: Array, factor: Factor = 1.0) -> Array:
        """Return Phi of every unit, dPhi = v.dz at fixed factor: b F(y)/(g factor) + a.z, (units, members).

        Raises `InputError` if a unit is not the gradient of a potential.
        """
        F = self._potentials(self._drive(z, factor)[0])
        return self.leverage / factor * F + self.kinds.totals(self.base * z)

    def factor_rate(self, z: Array, factor: Factor = 1.0) -> tuple[Array, Array]:
        """Return dv/dfactor (outputs, members) and dPhi/dfactor (units, members) at fixed `z`.

        With y = g factor (z - o) they are b J y/factor and b (f.y - F)/(g factor^2).
        """
        y, _ = self._drive(z, factor)
        F = self._potentials(y)
        excess = self.kinds.totals(self.kinds.value(y) * y) - F
        dv = self.pushforward(z, z - self.offset, factor) / factor
        return dv, self.leverage / np.square(factor) * excess

    def _potentials(self, y: Array) -> Array:
        """Return F of every unit, (units, members)."""
        if not self.has_potential:
            rough, uneven = convexity.without_potential(self.kinds, self.gain, self.scale)
            raise InputError(convexity.sentence(self.kinds, rough | uneven, "has no potential"))
        return self.kinds.potential(y)

    def inverse(self, v: Array, factor: Factor = 1.0) -> Array:
        """Return inputs `z` (inputs, members) with value(z) = v; one of many for a unit that is a cluster.

        Raises `InputError` if an amplifier has no inverse or an output lies outside its rails.
        """
        if not self.scale.all():
            raise InputError("amplifiers of scale zero have no inverse")
        return self.kinds.inverse((v - self.base) / self.scale) / (self.gain * factor) + self.offset

    def take(self, order: Sequence[int] | Indices) -> Amplifiers:
        """Return the bank of the units numbered `order`, in that order."""
        order = np.asarray(order, dtype=np.intp)
        units = [self.activations[k] for k in order]
        i, o = rows_of(self.unit_of_input, order), rows_of(self.unit_of_output, order)
        return Amplifiers.of(units, self.gain[i], self.offset[i], self.scale[o], self.base[o])

    def scaled_inputs(self, s: float) -> Amplifiers:
        """Return the bank whose outputs at `s` z are those of this bank at z. `s` is positive."""
        if not (np.isfinite(s) and s > 0):
            raise InputError(f"the scale of the inputs must be positive, not {s}")
        return Amplifiers(self.blocks, self.gain / s, self.offset * s, self.scale, self.base)


def _checked(blocks: Iterable[tuple[Activation, int]]) -> tuple[tuple[Activation, int], ...]:
    """Return the blocks as pairs; raises `InputError` if one is not an activation with a number of units."""
    pairs = []
    for block in blocks:
        check_kind(block, Iterable, "blocks", "pairs such as `(Tanh(), 2)`")
        activation, units = (*block, None)[:2]
        check_kind(activation, Activation, "blocks", "amplifiers such as `Tanh()`")
        if isinstance(units, bool) or not isinstance(units, int | np.integer) or units < 1:
            raise InputError(f"a block of {activation.name} amplifiers has {units} units, expected 1 or more")
        pairs.append((activation, int(units)))
    return tuple(pairs)


def _real(gain: ArrayLike, offset: ArrayLike, scale: ArrayLike, base: ArrayLike) -> Iterator[Array]:
    for name, values in (("gain", gain), ("offset", offset), ("scale", scale), ("base", base)):
        yield real(values, f"`{name}`")
