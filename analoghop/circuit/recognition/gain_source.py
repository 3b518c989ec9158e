"""Sources that act equally on all amplifiers: the schedules of a deck's gain, temperature and coupling."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from analoghop.circuit.circuit import Circuit
from analoghop.circuit.expressions import Expr, Leaf, Number, affine_sum, leaves, substitute
from analoghop.circuit.recognition.factors import divides, moving_sources, multiplies, proportional
from analoghop.schedules import ReciprocalSignal, Signal


def split_gain(circuit: Circuit, expressions: Sequence[Expr]) -> tuple[list[Expr], Signal | None]:
    """Return the expressions at gain factor 1, and the factor as a signal; None if there is no such source.

    A time-dependent voltage source to ground that every nonlinear expression reads, as in `tanh(V(g)*V(u))`
    or `tanh(V(u)/V(temp))`, is a schedule of the gain: it only multiplies the other voltages.
    """
    for holds, over in ((multiplies, False), (divides, True)):
        kept, signal = _split(circuit, expressions, holds)
        if signal is not None:
            return kept, ReciprocalSignal(signal) if over else signal
    return list(expressions), None


def split_coupling(circuit: Circuit, expressions: Sequence[Expr]) -> tuple[list[Expr], Signal | None]:
    """Return the expressions at coupling factor 1, and the factor; None if there is no such source.

    A time-dependent voltage source to ground to which every nonlinear expression is proportional, as in
    `V(k)*tanh(V(u))`, is a schedule of all couplings.
    """
    return _split(circuit, expressions, proportional)


def _split(
    circuit: Circuit, expressions: Sequence[Expr], holds: Callable[[Expr, Leaf], bool]
) -> tuple[list[Expr], Signal | None]:
    curved = [e for e in expressions if affine_sum(e).terms]
    for leaf, signal in moving_sources(circuit).items():
        if curved and all(leaf in leaves(e) and holds(e, leaf) for e in curved):
            at_one: dict[Leaf, Expr] = {leaf: Number(1.0)}
            return [substitute(e, at_one) if e in curved else e for e in expressions], signal
    return list(expressions), None
