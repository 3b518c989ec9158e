"""Whether a bank's outputs are the gradient of a convex potential, and the sentences that say why not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from analoghop.arrays import Mask

if TYPE_CHECKING:
    from analoghop.amplifiers.bank import Amplifiers

SHOWN = 5
RATIO = 1e-12


def without_potential(bank: Amplifiers) -> tuple[Mask, Mask]:
    """Return which units are no gradients by their kind, and which by unequal scale/gain, each (units,).

    b f(g z), with b and g diagonal, is the gradient of c F(g z) just where b = c g: c is held to 1e-12.
    """
    rough = np.array([not activation.gradient for activation in bank.activations], dtype=bool)
    uneven = np.zeros(bank.units, dtype=bool)
    for group in bank.kinds.groups:
        if not group.activation.scalar and group.activation.gradient:
            ratio = group.outcome(bank.scale) / group.drive(bank.gain)
            spread = np.abs(ratio - ratio[:, :1]).max(axis=(1, 2))
            uneven[group.units] = spread > RATIO * np.abs(ratio).max(axis=(1, 2))
    return rough, uneven


def sentence(bank: Amplifiers, which: Mask, what: str, names: Sequence[str] | None = None) -> str:
    """Return the sentence that says `what` of the units `which`, by name or by number."""
    units = np.flatnonzero(which)
    labels = [str(k) if names is None else names[k] for k in units[:SHOWN]]
    kinds = list(dict.fromkeys(bank.activations[k].name for k in units))[:SHOWN]
    more = f" and {len(units) - SHOWN} more" if len(units) > SHOWN else ""
    subject = "amplifier" if len(units) == 1 else "each of the amplifiers"
    return f"{subject} {', '.join(labels)}{more} ({', '.join(kinds)}) {what}"


def reasons(bank: Amplifiers, names: Sequence[str] | None) -> tuple[str, ...]:
    """Return one sentence per kind of failure; none where the bank is a gradient of a convex potential."""
    rough, uneven = without_potential(bank)
    falling = np.array([a.gradient and not a.monotone for a in bank.activations], dtype=bool)
    inverting = bank.leverage[:, 0] < 0
    cases = (
        (rough, "is not the gradient of a potential"),
        (falling, "is not monotone"),
        (uneven, "has unequal ratios of scale to gain inside its cluster"),
        (inverting & ~(rough | falling | uneven), "inverts: its gain times its scale is negative"),
    )
    return tuple(sentence(bank, which, what, names) for which, what in cases if which.any())
