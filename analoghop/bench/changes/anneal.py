"""`Anneal`: a schedule that a circuit on the bench runs through once."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from analoghop.bench.kinds import as_circuit
from analoghop.bench.sources.base import Built
from analoghop.engines.choice.steppers import machine_of
from analoghop.errors import InputError
from analoghop.schedules import Schedule, Signal
from analoghop.systems.machine import Machine

POINTS = 60
"""Points of a drawn schedule."""


@dataclass(frozen=True)
class Anneal:
    """`levels` of `what` at the times `knots`, in s from the moment `begin` at which the anneal began.

    `what` is "gain" or "noise" for networks and decks, where the levels multiply the knob of that name, or
    the name of a schedule of a machine. `kind` is that of a `Schedule`.
    """

    what: str
    knots: tuple[float, ...]
    levels: tuple[float, ...]
    kind: str = "geometric"
    begin: float = 0.0

    @property
    def signal(self) -> Schedule:
        """The schedule in circuit time; raises `InputError` as `Schedule` does."""
        return Schedule(np.array(self.knots) + self.begin, np.array(self.levels), self.kind)  # type: ignore[arg-type]

    @property
    def end(self) -> float:
        """The time of the last knot."""
        return self.begin + self.knots[-1]


def schedules_of(built: Built) -> dict[str, dict[str, Any]]:
    """Return what can be annealed, with a schedule to begin with: knots in s, levels, and the kind."""
    system = built.system
    machine = machine_of(system)
    if machine is not None:
        found = {}
        ends = machine.duration
        for each in fields(machine):  # type: ignore[arg-type]
            signal = getattr(machine, each.name)
            if not isinstance(signal, Signal) or not each.init or signal.quiet_after() == 0.0:
                continue
            if isinstance(signal, Schedule):
                knots, levels, kind = signal.knots, signal.levels, signal.kind
            else:
                knots = np.linspace(0.0, min(ends, signal.quiet_after()), POINTS)
                levels, kind = signal.value(knots), "linear"
            found[each.name] = {"knots": knots.tolist(), "levels": levels.tolist(), "kind": kind}
        return found
    if as_circuit(system) is not None:
        span = 100.0 * built.tick
        return {
            "gain": {"knots": [0.0, span], "levels": [0.1, 1.0], "kind": "geometric"},
            "noise": {"knots": [0.0, span], "levels": [1.0, 0.0], "kind": "linear"},
        }
    return {}


def annealed_machine(system: Machine, anneal: Anneal) -> Any:
    """Return the machine with its own schedule replaced; raises `InputError` if it has no such schedule."""
    names = [each.name for each in fields(system)]  # type: ignore[arg-type]
    if anneal.what not in names or not isinstance(getattr(system, anneal.what), Signal):
        raise InputError(f"a {type(system).__name__} has no schedule `{anneal.what}` to anneal")
    signal = Schedule(np.array(anneal.knots), np.array(anneal.levels), anneal.kind)  # type: ignore[arg-type]
    changed: Any = replace(system, **{anneal.what: signal})  # type: ignore[type-var]
    return changed
