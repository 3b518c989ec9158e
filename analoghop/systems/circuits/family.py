"""`Family`: circuits of one structure that differ in their values, integrated as one batch."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from analoghop.amplifiers import Amplifiers
from analoghop.arrays import Array, Integers
from analoghop.errors import InputError
from analoghop.schedules import Signal
from analoghop.systems.base import System
from analoghop.systems.circuits.lure import Lure
from analoghop.systems.circuits.matrices import dense
from analoghop.systems.circuits.stacked import Stacked

MATRICES = ("A", "B", "S", "S_rate", "P", "Q", "R")
"""Of `x' = -A x + B v + S w + S_rate w'`, `v = phi(z)`, `z = P x + Q v + R w`: those of `Lure` over C."""
VOLTAGES = ("Vx", "Vv", "Vw")
"""Maps of states, outputs and sources to the voltages of the template's nodes."""
COLUMNS = ("gain", "offset", "scale", "base", "start", "noise_density")
"""Arrays (rows, members or 1): the amplifiers' parameters as in `Amplifiers`, the start, the noise."""


@dataclass(frozen=True, eq=False)
class Family(System):
    """`members` circuits with the structure, the signals and the schedules of `template`.

    `matrices` by the names of `MATRICES`, and of `VOLTAGES` where the nodes can be observed; `columns` by
    those of `COLUMNS` (no "start": zeros; no "noise_density": none). Column k of every argument and result of
    a method is that of member k; `of` returns the family of some of the members, `alone` one of them as a
    system of its own, made by `make`. Its energy is not followed.
    """

    template: Lure
    matrices: Mapping[str, Stacked]
    columns: Mapping[str, Array]
    count: int
    make: Callable[[int], System] | None = None

    @property
    def members(self) -> int:
        """Number of circuits."""
        return self.count

    @property
    def size(self) -> int:
        """Number of states."""
        return self.template.size

    @property
    def n_outputs(self) -> int:
        """Number of amplifier outputs."""
        return self.template.n_outputs

    @property
    def signal_names(self) -> tuple[str, ...]:
        """Node voltages, or the names of the states."""
        if "Vx" not in self.matrices:
            states, outputs = self.template.states, self.template.output_names
            return states + outputs if len({*states, *outputs}) == len(states) + len(outputs) else states
        return tuple(name for name in self.template.signal_names if name.startswith("v("))

    @property
    def state_names(self) -> tuple[str, ...]:
        """Names of the states."""
        return self.template.states

    @property
    def output_names(self) -> tuple[str, ...]:
        """Names of the outputs."""
        return self.template.output_names

    def of(self, members: Integers) -> Family:
        """Return the family of some `members`, in that order."""
        picked = np.asarray(members, dtype=np.intp)
        columns = {n: c if c.shape[1] == 1 else c[:, picked] for n, c in self.columns.items()}
        matrices = {name: stack.take(picked) for name, stack in self.matrices.items()}
        make = self.make
        inner = None if make is None else lambda k: make(int(picked[k]))
        return replace(self, matrices=matrices, columns=columns, count=len(picked), make=inner)

    def alone(self, member: int) -> System:
        """Return one member as a system of its own."""
        if self.make is not None:
            return self.make(member)
        one = self.of(np.array([member]))
        full: dict[str, Any] = {name: stack.toarray()[:, :, 0] for name, stack in one.matrices.items()}
        bank = Amplifiers(
            self.template.amplifiers.blocks,
            *(one._column(name)[:, 0] for name in ("gain", "offset", "scale", "base")),
        )
        return replace(
            self.template,
            C=np.eye(self.size),
            G=full["A"],
            **{name: full[name] for name in MATRICES[1:]},
            amplifiers=bank,
            observation=None,
            balance=None,
            start=one.starts[:, :1],
            noise_density=None if one.noise is None else one.noise[:, :1],
        )

    def _column(self, name: str) -> Array:
        return self.columns[name]

    @property
    def starts(self) -> Array:
        """The states at t = 0, (size, members)."""
        start = self.columns.get("start", np.zeros((self.size, 1)))
        return np.array(np.broadcast_to(start, (self.size, self.count)))

    @cached_property
    def time_constants(self) -> Array:
        """1 over the decay rate of each state by itself; if that is zero, over the sum of its couplings."""
        own = np.abs(self.matrices["A"].diagonal)
        rate = np.where(own > 0, own, self.matrices["B"].row_sums())
        return self._wide(1.0 / np.where(rate > 0, rate, 1.0))

    @cached_property
    def input_scale(self) -> Array:
        """Change of each state that moves the most sensitive amplifier by one input scale."""
        P, gain = self.matrices["P"], np.abs(self._column("gain"))
        weighted = np.abs(P.values) * np.where(gain > 0, gain, 1.0)[:, None, :]
        sensitivity = np.zeros((self.size, weighted.shape[2]))
        for k in range(P.columns.shape[1]):
            np.maximum.at(sensitivity, P.columns[:, k], weighted[:, k])
        top = sensitivity.max(axis=0, initial=0.0)
        top = np.where(top > 0, top, 1.0)
        return self._wide(1.0 / np.where(sensitivity > 0, sensitivity, top))

    def _wide(self, values: Array) -> Array:
        wide = np.array(np.broadcast_to(values, (len(values), self.count)))
        wide.flags.writeable = False
        return wide

    @cached_property
    def thresholds(self) -> Array:
        """The state at which an amplifier that alone reads it is in its middle, else 0, (size, members)."""
        if self.template.network is None:
            return np.zeros((self.size, self.count))
        core, P = self.template.core, self.matrices["P"]
        middle = np.zeros((self.size, self.count))
        shift = self.matrices["R"] @ self._wide(self.template.signals.resting_value())
        for row in range(P.shape[0]):
            if self.template.unit_names and self.template.unit_names[row] not in core.unit_names:
                continue
            for k in np.flatnonzero(P.values[row].any(axis=1)):
                middle[P.columns[row, k]] = (self._column("offset")[row] - shift[row]) / P.values[row, k]
        return middle

    @property
    def decay(self) -> Array:
        """The decay rate of each state by itself, 0 without decay."""
        return self._wide(np.maximum(self.matrices["A"].diagonal, 0.0))

    @property
    def noise(self) -> Array | None:
        """White noise of each state."""
        found = self.columns.get("noise_density")
        return None if found is None else self._wide(found)

    @property
    def noise_factor(self) -> Signal | None:  # type: ignore[override]
        """The signal that multiplies the noise."""
        return self.template.noise_factor

    @cached_property
    def _still(self) -> tuple[Array, Array, Any]:
        """Return the drives of the constant sources, S w and R w, and the mask of the moving ones."""
        moving = self.template.signals.moving
        rest = self._wide(self.template.signals.resting_value())
        return self.matrices["S"] @ rest, self.matrices["R"] @ rest, moving

    def _sources(self, t: ArrayLike, width: int) -> tuple[Array, Array]:
        """Return the drives of all sources at `t`: S w + S_rate w' and R w."""
        drive, shift, moving = self._still
        if not moving.any():
            return drive, shift
        signals = self.template.signals
        w = np.broadcast_to(signals.value(t), (len(signals), width))
        drive, shift = self.matrices["S"] @ w, self.matrices["R"] @ w
        if not self.matrices["S_rate"].empty:
            rate = np.broadcast_to(signals.rate(t), (len(signals), width))
            drive = drive + self.matrices["S_rate"] @ rate
        return drive, shift

    def _amplified(self, t: ArrayLike, z: Array) -> Array:
        columns, kinds = self.columns, self.template.amplifiers.kinds
        y = columns["gain"] * self.template.gamma(t) * (z - columns["offset"])
        return np.asarray(self.template.kappa(t) * (columns["base"] + columns["scale"] * kinds.value(y)))

    def _inputs_outputs(self, t: ArrayLike, x: Array, shift: Array) -> tuple[Array, Array]:
        fixed = self.matrices["P"] @ x + shift
        z, v = fixed, self._amplified(t, fixed)
        for _ in range(self.template.depth):
            z = fixed + self.matrices["Q"] @ v
            v = self._amplified(t, z)
        return z, v

    def outputs(self, t: ArrayLike, x: Array) -> Array:
        """Return v."""
        return self._inputs_outputs(t, x, self._sources(t, x.shape[1])[1])[1]

    def rhs(self, t: ArrayLike, x: Array) -> Array:
        """Return dx/dt."""
        drive, shift = self._sources(t, x.shape[1])
        v = self._inputs_outputs(t, x, shift)[1]
        return np.asarray(self.matrices["B"] @ v - self.matrices["A"] @ x + drive)

    def observe(self, t: ArrayLike, x: Array, names: Sequence[str]) -> Array:
        """Return the named node voltages. Raises `KeyError` for others, such as currents."""
        rows = np.array([self._rows[name] for name in names], dtype=np.intp)
        if "Vx" not in self.matrices:
            return np.concatenate([x, self.outputs(t, x)])[rows]
        w = np.broadcast_to(self.template.signals.value(t), (len(self.template.signals), x.shape[1]))
        maps = [self.matrices[name] for name in VOLTAGES]
        total = sum(m @ part for m, part in zip(maps, (x, self.outputs(t, x), w), strict=True))
        return np.asarray(total)[rows]

    def jacobians(self, t: ArrayLike, x: Array) -> Array:
        """Return d(dx/dt)/dx of every member at its column of `x`, (members, size, size)."""
        z, _ = self._inputs_outputs(t, x, self._sources(t, x.shape[1])[1])
        A, B, P, Q = (np.moveaxis(self.matrices[n].toarray(), 2, 0) for n in ("A", "B", "P", "Q"))
        J = self._slopes(t, z)
        slope = J @ P
        for _ in range(self.template.depth):
            slope = J @ (P + Q @ slope)
        return np.asarray(np.broadcast_to(B @ slope - A, (x.shape[1], self.size, self.size)))

    def _slopes(self, t: ArrayLike, z: Array) -> Array:
        """Return dv/dz of every member, (members, outputs, inputs)."""
        bank, columns = self.template.amplifiers, self.columns
        gain = np.broadcast_to(columns["gain"] * self.template.gamma(t), z.shape)
        y = gain * (z - columns["offset"])
        kappa = np.broadcast_to(self.template.kappa(t), (z.shape[1],))
        scale = np.broadcast_to(columns["scale"], (bank.outputs, z.shape[1])) * kappa
        J = np.zeros((z.shape[1], bank.outputs, bank.inputs))
        if bank.scalar:
            k = np.arange(bank.outputs)
            J[:, k, k] = (bank.kinds.slopes(y) * scale * gain).T
            return J
        rows, inputs = bank.kinds.pattern
        for member in range(z.shape[1]):
            entries = bank.kinds.entries(y[:, [member]])
            J[member, rows, inputs] = scale[rows, member] * entries * gain[inputs, member]
        return J

    def jacobian(self, t: float, x: Array) -> Array:
        """Return the Jacobian of a family of one member."""
        return np.asarray(self.jacobians(t, x)[0])

    def breakpoints(self, until: float) -> tuple[float, ...]:
        """Return the corners of the sources and schedules."""
        return self.template.breakpoints(until)

    def quiet_after(self) -> float:
        """Return the time after which sources and schedules are constant."""
        return self.template.quiet_after()


