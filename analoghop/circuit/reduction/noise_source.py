"""`split_noise`: the schedule that multiplies the noise of a deck's sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from analoghop.circuit.circuit import Circuit
from analoghop.circuit.elements import (
    GROUND,
    BehaviouralCurrent,
    BehaviouralVoltage,
    Element,
    VoltageControlledCurrent,
    VoltageControlledVoltage,
    VoltageSource,
)
from analoghop.circuit.expressions import (
    Call,
    Expr,
    Leaf,
    Number,
    Voltage,
    affine_sum,
    leaves,
)
from analoghop.circuit.recognition.factors import moving_sources, proportional
from analoghop.circuit.transient_noise import TransientNoise
from analoghop.errors import Location, NetlistError
from analoghop.schedules import Signal


def split_noise(
    circuit: Circuit, elements: Sequence[Element], expressions: Sequence[Expr]
) -> tuple[list[Expr], Signal | None]:
    """Return the expressions at noise factor 1, and the factor as a signal; None if there is no such source.

    `elements` are those of the `expressions`. The product V(s)*V(n) of a time-dependent source and a noise
    source in a B source is a schedule of the noise. All noise of a circuit has one factor: raises
    `NetlistError` if some noise has another factor, and for any other dependence of an expression on noise.
    """
    noisy = {
        Voltage(e.a, GROUND): e
        for e in circuit.elements
        if isinstance(e, VoltageSource) and e.b == GROUND and isinstance(e.signal, TransientNoise)
    }
    if not noisy:
        return list(expressions), None
    moving, kept = moving_sources(circuit), list(expressions)
    factors, products = dict[Leaf, None](), set[str]()
    for k, (element, expression) in enumerate(zip(elements, expressions, strict=True)):
        for coefficient, term in affine_sum(expression).terms:
            read = [noisy[leaf] for leaf in leaves(term) if isinstance(leaf, Voltage) and leaf in noisy]
            if not read:
                continue
            where = circuit.locations.get(element.name)
            factor, plain = _factored(element, term, moving, where)
            if any(source.signal.value(0.0) != 0 for source in read):
                reason = f"the noise of {read[0].name}, which is multiplied, has a level: DC 0 is needed"
                raise NetlistError(reason, where)
            change = Call("mul", (Number(coefficient), Call("sub", (plain, term))))
            kept[k] = Call("add", (kept[k], change))
            factors[factor] = None
            products.add(element.name)
    if not factors:
        return kept, None
    _refuse_others(circuit, products, len(factors))
    return kept, moving[next(iter(factors))]


def _factored(
    element: Element, term: Expr, moving: Mapping[Leaf, Signal], where: Location | None
) -> tuple[Leaf, Expr]:
    """Return the time-dependent source to which a term is proportional, and the term at source value 1."""
    for leaf in leaves(term):
        rest = proportional(term, leaf) if leaf in moving else None
        if rest is not None and not affine_sum(rest).terms:
            return leaf, rest
    raise NetlistError(
        f"{element.name} reads noise in a way that is not simulated: it may enter as it is, or times a "
        "moving voltage source, as in V(s)*V(n)",
        where,
    )


def _refuse_others(circuit: Circuit, products: set[str], factors: int) -> None:
    """Raise `NetlistError` if not all noise has the same factor."""
    sources = [e for e in circuit.elements if isinstance(getattr(e, "signal", None), TransientNoise)]
    nodes = {e.a for e in sources if isinstance(e, VoltageSource) and e.b == GROUND}
    known = {e.name for e in sources} | products
    free = [e for e in sources if not (isinstance(e, VoltageSource) and e.b == GROUND)]
    free += [e for e in circuit.elements if e.name not in known and _touches(e, nodes)]
    if free or factors > 1 or circuit.johnson is not None:
        other = f"that of {free[0].name}" if free else "another" if factors > 1 else "that of the resistors"
        reason = f"all noise has one factor in time: {other} does not have that of the product of two sources"
        raise NetlistError(reason, circuit.locations.get(free[0].name) if free else None)


def _touches(element: Element, nodes: set[str]) -> bool:
    """Return whether an element is connected to, or reads, one of the nodes."""
    read = {element.a, element.b}
    if isinstance(element, VoltageControlledVoltage | VoltageControlledCurrent):
        read |= {element.c, element.d}
    elif isinstance(element, BehaviouralVoltage | BehaviouralCurrent):
        found = (leaf for leaf in leaves(element.expression) if isinstance(leaf, Voltage))
        read |= {node for leaf in found for node in (leaf.a, leaf.b)}
    return bool(read & nodes)
