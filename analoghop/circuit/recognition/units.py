"""`Unit` and `Use`: an amplifier as a deck writes it, and where its output goes."""

from __future__ import annotations

from dataclasses import dataclass

from analoghop.activations import Activation, Identity
from analoghop.circuit.expressions import Expr
from analoghop.circuit.recognition.forms import AffineForm


@dataclass(frozen=True)
class Unit:
    """One amplifier: `v = f(gain (inputs - offset))`, one form per input, none with a constant.

    `expression` is the function of an amplifier that is none of the library's, its inputs bare leaves.
    """

    activation: Activation
    inputs: tuple[AffineForm, ...]
    gain: float = 1.0
    offsets: tuple[float, ...] = (0.0,)
    expression: Expr | None = None


@dataclass(frozen=True)
class Use:
    """`coefficient` times output number `output` of `unit`."""

    coefficient: float
    unit: Unit
    output: int = 0


IDENTITY = Identity()


def reading(form: AffineForm) -> Unit:
    """Return the unit that passes a form on: for linear sources that read a current."""
    return Unit(IDENTITY, (AffineForm(form.items),), 1.0, (0.0,))


def clean(value: float) -> float:
    """Return `value`, 0.0 for -0.0: they are one offset."""
    return value + 0.0
