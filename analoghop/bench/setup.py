"""`Setup`: a source, its values, faults and anneal; `Rig`: the system that follows from them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array
from analoghop.bench.changes.anneal import Anneal
from analoghop.bench.changes.change import changed, common_knobs
from analoghop.bench.changes.lag import PREFIX
from analoghop.bench.faults import Fault
from analoghop.bench.motion import Motion, motion_of
from analoghop.bench.sources.base import Built, Knob, Source
from analoghop.errors import InputError, nearest
from analoghop.systems.base import System, Theorem


@dataclass(frozen=True, eq=False)
class Setup:
    """What is on the bench: a `source`, the `values` of turned knobs, `faults`, and the `anneal`."""

    source: Source
    values: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    faults: tuple[Fault, ...] = ()
    anneal: Anneal | None = None

    def turned(self, name: str, value: float, knobs: Mapping[str, Knob]) -> Setup:
        """Return the setup with a knob at `value`; raises `InputError` for an unknown knob or a bad value."""
        if name not in knobs:
            raise InputError(f"there is no knob {name!r} here{nearest(name, knobs)}")
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise InputError(f"the knob {name} cannot be set to {value!r}: expected a finite number")
        knob = knobs[name]
        if knob.low >= 0 and value < 0 or knob.log and value <= 0:
            raise InputError(f"the knob {name} cannot be set to {value:g}: expected a positive number")
        return replace(self, values=MappingProxyType({**self.values, name: float(value)}))

    def with_fault(self, fault: Fault) -> Setup:
        """Return the setup with one fault more; it replaces an earlier one of the same kind and part."""
        kept = tuple(f for f in self.faults if (f.kind, f.part) != (fault.kind, fault.part))
        return replace(self, faults=(*kept, fault))

    def without(self, part: str) -> Setup:
        """Return the setup without the faults of `part`; raises `InputError` if it has none."""
        kept = tuple(f for f in self.faults if f.part != part)
        if kept == self.faults:
            raise InputError(f"{part!r} is neither broken nor held")
        return replace(self, faults=kept)


@dataclass(frozen=True, eq=False)
class Rig:
    """A setup, built: `built` by its source, `system` with all changes, `motion` that moves it in `dt` s."""

    setup: Setup
    built: Built
    system: System
    motion: Motion
    dt: float | None = None

    @cached_property
    def knobs(self) -> Mapping[str, Knob]:
        """The knobs of the source and those of every network, by name."""
        found = (*common_knobs(self.built), *self.setup.source.knobs)
        return {knob.name: knob for knob in found}

    @cached_property
    def theorem(self) -> Theorem:
        """The energy theorem that holds for the circuit as it is, or the reasons against it."""
        if self.system.noise is not None:
            reason = "noise supplies energy, so the energy can rise"
            return Theorem(False, reasons=(reason,))
        return self.system.theorem

    @cached_property
    def output_names(self) -> tuple[str, ...]:
        """Names of the outputs: those of the system, or of the signals behind the states."""
        system = self.system
        if system.bank is None and len(system.signal_names) == system.size + system.n_outputs:
            return system.signal_names[system.size :]
        return system.output_names

    def outputs(self, t: ArrayLike, x: Array) -> Array:
        """Return the amplifiers' outputs, (n_outputs, members), as they drive the circuit: with their lag."""
        if self.setup.values.get("lag"):
            return x[self.system.size - self.system.n_outputs :]
        return self.system.outputs(t, x)

    def moved_state(self, old: Rig, x: Array, t: float) -> Array:
        """Return the state that takes over from `x` (n,) of another rig, by the names of states.

        A state that is new begins at the voltage that its node had, the output that its lag follows, or its
        own start.
        """
        if self.system.size == old.system.size and self.system.state_names == old.system.state_names:
            return x
        before = dict(zip(old.system.state_names, x.tolist(), strict=True))
        outputs = old.outputs(t, x[:, None])[:, 0].tolist()
        for name, value in zip(old.system.output_names, outputs, strict=True):
            before.setdefault(PREFIX + name, value)
        signals = old.system.signal_names
        wanted = [name for name in self.system.state_names if name not in before and name in signals]
        if wanted:
            seen = old.system.observe(t, x[:, None], wanted)[:, 0].tolist()
            before |= dict(zip(wanted, seen, strict=True))
        start = np.zeros(self.system.size)
        own = self.built.start(None)
        start[: len(own)] = own[: self.system.size]
        return np.array([before.get(n, s) for n, s in zip(self.system.state_names, start, strict=True)])


def rig_of(setup: Setup, dt: float | None = None, old: Rig | None = None) -> Rig:
    """Return the rig of a setup, whose ticks take about `dt` s (None: the source's own length).

    What an `old` rig has built from the same values is used again. Raises `InputError` for values, faults and
    anneals that the circuit cannot have.
    """
    parts = tuple(f for f in setup.faults if f.kind != "kill")
    own = {n: v for n, v in setup.values.items() if "." in n or n in ("tolerance", "temperature")}
    same = old is not None and setup.source is old.setup.source and _key(old.setup) == _key(setup)
    built = old.built if same and old is not None else setup.source.build(own, parts)
    system = changed(built, setup.values, setup.faults, setup.anneal)
    longest = None
    if same and old is not None and dt == old.dt and _pace(old.setup) == _pace(setup):
        longest = old.motion.longest
    return Rig(setup, built, system, motion_of(system, dt or built.tick, longest), dt)


def _pace(setup: Setup) -> tuple[object, ...]:
    """Return what decides the longest safe step besides the source: all but the size of the noise."""
    return {**setup.values, "noise": 0.0}, setup.faults, setup.anneal


def _key(setup: Setup) -> tuple[object, ...]:
    """Return what decides how a source is built."""
    own = {n: v for n, v in setup.values.items() if "." in n or n in ("tolerance", "temperature")}
    return own, tuple(f for f in setup.faults if f.kind != "kill")
