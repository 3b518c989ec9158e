"""The parts of a circuit with their scatter: elements of a deck, amplifiers of a bank."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase

import numpy as np

from analoghop.amplifiers import Amplifiers
from analoghop.arrays import Array
from analoghop.circuit.circuit import Circuit
from analoghop.circuit.elements import Capacitor, Resistor
from analoghop.errors import InputError
from analoghop.experiments.plan.scatter import Scatter
from analoghop.experiments.scattering.draws import deviations, uniforms
from analoghop.experiments.scattering.series import preferred, quantised
from analoghop.systems.circuits.lure import Lure

OPEN, SHORT = 1e6, 1e-6
"""Factors of the resistance of an open and of a shorted resistor: numbers that can still be divided by."""


def chosen(circuit: Circuit, scatter: Scatter) -> tuple[Resistor | Capacitor, ...]:
    """Return the elements that scatter; raises `InputError` for a pattern that names none."""
    parts = [e for e in circuit.elements if isinstance(e, (Resistor, Capacitor))]
    for pattern in scatter.elements:
        if not any(fnmatchcase(e.name, pattern) for e in parts):
            raise InputError(f"`tolerance.elements` names {pattern!r}: no resistor or capacitor is called so")
    return tuple(e for e in parts if any(fnmatchcase(e.name, p) for p in scatter.elements))


def scattered_values(
    elements: Sequence[Resistor | Capacitor], scatter: Scatter, seed: int, part: int | None
) -> Array:
    """Return the values of `elements` in part number `part`, (len(elements),); None is the part as designed.

    The nominal values are rounded to the E-series and to bits first, as a designer does; then they scatter,
    and broken ones are open or shorted.
    """
    values = np.array([e.value for e in elements], dtype=np.float64)
    resistors = np.array([isinstance(e, Resistor) for e in elements], dtype=bool)
    if scatter.bits is not None and resistors.any():
        values[resistors] = _of_few_bits(values[resistors], scatter)
    if scatter.series is not None and len(values):
        values = preferred(values, scatter.series)
    if part is None:
        return values
    names = [e.name for e in elements]
    keys = [group_of(name, scatter.groups) for name in names]
    if scatter.tolerance:
        values = values * (1.0 + scatter.tolerance * deviations(seed, "value", part, keys, scatter.law))
    if scatter.open or scatter.short:
        drawn = uniforms(seed, "broken", part, names)
        values = np.where(resistors & (drawn < scatter.open), values * OPEN, values)
        cut = resistors & (drawn >= 1.0 - scatter.short)
        values = np.where(cut, values * SHORT, values)
    return values


def quantiser_scale(elements: Sequence[Resistor | Capacitor], scatter: Scatter) -> float | None:
    """Return the scale in siemens of the quantiser of the resistors' conductances, None without one."""
    if scatter.bits is None:
        return None
    if scatter.scale is not None:
        return scatter.scale
    return max((1.0 / e.value for e in elements if isinstance(e, Resistor)), default=None)


def _of_few_bits(resistances: Array, scatter: Scatter) -> Array:
    conductances = 1.0 / resistances
    scale = scatter.scale if scatter.scale is not None else float(conductances.max())
    assert scatter.bits is not None, "called with bits only"
    # The sign of a weight is that of the amplifier's output, so a conductance has one bit more for its size.
    rounded = quantised(conductances, scatter.bits + 1, scale)
    return np.where(rounded > 0, 1.0 / np.where(rounded > 0, rounded, 1.0), resistances * OPEN)


def group_of(name: str, groups: Mapping[str, Sequence[str]]) -> str:
    """Return the name under which a part is drawn: its group's, or its own."""
    for group, patterns in groups.items():
        if any(fnmatchcase(name, pattern) for pattern in patterns):
            return f"group {group}"
    return name


def with_elements(circuit: Circuit, scatter: Scatter, seed: int, part: int | None) -> Circuit:
    """Return the circuit with the values of its part number `part`."""
    found = chosen(circuit, scatter)
    values = dict(
        zip((e.name for e in found), scattered_values(found, scatter, seed, part).tolist(), strict=True)
    )
    elements = tuple(
        e._replace(value=values[e.name]) if isinstance(e, (Resistor, Capacitor)) and e.name in values else e
        for e in circuit.elements
    )
    return replace(circuit, elements=elements)


def scattered_bank(
    bank: Amplifiers, names: Sequence[str], scatter: Scatter, seed: int, part: int
) -> Amplifiers:
    """Return the amplifiers of part number `part`; `names` are those of the units.

    The rails scatter about their middle together; a dead amplifier keeps the middle, a stuck one a rail.
    """
    unit_in, unit_out = bank.unit_of_input, bank.unit_of_output
    offset, gain, scale, base = (np.array(a) for a in (bank.offset, bank.gain, bank.scale, bank.base))
    law = scatter.law
    if scatter.offset:
        offset += scatter.offset * deviations(seed, "offset", part, names, law)[unit_in][:, None]
    if scatter.gain:
        gain *= 1.0 + scatter.gain * deviations(seed, "gain", part, names, law)[unit_in][:, None]
    ends = np.array([unit.range for unit in bank.activations], dtype=np.float64).reshape(-1, 2)[unit_out]
    middle = np.where(np.isfinite(ends).all(axis=1), ends.mean(axis=1), 0.0)[:, None]
    if scatter.rails:
        factor = 1.0 + scatter.rails * deviations(seed, "rails", part, names, law)[unit_out][:, None]
        scale, base = scale * factor, base + scale * middle * (1.0 - factor)
    if scatter.dead or scatter.stuck:
        drawn = uniforms(seed, "amplifier", part, names)[unit_out][:, None]
        side = uniforms(seed, "rail", part, names)[unit_out]
        rail = np.where(side < 0.5, ends[:, 0], ends[:, 1])[:, None]
        dead, stuck = drawn < scatter.dead, drawn >= 1.0 - scatter.stuck
        held = base + scale * np.where(dead, middle, np.where(np.isfinite(rail), rail, middle))
        base, scale = np.where(dead | stuck, held, base), np.where(dead | stuck, 0.0, scale)
    return Amplifiers(bank.blocks, gain, offset, scale, base)


def with_amplifiers(lure: Lure, scatter: Scatter, seed: int, part: int) -> Lure:
    """Return the reduced circuit with the amplifiers of its part number `part`."""
    if not scatter.alters_amplifiers:
        return lure
    bank = scattered_bank(lure.amplifiers, devices(lure), scatter, seed, part)
    return replace(lure, amplifiers=bank)


def devices(lure: Lure) -> list[str]:
    """Return the amplifier to which each unit belongs: the outputs of one subcircuit call share its draws."""
    names = lure.unit_names or tuple(str(k) for k in range(lure.amplifiers.units))
    return [name.rsplit(".", 1)[0].split(".", 1)[-1] if "." in name else name for name in names]
