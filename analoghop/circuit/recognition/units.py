"""`Unit` and `Use`: an amplifier as a deck writes it, and a weighted output of one."""

from __future__ import annotations

from dataclasses import dataclass

from analoghop.activations import Activation, Identity
from analoghop.circuit.expressions import Expr
from analoghop.circuit.recognition.forms import AffineForm


@dataclass(frozen=True)
class Unit:
    """One amplifier: `v = f(gain (inputs - offset))`, one form per input, none with a constant.

    `expression` is the function of an amplifier that is not in the library; its inputs are single leaves.
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
    """Return the unit whose output is `form`: for linear sources that read a current."""
    return Unit(IDENTITY, (AffineForm(form.items),), 1.0, (0.0,))


def clean(value: float) -> float:
    """Return `value`, with -0.0 replaced by 0.0, so that equal offsets have equal texts."""
    return value + 0.0