def gathered(lures: Sequence[Lure], of_member: Integers, make: Callable[[int], System] | None) -> Family:
    """Return the family whose member k is `lures[of_member[k]]`.

    Raises `InputError` where they differ in more than in numbers.
    """
    first = lures[0]
    for other in lures[1:]:
        check_alike(first, other)
    members = np.asarray(of_member, dtype=np.intp)
    found: dict[str, Array] = {}
    parts = [dict(zip(("A", "B", "S", "S_rate"), lure.linear, strict=True)) for lure in lures]
    for name in MATRICES:
        matrices = [
            dense(part[name] if name in part else getattr(lure, name))
            for part, lure in zip(parts, lures, strict=True)
        ]
        found[name] = np.stack(matrices, axis=2)
    if first.observation is not None:
        for name, place in zip(VOLTAGES, ("x", "v", "w"), strict=True):
            maps = [dense(getattr(lure.observation.voltage, place)) for lure in lures if lure.observation]
            found[name] = np.stack(maps, axis=2)
    columns = {
        name: np.concatenate([getattr(lure.amplifiers, name) for lure in lures], axis=1)[:, members]
        for name in ("gain", "offset", "scale", "base")
    }
    for name in ("start", "noise_density"):
        if getattr(first, name) is not None:
            columns[name] = np.concatenate([getattr(lure, name) for lure in lures], axis=1)[:, members]
    stacks = {name: Stacked.of(values).take(members) for name, values in found.items()}
    return Family(first, stacks, columns, len(members), make)


def check_alike(first: Lure, other: Lure) -> None:
    """Raise `InputError` unless two circuits differ in numbers alone: states, amplifiers, moving sources."""
    same = (
        first.states == other.states
        and first.amplifiers.blocks == other.amplifiers.blocks
        and first.unit_names == other.unit_names
        and first.signals == other.signals
        and (first.gain_factor, first.coupling_factor) == (other.gain_factor, other.coupling_factor)
        and first.noise_factor == other.noise_factor
        and (first.noise_density is None) == (other.noise_density is None)
    )
    if not same:
        raise InputError(
            "the members of a batch must have the same states, amplifiers and moving sources: "
            "run circuits of different structure one by one"
        )
