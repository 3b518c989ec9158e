"""A circuit at a standstill: its sources at their levels, and the equilibrium at which it is linearised."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from analoghop.arrays import Array
from analoghop.circuit.circuit import Circuit
from analoghop.circuit.elements import Capacitor, CurrentSource, VoltageSource
from analoghop.circuit.operating_point import operating_point
from analoghop.circuit.reduction.source_vector import Slope, at_rest
from analoghop.circuit.transient import initial_state
from analoghop.errors import InputError, NumericalError, check_kind
from analoghop.limits import Limits
from analoghop.schedules import Constant, Signal, Signals
from analoghop.study.equilibria import equilibrium
from analoghop.systems.circuits.lure import Lure
from analoghop.systems.circuits.observation import ObservedPoint

JUDGED = 300
"""States up to which all eigenvalues of the Jacobian tell whether an equilibrium is stable."""
_MARGIN = 1e-12  # relative to the Jacobian's norm: the sign of a smaller eigenvalue is not known


def circuit_of(source: Circuit | str | Path, parameters: dict[str, str | float] | None = None) -> Circuit:
    """Return a circuit unchanged, or that of the deck in the file `source` with values of its parameters.

    Raises `InputError` for any other `source`, and for parameters of a circuit that has been read.
    """
    if isinstance(source, str | Path):
        if isinstance(source, str) and "\n" in source:
            raise InputError("the text of a deck is no path: give `Circuit.parse(text)`")
        return Circuit.read(source, parameters=parameters or {})
    check_kind(source, Circuit, "source", "a deck's path or a `Circuit`")
    if parameters:
        raise InputError("`parameters` are put in where a deck is read; this circuit has its values")
    return source


def at_levels(circuit: Circuit) -> Circuit:
    """Return the circuit with every source at its level: that of `DC`, else its value at t = 0.

    Sources of noise keep their level alone, and resistors have no noise.
    """
    elements = tuple(
        e._replace(signal=Constant(level(e)), dc=None) if isinstance(e, VoltageSource | CurrentSource) else e
        for e in circuit.elements
    )
    return replace(circuit, elements=elements, johnson=None)


def level(source: VoltageSource | CurrentSource) -> float:
    """Return the level of a source in V or A."""
    return float(source.signal.value(0.0)) if source.dc is None else source.dc


def columns(circuit: Circuit) -> dict[str, int]:
    """Return the place of every independent source among the signals of the compiled circuit."""
    sources = (e.name for e in circuit.elements if isinstance(e, VoltageSource | CurrentSource))
    return {name: k for k, name in enumerate(sources, 1)}  # the signal 0 is the constant 1


def held(lure: Lure, moving: dict[int, Signal] | None = None) -> Lure:
    """Return the equations with all signals held at t = 0, but those by whose number `moving` has another."""

    def stop(signal: Signal | None) -> Signal | None:
        return None if signal is None else Constant(float(signal.value(0.0)))

    signals: list[Signal] = [
        signal if isinstance(signal, Slope) else Constant(float(signal.value(0.0)))
        for signal in at_rest(lure.signals).signals
    ]
    for k, signal in (moving or {}).items():
        signals[k] = signal
    return replace(
        lure,
        signals=Signals(tuple(signals)),
        gain_factor=stop(lure.gain_factor),
        coupling_factor=stop(lure.coupling_factor),
        S_rate=lure.S_rate * 0.0,  # at rest no capacitor carries a current
        noise_density=None,
        noise_factor=None,
    )


@dataclass(frozen=True, eq=False)
class Bias:
    """An equilibrium: `state` (n,), and whether it is `stable`, None where that is not known."""

    state: Array
    stable: bool | None


def bias(circuit: Circuit, lure: Lure, t: float = 0.0, limits: Limits | None = None) -> Bias:
    """Return the equilibrium at which a circuit is analysed; `lure` is `held`, but for signals that are t.

    A deck that says where it starts (`.ic`, IC=) is analysed at the equilibrium to which this start leads, as
    `analoghop op` does; any other at its operating point, which Newton's method finds from `.nodeset` or 0 V,
    as in ngspice. Raises `NoOperatingPoint` or `NumericalError` where there is none.
    """
    limits = limits or Limits()
    started = circuit.initial or any(isinstance(e, Capacitor) and e.ic is not None for e in circuit.elements)
    now = replace(lure, signals=Signals(tuple(Constant(float(s.value(t))) for s in lure.signals.signals)))
    if not started or not lure.size:
        x = operating_point(replace(circuit, initial=()), now, limits).state[:, 0]
    else:
        x = settled(now, initial_state(circuit, now, limits).state, limits)
    return Bias(x, is_stable(now, 0.0, x))


def settled(lure: Lure, start: Array, limits: Limits) -> Array:
    """Return the equilibrium (n,) to which `start` leads; raises `NumericalError` where there is none."""
    found = equilibrium(lure, start, limits=limits)
    if not found.converged:
        raise NumericalError(found.message)
    return found.state


def is_stable(lure: Lure, t: float, x: Array) -> bool | None:
    """Return whether an equilibrium `x` (n,) is stable, None where the eigenvalues do not tell it."""
    if lure.wave_delays is not None:
        return None  # the delays decide, which the Jacobian does not know
    if not 0 < lure.size <= JUDGED:
        return None if lure.size else True
    J = lure.jacobian(t, x[:, None])
    J = J if isinstance(J, np.ndarray) else J.toarray()
    if not np.isfinite(J).all():
        return None
    growth = float(np.linalg.eigvals(J).real.max())
    margin = _MARGIN * float(np.abs(J).sum(axis=1).max())
    return None if abs(growth) <= margin else growth < 0


def observed(lure: Lure, t: float, x: Array) -> Array:
    """Return all signals of the circuit at rest in `x` (n,), in the order of its `signal_names`.

    Nothing changes: currents are those without capacitors.
    """
    shown = lure.observation
    assert shown is not None, "compiled circuits have one"
    point: ObservedPoint = lure.point(t, x[:, None])[0]
    return np.concatenate([(shown.voltage @ point)[:, 0], (shown.current @ point)[:, 0]])
