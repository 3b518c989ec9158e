"""`Amplifiers`: a bank of amplifiers with its gains, offsets and rails, v = a + b f(g (z - o))."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analoghop.activations import Activation
from analoghop.arrays import Array, column, frozen, readonly_fields
from analoghop.errors import InputError

Index = NDArray[np.intp]
Factor = float | Array
SHOWN = 5
RATIO = 1e-12


class Bound(Protocol):
    """The bank for one trajectory: z (inputs,) and a factor of the gain -> v (outputs,)."""

    def __call__(self, z: Array, factor: float = 1.0) -> Array:
        """Return the outputs."""


class Block(NamedTuple):
    """Consecutive units of one kind: its rows among the inputs, the outputs and the units of the bank."""

    activation: Activation
    units: int
    inputs: slice
    outputs: slice
    rows: slice

    def shaped(self, y: Array) -> Array:
        """Return the block's rows of the bank's inputs `y`, (units, inputs of one, members) if not scalar."""
        part = y[self.inputs]
        if self.activation.scalar:
            return part
        return part.reshape(self.units, self.activation.inputs, part.shape[-1])


@dataclass(frozen=True, eq=False)
class Amplifiers:
    """A bank of units, in blocks of one `Activation` each: v = base + scale f(gain factor (z - offset)).

    `blocks` lists (activation, number of units); the rows of a unit with several inputs stand together.
    `gain` and `offset` are per input row, `scale` and `base` per output row: numbers, or one value per row.
    `factor`, a float or (members,), multiplies all gains and is positive: a schedule of the gain.
    Raises `InputError` for a gain of zero or parameters of the wrong length.
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
        if (gain == 0).any():
            raise InputError(f"the gain of input {int(np.flatnonzero(gain == 0)[0])} is zero")
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
    def unit_of_input(self) -> Index:
        """The unit of each input row, (inputs,)."""
        return np.repeat(np.arange(self.units), np.array([a.inputs for a in self.activations], dtype=np.intp))

    @cached_property
    def unit_of_output(self) -> Index:
        """The unit of each output row, (outputs,)."""
        return np.repeat(np.arange(self.units), np.array([a.outputs for a in self.activations], dtype=np.intp))

    @cached_property
    def _layout(self) -> tuple[Block, ...]:
        layout, i, o, u = [], 0, 0, 0
        for activation, units in self.blocks:
            i2, o2, u2 = i + units * activation.inputs, o + units * activation.outputs, u + units
            layout.append(Block(activation, units, slice(i, i2), slice(o, o2), slice(u, u2)))
            i, o, u = i2, o2, u2
        return tuple(layout)

    def _drive(self, z: Array, factor: Factor) -> Array:
        """Return the argument of f, gain factor (z - offset)."""
        return (self.gain * factor) * (z - self.offset)

    def value(self, z: Array, factor: Factor = 1.0) -> Array:
        """Return the outputs v at the inputs `z` (inputs, members): (outputs, members)."""
        return self.linearise(z, factor)[0]

    def pushforward(self, z: Array, dz: Array, factor: Factor = 1.0) -> Array:
        """Return the change of v for a change `dz` (inputs, members) of the inputs: (outputs, members)."""
        return self.linearise(z, factor)[1](dz)

    def linearise(self, z: Array, factor: Factor = 1.0) -> tuple[Array, Callable[[Array], Array]]:
        """Return v at `z` and the function dz -> dv: both for little more than the price of v."""
        y = self._drive(z, factor)
        slope = self.gain * factor
        v = np.empty((self.outputs, y.shape[1]), y.dtype)
        pushes = []
        for block in self._layout:
            f, push = block.activation.linearise(block.shaped(y))
            v[block.outputs] = f.reshape(-1, y.shape[1])
            pushes.append(push)

        def pushforward(dz: Array) -> Array:
            dy = slope * dz
            parts = [
                push(block.shaped(dy)).reshape(block.outputs.stop - block.outputs.start, -1)
                for push, block in zip(pushes, self._layout, strict=True)
            ]
            return self.scale * np.concatenate(parts) if parts else v

        return self.base + self.scale * v, pushforward

    def slopes(self, z: Array, factor: Factor = 1.0) -> Array:
        """Return dv/dz of every unit, (units, members). Raises `InputError` unless the bank is `scalar`."""
        if not self.scalar:
            raise InputError("`slopes` are defined for banks of one input and one output per amplifier")
        y = self._drive(z, factor)
        slopes: Array = np.concatenate([block.activation.jacobian(y[block.inputs]) for block in self._layout])
        return self.scale * self.gain * factor * slopes

    def jacobian(self, z: Array, factor: float = 1.0, *, sparse: bool = False) -> Any:
        """Return dv/dz at one point `z` (inputs, 1): (outputs, inputs), an array or a SciPy `csr_array`."""
        y = self._drive(z, factor)
        parts = [block.activation.jacobian(block.shaped(y)).ravel() for block in self._layout]
        rows, columns = self._pattern
        entries = self.scale[rows, 0] * np.concatenate(parts) * (self.gain[columns, 0] * factor)
        if sparse:
            from scipy.sparse import csr_array

            return csr_array((entries, (rows, columns)), shape=(self.outputs, self.inputs))
        matrix = np.zeros((self.outputs, self.inputs))
        matrix[rows, columns] = entries
        return matrix

    @cached_property
    def _pattern(self) -> tuple[Index, Index]:
        """Rows and columns of the entries of the Jacobian, unit by unit."""
        rows, columns = [], []
        for block in self._layout:
            i, o = block.activation.inputs, block.activation.outputs
            unit = np.arange(block.units)[:, None, None]
            shape = (block.units, o, i)
            row = block.outputs.start + unit * o + np.arange(o)[:, None]
            col = block.inputs.start + unit * i + np.arange(i)
            rows.append(np.broadcast_to(row, shape).ravel())
            columns.append(np.broadcast_to(col, shape).ravel())
        return np.concatenate(rows), np.concatenate(columns)

    def potential(self, z: Array, factor: Factor = 1.0) -> Array:
        """Return Phi of every unit, dPhi = v.dz at fixed factor: b F(y)/(g factor) + a.z, (units, members).

        Raises `InputError` where a unit is not the gradient of a potential.
        """
        F, _ = self._potentials(z, factor)
        lever = factor * self._lever_inverse
        return F / lever + self._gather(self.base * z)

    def factor_rate(self, z: Array, factor: Factor = 1.0) -> tuple[Array, Array]:
        """Return dv/dfactor (outputs, members) and dPhi/dfactor (units, members) at fixed `z`.

        With y = g factor (z - o): b J y / factor, and b (f.y - F) / (g factor^2).
        """
        y = self._drive(z, factor)
        dv = self.pushforward(z, z - self.offset, factor) / factor
        F, f = self._potentials(z, factor)
        return dv, (self._gather(f * y) - F) / (factor * factor * self._lever_inverse)

    def _potentials(self, z: Array, factor: Factor) -> tuple[Array, Array]:
        """Return F per unit and f per output row."""
        reasons = self._not_gradients
        if reasons.any():
            raise InputError(self._sentence(reasons, None, "has no potential"))
        y = self._drive(z, factor)
        F = np.empty((self.units, y.shape[1]))
        f = np.empty((self.outputs, y.shape[1]))
        for block in self._layout:
            part = block.shaped(y)
            F[block.rows] = block.activation.potential(part).reshape(block.units, -1)
            f[block.outputs] = block.activation.value(part).reshape(-1, y.shape[1])
        return F, f

    def _gather(self, rows: Array) -> Array:
        """Sum rows (inputs, members) over each unit, (units, members)."""
        if self.scalar:
            return rows
        total = np.zeros((self.units, rows.shape[1]), rows.dtype)
        for block in self._layout:
            part = rows[block.inputs]
            total[block.rows] = part.reshape(block.units, -1, part.shape[-1]).sum(axis=1)
        return total

    @cached_property
    def _firsts(self) -> Index:
        """First input row of each unit."""
        return np.searchsorted(self.unit_of_input, np.arange(self.units))

    @cached_property
    def _lever_inverse(self) -> Array:
        """Gain over scale of each unit, (units, 1): inf where the scale is zero."""
        with np.errstate(divide="ignore"):
            return self.gain[self._firsts] / self.scale[self._first_outputs]

    @cached_property
    def _first_outputs(self) -> Index:
        """First output row of each unit."""
        return np.searchsorted(self.unit_of_output, np.arange(self.units))

    @property
    def has_potential(self) -> bool:
        """Whether every unit is the gradient of a potential."""
        return not self._not_gradients.any()

    @cached_property
    def _not_gradients(self) -> NDArray[np.bool_]:
        """Which units are not gradients: by their kind, or by unequal scale/gain inside a unit."""
        kinds = np.repeat([not a.gradient for a, _ in self.blocks], [units for _, units in self.blocks])
        return np.asarray(kinds | self._uneven)

    @cached_property
    def _uneven(self) -> NDArray[np.bool_]:
        """Which units with several inputs have unequal scale/gain."""
        uneven = np.zeros(self.units, dtype=bool)
        for block in self._layout:
            if not block.activation.scalar and block.activation.inputs == block.activation.outputs:
                ratio = (self.scale[block.outputs] / self.gain[block.inputs]).reshape(block.units, -1)
                spread = np.abs(ratio - ratio[:, :1]).max(axis=1)
                uneven[block.rows] = spread > RATIO * np.abs(ratio).max(axis=1)
        return uneven

    def gradient_reasons(self, names: Sequence[str] | None = None) -> tuple[str, ...]:
        """Return the sentences that name the units whose v is not the gradient of a convex potential.

        Empty where all are. `names` label the units (their numbers where it is None).
        """
        counts = [units for _, units in self.blocks]
        rough = np.repeat([not a.gradient for a, _ in self.blocks], counts)
        falling = np.repeat([a.gradient and not a.monotone for a, _ in self.blocks], counts)
        inverting = (self.gain[self._firsts] * self.scale[self._first_outputs])[:, 0] < 0
        cases: Iterable[tuple[Any, str]] = (
            (rough, "is not the gradient of a potential"),
            (falling, "is not monotone"),
            (self._uneven, "has unequal ratios of scale to gain inside its cluster"),
            (inverting & ~rough & ~falling, "inverts: the product of its gain and scale is negative"),
        )
        return tuple(self._sentence(which, names, what) for which, what in cases if which.any())

    def _sentence(self, which: Any, names: Sequence[str] | None, what: str) -> str:
        units = np.flatnonzero(which)
        labels = [str(k) if names is None else names[k] for k in units[:SHOWN]]
        kinds = " or ".join(dict.fromkeys(self.activations[k].name for k in units))
        more = f" and {len(units) - SHOWN} more" if len(units) > SHOWN else ""
        return f"amplifier {', '.join(labels)}{more} ({kinds}) {what}"

    def bind(self) -> Bound:
        """Return the fastest value for one trajectory, trivial parameters folded away."""
        if len(self.blocks) > 1 or not self.scalar:
            return lambda z, factor=1.0: self.value(z[:, None], factor)[:, 0]
        function = self.blocks[0][0].value
        gain, offset, scale, base = (_folded(p) for p in (self.gain, self.offset, self.scale, self.base))
        plain_input = isinstance(offset, float) and offset == 0.0
        plain_output = (scale, base) == (1.0, 0.0) if isinstance(scale, float) else False

        def plain(z: Array, factor: float = 1.0) -> Array:
            return function((gain if factor == 1.0 else gain * factor) * z)

        def shifted(z: Array, factor: float = 1.0) -> Array:
            return function((gain if factor == 1.0 else gain * factor) * (z - offset))

        inner = plain if plain_input else shifted
        return inner if plain_output else lambda z, factor=1.0: base + scale * inner(z, factor)

    def take(self, order: Sequence[int] | Index) -> Amplifiers:
        """Return the bank of the units numbered `order`, in that order."""
        order = np.asarray(order, dtype=np.intp)
        activations = self.activations
        rows = [np.arange(activations[k].inputs) + self._firsts[k] for k in order]
        outs = [np.arange(activations[k].outputs) + self._first_outputs[k] for k in order]
        none = np.zeros(0, dtype=np.intp)
        i, o = np.concatenate([none, *rows]), np.concatenate([none, *outs])
        return Amplifiers.of(
            [activations[k] for k in order],
            *(p[rows] for p, rows in ((self.gain, i), (self.offset, i), (self.scale, o), (self.base, o))),
        )

    def scaled_inputs(self, s: float) -> Amplifiers:
        """Return the bank that answers at `s` z what this one answers at z. `s` is positive."""
        if not (np.isfinite(s) and s > 0):
            raise InputError(f"the scale of the inputs must be positive, not {s}")
        return Amplifiers(self.blocks, self.gain / s, self.offset * s, self.scale, self.base)


def _folded(parameter: Array) -> Array | float:
    """Return a column as a number where all its rows agree, else as a vector."""
    first = float(parameter[0, 0])
    return first if (parameter == first).all() else parameter[:, 0]
