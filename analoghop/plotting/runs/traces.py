"""`DrawnSignals`: the signals of a run in one picture, with their names and unit."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analoghop.arrays import Array
from analoghop.errors import InputError
from analoghop.solution import Solution


@dataclass(frozen=True, eq=False)
class DrawnSignals:
    """`values` (signals, k) of one `quantity` ("output", "input", "voltage" ...) in `unit`, with names."""

    names: tuple[str, ...]
    values: Array
    quantity: str
    unit: str


_KINDS = {"v(": ("voltage", "V"), "i(": ("current", "A")}


def by_kind(solution: Solution, signals: str | Sequence[str]) -> list[list[str]]:
    """Return the names of `signals` by what can share an axis: voltages, currents, other values."""
    names = [_known(solution, name) for name in ([signals] if isinstance(signals, str) else signals)]
    kinds: dict[str, list[str]] = {}
    for name in names:
        kinds.setdefault(_KINDS.get(name[:2].lower(), ("value", ""))[0], []).append(name)
    return list(kinds.values())


def traces(solution: Solution, signals: str | Sequence[str] | None) -> DrawnSignals:
    """Return the chosen signals of a run.

    `signals`: "outputs" of the amplifiers, "inputs" (the states: voltages of the capacitors, which amplifiers
    read), one name or several; None: the outputs, or the inputs if there is no amplifier. Raises `InputError`
    for an unknown name, no name, or voltages mixed with currents.
    """
    with np.errstate(over="ignore", invalid="ignore"):  # a run that failed may end in infinity
        return _traces(solution, signals)


def _traces(solution: Solution, signals: str | Sequence[str] | None) -> DrawnSignals:
    system = solution.system
    if signals is None:
        signals = "outputs" if system.n_outputs else "inputs"
    if signals == "outputs":
        if not system.n_outputs:
            raise InputError("this circuit has no amplifiers: there are no outputs to draw")
        return DrawnSignals(system.output_names, solution.outputs, "output", "V")
    if signals == "inputs":
        quantity = "state" if system.network is None else "input"
        return DrawnSignals(system.state_names, solution.states, quantity, "V")
    names = [_known(solution, name) for name in ([signals] if isinstance(signals, str) else signals)]
    if not names:
        raise InputError("`signals` names no signal to draw")
    kinds = {_KINDS.get(name[:2].lower(), ("value", "")) for name in names}
    if len(kinds) > 1:
        raise InputError("voltages and currents do not share an axis: draw one kind of `signals` at a time")
    return DrawnSignals(tuple(names), solution.observe(names), *kinds.pop())


def _known(solution: Solution, name: str) -> str:
    spelling = {signal.lower(): signal for signal in solution.signals}
    wanted = "".join(name.lower().split())
    for candidate in (wanted, f"v({wanted})"):
        if candidate in spelling:
            return spelling[candidate]
    close = difflib.get_close_matches(wanted, spelling, n=3, cutoff=0.5)
    hint = f"; close to it: {', '.join(close)}" if close else ""
    raise InputError(f"there is no signal {name!r} in this run{hint}")
