"""`Transient`: the initial state, the end and the recorded times of a deck's run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from analoghop.arrays import Array
from analoghop.circuit.circuit import Circuit
from analoghop.circuit.elements import Capacitor, Switch, TransmissionLine
from analoghop.circuit.operating_point import operating_point
from analoghop.errors import InputError
from analoghop.limits import Limits
from analoghop.systems.circuits.lines.relaxed import relaxed
from analoghop.systems.circuits.lure import Lure

MAX_POINTS = 1_000_000
"""Largest number of recorded times of one run."""
_MAX_NUMBERS = 1 << 26  # states and signals times points: 512 MB
_HORIZON = 1000.0  # slowest time constants until which a circuit without `.tran` may take to settle
_POINTS = 1000  # recorded times if the deck does not define them
_LEAST = 50  # smallest number of steps: ngspice never takes fewer


@dataclass(frozen=True, eq=False)
class Transient:
    """The arguments of an engine: `times` (k,) in s, from 0; with k = 2 every step of the engine is recorded.

    `start` (n,) is the state at t = 0; the record is shown from `shown_from` (s) on; `max_step` in s;
    `notices` are warnings for the user, and `waves` (ends,) arrive at the ends of lines until t = 0, None for
    those of the circuit.
    """

    times: Array
    start: Array
    shown_from: float = 0.0
    max_step: float = float("inf")
    notices: tuple[str, ...] = ()
    waves: Array | None = None


def transient(
    circuit: Circuit,
    lure: Lure,
    stop: float | None = None,
    settle: bool = False,
    limits: Limits | None = None,
) -> Transient:
    """Return the run that the deck's `.tran` asks for, until `stop` (s) where that is given.

    With `settle` a deck needs no `.tran`: it may then take 1000 times its slowest time constant. At most
    1 000 000 times are recorded, fewer where there are many signals; a notice says so.
    Raises `InputError` where the deck says nothing about times and nobody else does, or `stop` does not lie
    behind the deck's start, and `NoOperatingPoint` where a run without `uic` has none, or none is found
    within the `limits`.
    """
    if stop is not None and not 0 < stop < float("inf"):
        raise InputError(f"the end of a run is {stop:g} s, expected a positive time")
    tran = circuit.tran
    start, notices, waves = initial_state(circuit, lure, limits)
    if tran is None and stop is None:
        if not settle:
            raise InputError("the deck has no .tran line: say how long the run lasts")
        quiet = lure.quiet_after()
        if not np.isfinite(quiet):
            raise InputError("an input of this circuit never comes to rest: say how long the run lasts")
        end = quiet + _HORIZON * float(lure.time_constants.max(initial=1e-3))
        return Transient(np.array([0.0, end]), start, notices=notices, waves=waves)
    begin = tran.start if tran else 0.0
    end = stop if stop is not None else tran.stop if tran else 0.0
    if end <= begin:
        raise InputError(
            f"the run ends at {end:g} s, before the deck's .tran starts to record at {begin:g} s"
        )
    step = tran.step if tran else end / _POINTS
    if stop is not None:
        step = min(step, (end - begin) / _LEAST)
    # Without noise, measurements are taken from the solver's own steps.
    what = "signals" if lure.noise is None else "signals and .meas results"
    times, thinned = _grid(begin, end, step, lure.size + len(circuit.saves or lure.signal_names), what)
    max_step = min(
        tran.max_step if tran and tran.max_step else float("inf"), longest_step(circuit, step, end)
    )
    return Transient(times, start, begin, max_step, notices + thinned, waves)


def longest_step(circuit: Circuit, step: float, end: float) -> float:
    """Return the longest step that sees what a switch with hysteresis must not miss, in s; inf without one.

    It is that of ngspice, the printed `step` and a fiftieth of the run: a state that rests says nothing of a
    control that comes and goes, and a long step would pass over it.
    """
    if any(isinstance(e, Switch) and e.model.hysteresis for e in circuit.elements):
        return min(step, end / _LEAST)
    return float("inf")


def _grid(begin: float, end: float, step: float, signals: int, what: str) -> tuple[Array, tuple[str, ...]]:
    """Return 0, the multiples of `step` from `begin` on, and `end`; a notice calls the record `what`."""
    most = max(min(MAX_POINTS, _MAX_NUMBERS // max(signals, 1)), _LEAST)
    steps = (end - begin) / step
    notices: tuple[str, ...] = ()
    if steps > most:
        notices = (
            f"{steps:.3g} times are too many to record: {what} are those of {most} times, "
            f"every {(end - begin) / most:.3g} s",
        )
        step = (end - begin) / most
        steps = most
    # A last step as short as a rounding error is left out.
    count = max(int(np.ceil(steps * (1.0 - 1e-9))), 1)
    times = begin + step * np.arange(count + 1)
    times[-1] = end
    return np.asarray(times if begin == 0 else np.concatenate([[0.0], times])), notices


class InitialState(NamedTuple):
    """The `state` (n,) at t = 0, sentences about it, and the `waves` (ends,) in lines until then.

    `waves` are None where the circuit itself says them, by IC= or `.ic`.
    """

    state: Array
    notices: tuple[str, ...] = ()
    waves: Array | None = None


def initial_state(circuit: Circuit, lure: Lure, limits: Limits | None = None) -> InitialState:
    """Return the state at t = 0.

    IC= and `.ic` with `uic`, and where the deck has no `.tran`; an operating point otherwise, which raises
    `NoOperatingPoint` where there is none, or none is found within the `limits`.
    """
    if circuit.tran is None or circuit.tran.uic:
        return InitialState(np.zeros(lure.size) if lure.start is None else lure.start[:, 0])
    found = operating_point(circuit, relaxed(lure), limits)
    notices = [
        f"the .ic of node {node} holds no state and is ignored: no capacitor keeps its voltage"
        for node in found.ignored
    ]
    if any(isinstance(e, Capacitor | TransmissionLine) and e.ic is not None for e in circuit.elements):
        what = "capacitors" if lure.lines is None else "capacitors and lines"
        notices.append(f"IC= of {what} is used only with `uic` on the .tran line")
    state = found.state[:, 0]
    waves = None if lure.lines is None else state[lure.size :]
    return InitialState(state[: lure.size], tuple(notices), waves)
