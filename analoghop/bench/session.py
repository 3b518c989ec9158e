"""`Session`: a circuit that is advanced tick by tick, with a log of all actions that replays bit for bit."""

from __future__ import annotations

import hashlib
import math
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from analoghop.arrays import Array
from analoghop.bench.changes.anneal import Anneal
from analoghop.bench.faults import KINDS, Fault
from analoghop.bench.motion import Moved
from analoghop.bench.setup import Setup, rig_of
from analoghop.bench.sources import reading
from analoghop.bench.sources.base import Source
from analoghop.bench.values import listed, number, text
from analoghop.engines.choice.steppers import machine_of
from analoghop.ensembles.streams import check_seed
from analoghop.errors import InputError
from analoghop.memory.circuits.memory_circuit import MemoryCircuit

RING = 900
"""Largest number of ticks that can be taken back."""
_RING_BYTES = 1 << 25
_UNDO = 100
_RISE = 1e-7  # of the parts of the energy: a larger rise in a tick is no rounding


class Snapshot(NamedTuple):
    """The state `x` (n,) at the circuit time `t` (s) after `tick` ticks."""

    tick: int
    t: float
    x: Array


@dataclass(frozen=True)
class Energy:
    """The energy after a tick: its `parts` in W by name, and whether it `rose` in that tick.

    `rose` is True only where a theorem forbids it.
    """

    parts: Mapping[str, float]
    rose: bool

    @property
    def total(self) -> float:
        """The sum of the parts."""
        return math.fsum(self.parts.values())


