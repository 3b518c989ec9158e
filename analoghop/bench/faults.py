"""`Fault`: what has been broken or held on a circuit, as a plain record."""

from __future__ import annotations

from typing import NamedTuple


class Fault(NamedTuple):
    """`kind` is "clamp", "kill", "cut" or "change"; `part` names the state, amplifier, coupling or element.

    `value` is in volts for a clamp, the new value of the element, or of the coupling in siemens, for a
    change; 0 for the other kinds. Parts are written as in decks: `v(u1)` for a state, `v(v1)` for the output
    of an amplifier, `r12` for an element; a coupling of a network is written `v(u1)<v(v2)`.
    """

    kind: str
    part: str
    value: float = 0.0


KINDS = ("clamp", "kill", "cut", "change")
