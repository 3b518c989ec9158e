"""Recognition of the amplifiers in a deck's expressions: sigmoids, clusters, and general functions."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from analoghop.activations import (
    Activation,
    Arctan,
    Logistic,
    Rectifier,
    Satlin,
    Table,
    Tanh,
)
from analoghop.circuit.expressions import Call, Expr, Number, Variable, affine_sum, leaves
from analoghop.circuit.recognition.clusters import FoundClusters, Share
from analoghop.circuit.recognition.forms import AffineForm
from analoghop.circuit.recognition.general import general_activation, gradient_order, in_variables
from analoghop.circuit.recognition.units import Unit, Use, clean

TIME = Variable("time")


@dataclass(frozen=True)
class Recognised:
    """An expression as `linear + sum of uses + sum of timed`; `timed` are (coefficient, function of time)."""

    linear: AffineForm
    uses: tuple[Use, ...]
    timed: tuple[tuple[float, Expr], ...] = ()


def recognise(expressions: Iterable[Expr]) -> list[Recognised]:
    """Return each expression as a sum of amplifiers; outputs of one softmax cluster belong to one unit."""
    split = [_split(expression) for expression in expressions]
    found = [term for _, terms, _ in split for term in terms]
    groups = _gradient_groups((c, term) for c, term in found if isinstance(term, Unit))
    clusters = FoundClusters(term for _, term in found if isinstance(term, Share))

    def use(coefficient: float, term: Unit | Share) -> Use:
        if isinstance(term, Share):
            return Use(coefficient, *clusters.place(term))
        if term in groups:
            scale, vector, output = groups[term]
            return Use(coefficient / scale, vector, output)
        return Use(coefficient, term)

    return [Recognised(linear, tuple(use(*term) for term in terms), timed) for linear, terms, timed in split]


def _gradient_groups(uses: Iterable[tuple[float, Unit]]) -> dict[Unit, tuple[float, Unit, int]]:
    """Return the vector amplifiers that consist of general expressions with equal inputs.

    n expressions of n inputs whose joint Jacobian is symmetric in some order are one gradient amplifier.
    Each unit is mapped to (coefficient contained in its output, vector unit, index of the output).
    """
    first: dict[Unit, float] = {}
    for coefficient, unit in uses:
        first.setdefault(unit, coefficient)
    together: dict[tuple[AffineForm, ...], list[tuple[Unit, Expr]]] = {}
    for unit, coefficient in first.items():
        if unit.expression is not None and len(unit.inputs) > 1:
            whole = Call("mul", (Number(coefficient), unit.expression))
            together.setdefault(unit.inputs, []).append((unit, whole))
    found = {}
    for inputs, group in together.items():
        order = gradient_order([whole for _, whole in group]) if len(group) == len(inputs) else None
        if order is None:
            continue
        members = [group[k] for k in order]
        activation = general_activation(tuple(whole for _, whole in members), len(inputs))
        vector = Unit(activation, inputs, 1.0, (0.0,) * len(inputs))
        found.update({unit: (first[unit], vector, output) for output, (unit, _) in enumerate(members)})
    return found


_Term = tuple[float, "Unit | Share"]


def _split(expression: Expr) -> tuple[AffineForm, list[_Term], tuple[tuple[float, Expr], ...]]:
    total = affine_sum(expression)
    linear = AffineForm.build(total.linear, total.constant)
    terms: list[_Term] = []
    timed = []
    for coefficient, term in total.terms:
        if all(leaf == TIME for leaf in leaves(term)):
            timed.append((coefficient, term))
            continue
        more, found = _match(term)
        linear += more * coefficient
        terms += [(coefficient * c, unit) for c, unit in found]
    return linear, _merge(terms), tuple(timed)


def _merge(terms: list[_Term]) -> list[_Term]:
    merged: dict[Unit | Share, float] = {}
    for coefficient, unit in terms:
        merged[unit] = merged.get(unit, 0.0) + coefficient
    return [(c, unit) for unit, c in merged.items()]


def _match(term: Expr) -> tuple[AffineForm, list[_Term]]:
    """Return the linear part and the amplifiers of a term that is not affine."""
    if isinstance(term, Call):
        for matcher in (_sigmoid, _clipped, _cornered, _tabulated, _quotient):
            found = matcher(term)
            if found is not None:
                return found
    read = leaves(term)
    canonical = in_variables(term, read)
    inputs = tuple(AffineForm.build({leaf: 1.0}) for leaf in read)
    activation = general_activation((canonical,), len(read))
    return AffineForm(), [(1.0, Unit(activation, inputs, 1.0, (0.0,) * len(read), canonical))]


def _affine(expression: Expr) -> AffineForm | None:
    total = affine_sum(expression)
    return None if total.terms else AffineForm.build(total.linear, total.constant)


def _constant(expression: Expr) -> float | None:
    form = _affine(expression)
    return form.constant if form is not None and not form.items else None


def _unit(activation: Activation, form: AffineForm, scale: float = 1.0) -> tuple[Unit, int]:
    """Return the unit that applies `activation` to `scale * form`, and the sign taken out of its gain."""
    slope = form.largest
    gain = abs(slope)
    sign = 1 if slope > 0 else -1
    pure = AffineForm.build({leaf: c / slope for leaf, c in form.items})
    return Unit(activation, (pure,), gain * scale, (clean(-form.constant / slope),)), sign


def _sigmoid(term: Call) -> tuple[AffineForm, list[_Term]] | None:
    """tanh(L) and atan(L) = pi/2 A(2 L / pi), both odd."""
    if term.function not in ("tanh", "atan"):
        return None
    form = _affine(term.arguments[0])
    if form is None:
        return None
    if term.function == "tanh":
        unit, sign = _unit(Tanh(), form)
        return AffineForm(), [(float(sign), unit)]
    unit, sign = _unit(Arctan(), form, 2.0 / math.pi)
    return AffineForm(), [(sign * math.pi / 2.0, unit)]


def _logistic(form: AffineForm) -> tuple[AffineForm, list[_Term]]:
    """1/(1 + exp(-L)); for a decreasing function, 1 - logistic(-L)."""
    unit, sign = _unit(Logistic(), form)
    return AffineForm.build({}, 0.0 if sign > 0 else 1.0), [(float(sign), unit)]


def _clipped(term: Call) -> tuple[AffineForm, list[_Term]] | None:
    """max(lo, min(hi, L)) in any nesting and order: a satlin between constants."""
    if term.function not in ("min", "max") or len(term.arguments) != 2:
        return None
    inner_function = "min" if term.function == "max" else "max"
    for outer, inner in (term.arguments, term.arguments[::-1]):
        bound = _constant(outer)
        if bound is None or not isinstance(inner, Call) or inner.function != inner_function:
            continue
        for other, body in (inner.arguments, inner.arguments[::-1]):
            second, form = _constant(other), _affine(body)
            if second is None or form is None or not form.items:
                continue
            low, high = (bound, second) if term.function == "max" else (second, bound)
            if low >= high:
                return None
            middle, half = 0.5 * (low + high), 0.5 * (high - low)
            unit, sign = _unit(Satlin(), (form - AffineForm.build({}, middle)) * (1.0 / half))
            return AffineForm.build({}, middle), [(sign * half, unit)]
    return None


def _cornered(term: Call) -> tuple[AffineForm, list[_Term]] | None:
    """max, min, uramp and abs of affine arguments: a rectifier beside an affine part."""
    forms = [_affine(a) for a in term.arguments]
    if any(form is None for form in forms):
        return None
    first = forms[0] or AffineForm()
    second = (forms[1] if len(forms) == 2 else None) or AffineForm()
    if term.function == "uramp" and len(forms) == 1:
        return _rectified(first, AffineForm(), 1.0)
    if term.function == "abs":
        return _rectified(first, -first, 2.0)
    if term.function == "max" and len(forms) == 2:
        return _rectified(first - second, second, 1.0)
    if term.function == "min" and len(forms) == 2:
        return _rectified(first - second, first, -1.0)
    return None


def _rectified(
    form: AffineForm, linear: AffineForm, coefficient: float
) -> tuple[AffineForm, list[_Term]] | None:
    """Return linear + coefficient max(form, 0)."""
    if not form.items:
        return linear + AffineForm.build({}, coefficient * max(form.constant, 0.0)), []
    slope = form.largest
    # A rectifier has no input scale: gain 1 keeps its output in the unit of its input.
    pure = AffineForm.build({leaf: c / abs(slope) for leaf, c in form.items})
    unit = Unit(Rectifier(), (pure,), 1.0, (clean(-form.constant / abs(slope)),))
    return linear, [(coefficient * abs(slope), unit)]


def _tabulated(term: Call) -> tuple[AffineForm, list[_Term]] | None:
    """pwl(L, x1, y1, ...) that is constant beyond its points: a `Table` cannot have sloping ends."""
    if term.function != "pwl":
        return None
    form, points = _affine(term.arguments[0]), [_constant(a) for a in term.arguments[1:]]
    if form is None or not form.items or any(p is None for p in points):
        return None
    numbers = [p for p in points if p is not None]
    x, y = np.array(numbers[0::2]), np.array(numbers[1::2])
    if len(y) < 2 or y[0] != y[1] or y[-1] != y[-2]:
        return None
    table = Table(x, y)
    pure = AffineForm.build(dict(form.items))
    return AffineForm(), [(1.0, Unit(table, (pure,), 1.0, (-form.constant + 0.0,)))]


def _quotient(term: Call) -> tuple[AffineForm, list[_Term]] | None:
    """c/(k + sum_j k_j exp(M_j)) and exp(L_i)/(sum_j exp(L_j)): logistic functions and softmax outputs."""
    if term.function != "div":
        return None
    numerator, denominator = term.arguments
    powers = _exponentials(denominator)
    top = _exponentials(numerator)
    if powers is None or top is None or len(top) != 1 or len(powers) < 2:
        return None
    own = top[0]
    others = [p - own for p in powers]
    mine = AffineForm()
    if mine not in others:  # c/(k + sum): the constant term of the denominator is the share's own
        constants = [p for p in powers if not p.items]
        if own.items or len(constants) != 1:
            return None
        factor = math.exp(own.constant - constants[0].constant)
        others = [p - constants[0] for p in powers]
        others.remove(mine)
        return _share(others, None, factor)
    others.remove(mine)
    return _share(others, own if own.items else None, 1.0)


def _share(others: list[AffineForm], own: AffineForm | None, factor: float) -> tuple[AffineForm, list[_Term]]:
    if len(others) == 1 and len(others[0].items) == 1:
        linear, terms = _logistic(-others[0])
        return linear * factor, [(factor * c, unit) for c, unit in terms]
    return AffineForm(), [(factor, Share(tuple(others), own))]


def _exponentials(expression: Expr) -> list[AffineForm] | None:
    """Return the forms M_j with `expression = sum_j exp(M_j)`, a positive constant k being exp(ln k)."""
    total = affine_sum(expression)
    if total.linear or total.constant < 0:
        return None
    forms = [AffineForm.build({}, math.log(total.constant))] if total.constant > 0 else []
    for coefficient, term in total.terms:
        if not (isinstance(term, Call) and term.function == "exp") or coefficient <= 0:
            return None
        form = _affine(term.arguments[0])
        if form is None:
            return None
        forms.append(form + AffineForm.build({}, math.log(coefficient)))
    return forms