class Session:
    """A circuit under somebody's hands.

    `apply` carries out an action and enters it into the `log`; `step` advances by one tick of `dt` seconds of
    circuit time. The state after any sequence of both is a function of that sequence alone. `seed` is the one
    of the start and of the noise; None for the circuit's own start. Raises `InputError` for a source that
    cannot be built.
    """

    def __init__(self, source: Source, *, seed: int | None = None, dt: float | None = None) -> None:
        self.seed = None if seed is None else check_seed(seed, "seed")
        if dt is not None and not (0 < dt < math.inf):
            raise InputError(f"`dt` is {dt!r}, expected a positive time in seconds")
        rig = rig_of(Setup(source), dt)
        self.dt = rig.motion.whole(dt or rig.built.tick)
        self.rig = replace(rig, dt=self.dt)  # as that of a replay, which is given the length
        self.tick, self.t, self.x = 0, 0.0, self.rig.built.start(self.seed)
        self.log: list[dict[str, Any]] = []
        self.first: dict[str, Any] = {"source": source.to_dict(), "seed": self.seed, "dt": self.dt}
        self._before: list[Setup] = []
        self.moved = Moved(np.array([0.0]), self.x[:, None])
        self._forget()

    def _forget(self) -> None:
        """Begin the history anew, with the present state."""
        length = max(60, min(RING, _RING_BYTES // (8 * self.rig.system.size)))
        self.history: deque[Snapshot] = deque([Snapshot(self.tick, self.t, self.x)], maxlen=length)
        self.energy = self._measured(None)

    def step(self) -> Moved:
        """Advance by one tick. Raises `NumericalError` if the circuit cannot be followed; nothing moves then.

        Returns the states within the tick.
        """
        moved = self.rig.motion.move(self.x, self.t, self.dt, self.tick, self.seed or 0)
        self.x, self.t = np.array(moved.states[:, -1]), float(moved.times[-1])
        self.tick += 1
        self.moved = moved
        self.history.append(Snapshot(self.tick, self.t, self.x))
        self.energy = self._measured(self.energy)
        return moved

    def run(self, ticks: int) -> None:
        """Advance by `ticks` ticks."""
        for _ in range(ticks):
            self.step()

    def apply(self, action: Mapping[str, Any]) -> None:
        """Carry out an action: `do` names it, further keys are its arguments; see `ACTIONS`.

        Raises `InputError` for an action that cannot be carried out; the session is then unchanged.
        """
        name = action.get("do")
        if not isinstance(name, str) or name not in ACTIONS:
            raise InputError(f"{name!r} is no action of the bench, expected one of {', '.join(ACTIONS)}")
        given = {key: value for key, value in action.items() if key not in ("do", "tick")}
        wanted = ACTIONS[name].arguments
        if missing := [key for key in wanted if key not in given]:
            raise InputError(f"the action {name} needs `{missing[0]}`")
        if unknown := [key for key in given if key not in (*wanted, *ACTIONS[name].optional)]:
            raise InputError(f"the action {name} knows no `{unknown[0]}`")
        ACTIONS[name].carry_out(self, **given)
        self.log.append({"tick": self.tick, "do": name, **given})
        self.energy = self._measured(None)

    @property
    def digest(self) -> str:
        """A fingerprint of the state, the time and the number of ticks: equal only for equal bits."""
        content = np.ascontiguousarray(self.x).tobytes() + np.float64(self.t).tobytes()
        return hashlib.sha256(content + self.tick.to_bytes(8, "little")).hexdigest()[:16]

    def to_dict(self) -> dict[str, Any]:
        """Return the session as plain values, from which `replay` makes it again."""
        return {**self.first, "actions": list(self.log), "ticks": self.tick, "digest": self.digest}

    @property
    def can_undo(self) -> bool:
        """Whether there is a change of the circuit to take back."""
        return bool(self._before)

    def _measured(self, last: Energy | None) -> Energy | None:
        system = self.rig.system
        if not system.has_energy:
            return None
        found = system.energy(self.t, self.x[:, None])
        parts = {name: float(np.ravel(value)[0]) for name, value in found.items()}
        scale = math.fsum(map(abs, parts.values()))
        rise = 0.0 if last is None else math.fsum(parts.values()) - last.total
        return Energy(parts, self.rig.theorem.applies and rise > _RISE * scale)

    # The actions.

    def _mount(self, setup: Setup) -> None:
        """Put a setup on the bench; the state goes over by the names of nodes."""
        rig = rig_of(setup, self.dt, self.rig)
        x = rig.moved_state(self.rig, self.x, self.t)
        changed = rig.system.state_names != self.rig.system.state_names or len(x) != len(self.x)
        self.rig, self.x = rig, x
        self.dt = rig.motion.whole(self.dt)
        self.moved = Moved(np.array([self.t]), self.x[:, None])
        if changed:
            self._forget()

    def _knob(self, name: str, value: float) -> None:
        name = text(name, "name")
        self._mount(self.rig.setup.turned(name, value, self.rig.knobs))

    def _change(self, setup: Setup) -> None:
        before = self.rig.setup
        self._mount(setup)
        self._before = [*self._before, before][-_UNDO:]

    def _break(self, kind: str, part: str, value: float = 0.0) -> None:
        kind, part = text(kind, "kind"), text(part, "part")
        if kind not in KINDS:
            raise InputError(f"`kind` is {kind!r}, expected {', '.join(KINDS)}")
        self._change(self.rig.setup.with_fault(Fault(kind, part, number(value, "value"))))
        if kind == "clamp" and part in self.rig.system.state_names:
            self.x = np.array(self.x)
            self.x[self.rig.system.state_names.index(part)] = value

    def _repair(self, part: str) -> None:
        self._change(self.rig.setup.without(text(part, "part")))

    def _undo(self) -> None:
        if not self._before:
            raise InputError("there is nothing to take back")
        before = self._before[-1]
        known = {name for name in self.rig.setup.values if "." not in name}
        own = {k.name for k in before.source.knobs}
        kept = {n: v for n, v in self.rig.setup.values.items() if n in known or n in own}
        self._mount(replace(before, values=kept, anneal=self.rig.setup.anneal))
        self._before = self._before[:-1]

    def _source(self, source: Mapping[str, Any]) -> None:
        found = reading.source_of(source)
        own = {k.name for k in found.knobs}
        kept = {n: v for n, v in self.rig.setup.values.items() if "." not in n or n in own}
        self._change(Setup(found, kept))

    def _kick(self, part: str, volts: float) -> None:
        names = self.rig.system.state_names
        if part not in names:
            raise InputError(f"there is no state {part!r} to kick")
        self.x = np.array(self.x)
        self.x[names.index(part)] += number(volts, "volts")

    def _anneal(
        self, what: str, knots: Sequence[float], levels: Sequence[float], kind: str = "geometric"
    ) -> None:
        machine = machine_of(self.rig.system) is not None
        times = tuple(number(k, "knots") for k in listed(knots, "knots"))
        heights = tuple(number(k, "levels") for k in listed(levels, "levels"))
        anneal = Anneal(text(what, "what"), times, heights, text(kind, "kind"), 0.0 if machine else self.t)
        _ = anneal.signal
        self._mount(replace(self.rig.setup, anneal=anneal))
        if machine:
            self.t = 0.0
            self._forget()

    def _reset(self) -> None:
        self._restart(self.rig.built.start(self.seed))

    def _start(self, seed: int) -> None:
        self.seed = check_seed(seed, "seed")
        self._restart(self.rig.built.start(self.seed))

    def _restart(self, own: Array) -> None:
        x = np.zeros(self.rig.system.size)
        x[: len(own)] = own
        self.t = 0.0
        if self.rig.setup.anneal is not None and machine_of(self.rig.system) is None:
            self._mount(replace(self.rig.setup, anneal=None))
        self.x = x
        self.moved = Moved(np.array([0.0]), x[:, None])
        self._forget()

    def _cue(self, values: Sequence[float]) -> None:
        encoding = self.rig.built.encoding
        if not isinstance(encoding, MemoryCircuit):
            raise InputError("only a memory takes a cue")
        cue = np.array([number(v, "values") for v in listed(values, "values")])
        if len(cue) != encoding.memory.size:
            raise InputError(f"the cue has {len(cue)} bits, expected {encoding.memory.size}")
        self._restart(encoding.begin(cue[:, None])[:, 0])

    def _rewind(self, to: int) -> None:
        found = next((s for s in self.history if s.tick == to), None)
        if found is None:
            raise InputError(f"tick {to!r} is not among the last {len(self.history)} ones")
        while self.history[-1].tick != to:
            self.history.pop()
        self.t, self.x = found.t, found.x
        self.moved = Moved(np.array([self.t]), self.x[:, None])

    def _speed(self, dt: float) -> None:
        dt = number(dt, "dt")
        if not dt > 0:
            raise InputError(f"`dt` is {dt:g}, expected a positive time in seconds")
        self.rig = rig_of(self.rig.setup, dt, self.rig)
        self.dt = self.rig.motion.whole(dt)


class Action(NamedTuple):
    """An action: the function that carries it out, its `arguments`, `optional` ones, and what it is."""

    carry_out: Callable[..., None]
    about: str
    arguments: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()


ACTIONS: Mapping[str, Action] = {
    "knob": Action(Session._knob, "turn a knob", ("name", "value")),
    "kick": Action(Session._kick, "move a state at once, by volts", ("part", "volts")),
    "break": Action(Session._break, "break or hold a part", ("kind", "part"), ("value",)),
    "repair": Action(Session._repair, "take back all faults of a part", ("part",)),
    "undo": Action(Session._undo, "take back the last change of the circuit"),
    "source": Action(Session._source, "put another circuit on the bench", ("source",)),
    "anneal": Action(Session._anneal, "run through a schedule once", ("what", "knots", "levels"), ("kind",)),
    "reset": Action(Session._reset, "go back to the start"),
    "start": Action(Session._start, "begin at a random state", ("seed",)),
    "cue": Action(Session._cue, "give a memory a cue", ("values",)),
    "rewind": Action(Session._rewind, "go back to an earlier tick", ("to",)),
    "speed": Action(Session._speed, "change the circuit time of a tick", ("dt",)),
}
"""What can be done on the bench, by name."""
