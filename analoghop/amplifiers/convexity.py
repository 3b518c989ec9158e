"""The test whether a bank's outputs are the gradient of a convex potential, with reasons if not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analoghop.amplifiers.units import Units
from analoghop.arrays import Array, Mask

SHOWN = 5
RATIO = 1e-12


def without_potential(units: Units, gain: Array, scale: Array) -> tuple[Mask, Mask]:
    """Return the units that are no gradients because of their kind, and of unequal scale/gain, each (units,).

    b f(g z), with b = `scale` and g = `gain` diagonal, is the gradient of c F(g z) if and only if b = c g: c
    must be constant to 1e-12.
    """
    rough = np.array([not activation.gradient for activation in units.activations], dtype=bool)
    uneven = np.zeros(len(units.activations), dtype=bool)
    for group in units.groups:
        if not group.activation.scalar and group.activation.gradient:
            ratio = group.outcome(scale) / group.drive(gain)
            spread = np.abs(ratio - ratio[:, :1]).max(axis=(1, 2))
            uneven[group.units] = spread > RATIO * np.abs(ratio).max(axis=(1, 2))
    return rough, uneven


def sentence(units: Units, which: Mask, what: str, names: Sequence[str] | None = None) -> str:
    """Return the sentence that states `what` about the units `which`, by name or by number."""
    chosen = np.flatnonzero(which)
    labels = [str(k) if names is None else names[k] for k in chosen[:SHOWN]]
    kinds = list(dict.fromkeys(units.activations[k].name for k in chosen))[:SHOWN]
    more = f" and {len(chosen) - SHOWN} more" if len(chosen) > SHOWN else ""
    subject = "amplifier" if len(chosen) == 1 else "each of the amplifiers"
    return f"{subject} {', '.join(labels)}{more} ({', '.join(kinds)}) {what}"


def reasons(units: Units, gain: Array, scale: Array, names: Sequence[str] | None) -> tuple[str, ...]:
    """Return one sentence per kind of failure; none if the bank is the gradient of a convex potential."""
    rough, uneven = without_potential(units, gain, scale)
    falling = np.array([a.gradient and not a.monotone for a in units.activations], dtype=bool)
    undecided = np.array([a.undecided and a.inputs == a.outputs for a in units.activations], dtype=bool)
    inverting = units.leverage(gain, scale)[:, 0] < 0
    cases = (
        (rough & ~undecided, "is not the gradient of a potential"),
        (rough & undecided, "is not shown to be the gradient of a potential"),
        (falling & ~undecided, "is not monotone"),
        (falling & undecided, "is not shown to be monotone"),
        (uneven, "has unequal ratios of scale to gain inside its cluster"),
        (inverting & ~(rough | falling | uneven), "inverts: its gain times its scale is negative"),
    )
    return tuple(sentence(units, which, what, names) for which, what in cases if which.any())
