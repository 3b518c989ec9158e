"""Sources that act equally on all amplifiers: the schedules of a deck's gain, temperature and coupling."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from analoghop.circuit.circuit import Circuit
from analoghop.circuit.expressions import (
    Call,
    Current,
    Expr,
    Leaf,
    Number,
    Variable,
    affine_sum,
    leaves,
    simplify,
)
from analoghop.circuit.recognition.factors import factored, moving_sources, proportional, single_ended
from analoghop.circuit.recognition.forms import AffineForm
from analoghop.circuit.recognition.recognise import Recognised, recognise
from analoghop.circuit.recognition.units import Unit, clean
from analoghop.schedules import ReciprocalSignal, Signal


def split_coupling(circuit: Circuit, expressions: Sequence[Expr]) -> tuple[list[Expr], Signal | None]:
    """Return the expressions at coupling factor 1, and the factor; None if there is no such source.

    A moving voltage source to ground of which every nonlinear expression is a multiple, as in
    `V(k)*tanh(V(u))`, is a schedule of all couplings.
    """
    sources = moving_sources(circuit)
    if not sources:
        return list(expressions), None
    curved = [bool(affine_sum(e).terms) for e in expressions]
    for leaf, signal in sources.items():
        rests = [proportional(e, leaf) if c else e for e, c in zip(expressions, curved, strict=True)]
        kept = [rest for rest in rests if rest is not None]
        if any(curved) and len(kept) == len(expressions):
            return kept, signal
    return list(expressions), None


def recognise_with_gain(
    circuit: Circuit, expressions: Sequence[Expr]
) -> tuple[list[Recognised], Signal | None]:
    """Return the amplifiers behind the expressions at gain factor 1, and the factor; None if there is none.

    A positive moving voltage source to ground that multiplies the inputs of every amplifier, as in
    `tanh(V(g)*V(u))`, or divides them, as in `tanh(V(u)/V(temp))`, is a schedule of the gain.
    """
    sources = moving_sources(circuit)
    curved = [bool(affine_sum(e).terms) for e in expressions] if sources else []
    if any(curved):
        plain = [single_ended(e) if c else e for e, c in zip(expressions, curved, strict=True)]
        for leaf, signal in sources.items():
            if signal.bounds[0] <= 0 or any(
                c and leaf not in leaves(e) for e, c in zip(plain, curved, strict=False)
            ):
                continue
            for power in (1, -1):
                marks = _Marks(leaf, power)
                found = recognise([marks.place(e) if c else e for e, c in zip(plain, curved, strict=True)])
                kept = [marks.removed(r) for r in found]
                scaled = [r for r in kept if r is not None]
                if len(scaled) == len(kept) and any(r.uses for r in scaled):
                    return scaled, signal if power == 1 else ReciprocalSignal(signal)
    return recognise(expressions), None


class _Marks:
    """Stands for the products `factor ** power * (affine form)` of expressions while they are recognised.

    Each leaf of the form, and its constant, is replaced by a leaf that no deck can write. Amplifiers that
    read such leaves alone, and nothing beside, have the factor in all of their inputs.
    """

    def __init__(self, factor: Leaf, power: int) -> None:
        self._factor, self._power = factor, power
        self._constant = Variable("*")
        self._marked: dict[Leaf, Leaf] = {}

    def place(self, expression: Expr) -> Expr:
        """Return the single-ended expression with marked leaves in place of the products."""
        found = factored(expression, self._factor)
        if found is not None and found.power == self._power:
            total = affine_sum(found.rest)
            if not total.terms:
                return self._form(AffineForm.build(total.linear, total.constant))
        if not isinstance(expression, Call):
            return expression
        return Call(expression.function, tuple(map(self.place, expression.arguments)))

    def _form(self, form: AffineForm) -> Expr:
        terms = [(c, self._mark(leaf)) for leaf, c in form.items]
        if form.constant:
            terms.append((form.constant, self._constant))
        if not terms:
            return Number(0.0)
        return simplify(Call("add", tuple(Call("mul", (Number(c), leaf)) for c, leaf in terms)))

    def _mark(self, leaf: Leaf) -> Leaf:
        return self._marked.setdefault(leaf, Variable(f"*{len(self._marked)}"))

    def removed(self, found: Recognised) -> Recognised | None:
        """Return what was found with its own leaves; None unless the factor scales the amplifiers alone.

        A current that is read stands for an amplifier too, of the gain 1 (`bank`).
        """
        own = {mark: leaf for leaf, mark in self._marked.items()}
        outside = [leaf for leaf, _ in found.linear.items]
        if any(leaf in own or leaf == self._constant or isinstance(leaf, Current) for leaf in outside):
            return None
        units = [self._unit(use.unit, own) for use in found.uses]
        uses = tuple(
            replace(use, unit=unit) for use, unit in zip(found.uses, units, strict=True) if unit is not None
        )
        return replace(found, uses=uses) if len(uses) == len(units) else None

    def _unit(self, unit: Unit, own: dict[Leaf, Leaf]) -> Unit | None:
        inputs, offsets = [], []
        for form, offset in zip(unit.inputs, unit.offsets, strict=True):
            terms = dict(form.items)
            level = terms.pop(self._constant, 0.0)
            if offset or not all(leaf in own for leaf in terms):
                return None
            inputs.append(AffineForm.build({own[leaf]: c for leaf, c in terms.items()}))
            offsets.append(clean(-level))
        return replace(unit, inputs=tuple(inputs), offsets=tuple(offsets))
