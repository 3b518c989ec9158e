"""`deck_family`: a deck or a circuit with values of its own for each member of a batch."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from analoghop.amplifiers import Amplifiers
from analoghop.arrays import Array, Integers, real
from analoghop.circuit.circuit import Circuit
from analoghop.circuit.elements import Element, Resistor
from analoghop.circuit.netlist.overrides import changed
from analoghop.circuit.netlist.template import DeckTemplate
from analoghop.circuit.primitives.primitives import primitives
from analoghop.circuit.reduction.compile import compile_circuit
from analoghop.circuit.reduction.nodal import Nodal
from analoghop.circuit.reduction.stamps import VARIED, Stamps
from analoghop.circuit.transient import initial_state
from analoghop.errors import InputError, nearest
from analoghop.limits import Limits
from analoghop.schedules import Constant
from analoghop.systems.circuits.family import MATRICES, VOLTAGES, Family, gathered
from analoghop.systems.circuits.lure import Lure
from analoghop.systems.circuits.stacked import Stacked


def member_count(parameters: Mapping[str, ArrayLike | str]) -> int | None:
    """Return the number of members that arrays among the `parameters` have, None where none is an array.

    Raises `InputError` for arrays of different lengths.
    """
    lengths = {
        name: np.shape(value)[-1]
        for name, value in parameters.items()
        if not isinstance(value, str) and np.ndim(value) > 0
    }
    if len(set(lengths.values())) > 1:
        text = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise InputError(f"`parameters` have different numbers of members: {text}")
    return next(iter(lengths.values()), None)


def deck_family(
    template: DeckTemplate | Circuit,
    parameters: Mapping[str, ArrayLike | str],
    count: int,
    limits: Limits | None = None,
) -> tuple[Circuit, Family]:
    """Return the circuit of member 0, and the family of `count` members of a deck, with their own starts.

    `parameters`: values of the deck's parameters, and by name of elements (R, C, V, I, E, G): a number or
    text for all members, or (members,). A circuit has no parameters, only elements. Raises `InputError` for
    unknown names, and where members differ in their structure.
    """
    known = template.parameters if isinstance(template, DeckTemplate) else ()
    shared, by_formula, by_element = _sorted_out(parameters, known)
    if isinstance(template, Circuit):
        circuits, of_member = [_with(template, shared)], np.zeros(count, np.intp)
    else:
        circuits, of_member = _distinct(template, shared, by_formula, count)
    return circuits[0], family_of(circuits, of_member, by_element, limits)


def family_of(
    circuits: Sequence[Circuit],
    of_member: Integers,
    values: Mapping[str, Array],
    limits: Limits | None = None,
) -> Family:
    """Return the family whose member k is `circuits[of_member[k]]` with its `values` of elements, (members,).

    Circuits that differ in resistors, capacitors, constant sources and parameters of amplifiers are reduced
    once; others one by one. A member starts as the deck says: with `uic`, or without `.tran`, from its
    capacitors' charges, else from its operating point.
    """
    count = len(of_member)
    _check_values(circuits[0], values)
    found = _reduced_once(circuits, of_member, values)
    if found is None:
        found = _reduced_each(circuits, of_member, values)
    first = circuits[0]
    if first.tran is None or first.tran.uic:
        return found
    starts = [_own_start(_member(circuits, of_member, values, k), limits) for k in range(count)]
    return replace(found, columns={**found.columns, "start": np.stack(starts, axis=1)})


def _own_start(circuit: Circuit, limits: Limits | None) -> Array:
    return initial_state(circuit, compile_circuit(circuit), limits).state


def _reduced_each(circuits: Sequence[Circuit], of_member: Integers, values: Mapping[str, Array]) -> Family:
    """Return the family by a reduction of each different member."""
    count = len(of_member)
    pairs = np.stack([of_member, *(values[name] for name in values)], axis=1)
    _, first, index = np.unique(pairs, axis=0, return_index=True, return_inverse=True)
    lures = [compile_circuit(_member(circuits, of_member, values, int(k))) for k in first]
    return gathered(lures, index.reshape(count), _maker(circuits, of_member, values))


def _sorted_out(
    parameters: Mapping[str, ArrayLike | str], known: Sequence[str]
) -> tuple[dict[str, str | float], dict[str, Array], dict[str, Array]]:
    """Return values for all members, arrays of the deck's parameters, and arrays of elements."""
    shared: dict[str, str | float] = {}
    by_formula: dict[str, Array] = {}
    by_element: dict[str, Array] = {}
    for name, given in parameters.items():
        if isinstance(given, str):
            shared[name] = given
            continue
        values = real(given, f"`{name}`")
        if values.ndim == 0:
            shared[name] = float(values)
        elif values.ndim > 1:
            raise InputError(f"`{name}` has shape {values.shape}, expected (members,)")
        elif not np.isfinite(values).all():
            raise InputError(f"`{name}` contains a value that is not finite")
        else:
            (by_formula if name.lower() in known else by_element)[name.lower()] = values
    return shared, by_formula, by_element


def _distinct(
    template: DeckTemplate, shared: Mapping[str, str | float], varied: Mapping[str, Array], count: int
) -> tuple[list[Circuit], Integers]:
    """Return a circuit for each different combination of parameters, and which of them each member has."""
    if not varied:
        return [template.circuit(shared)], np.zeros(count, np.intp)
    table = np.stack(list(varied.values()), axis=1)
    rows, index = np.unique(table, axis=0, return_inverse=True)
    circuits = [template.circuit({**shared, **dict(zip(varied, row.tolist(), strict=True))}) for row in rows]
    return circuits, np.asarray(index.reshape(count), dtype=np.intp)


def _with(circuit: Circuit, values: Mapping[str, str | float]) -> Circuit:
    found = {name.lower(): float(value) for name, value in values.items()}
    _check_values(circuit, {name: np.array([value]) for name, value in found.items()})
    elements = tuple(changed(e, found[e.name]) if e.name in found else e for e in circuit.elements)
    return replace(circuit, elements=elements)


def _check_values(circuit: Circuit, values: Mapping[str, Array]) -> None:
    elements = {e.name: e for e in circuit.elements}
    for name, given in values.items():
        if name not in elements:
            hint = nearest(name, elements)
            raise InputError(f"there is no parameter and no element `{name}`{hint}")
        changed(elements[name], float(np.min(given)))


def _member(
    circuits: Sequence[Circuit], of_member: Integers, values: Mapping[str, Array], member: int
) -> Circuit:
    """Return the circuit of one member."""
    circuit = circuits[int(of_member[member])]
    if not values:
        return circuit
    elements = tuple(
        changed(e, float(values[e.name][member])) if e.name in values else e for e in circuit.elements
    )
    return replace(circuit, elements=elements)


def _maker(
    circuits: Sequence[Circuit], of_member: Integers, values: Mapping[str, Array]
) -> Callable[[int], Lure]:
    return lambda k: compile_circuit(_member(circuits, of_member, values, k))


def _reduced_once(
    circuits: Sequence[Circuit], of_member: Integers, given: Mapping[str, Array]
) -> Family | None:
    """Return the family by one reduction, None where it does not apply."""
    merged = _merged(circuits, of_member, given)
    if merged is None:
        return None
    values, first = merged, circuits[0]
    lure, count = compile_circuit(first), len(of_member)
    if lure.noise_density is not None:
        return None
    if primitives(first).circuit != first:
        return None  # inductors, diodes and the like stand for other elements
    base = Nodal(first)
    if base.bank.amplifiers.blocks != lure.amplifiers.blocks:
        return None  # a loop without a capacitor was solved
    banks = _banks(base, circuits)
    if banks is None:
        return None
    found = Stamps(first, lure, base.topology).matrices(values, count)
    if found is None or len({circuit.initial for circuit in circuits}) > 1:
        return None
    columns = {
        name: np.concatenate([getattr(bank, name) for bank in banks], axis=1)[:, of_member]
        for name in ("gain", "offset", "scale", "base")
    }
    columns["start"] = found["start"]
    stacks = {name: Stacked.of(found[name]) for name in (*MATRICES, *VOLTAGES)}
    scaled = _levels(values, base)
    levels = tuple(
        Constant(1.0) if column in scaled else signal
        for column, signal in enumerate(base.drive.signals.signals)
    )
    template: Lure = replace(lure, signals=type(lure.signals)(levels))
    return Family(template, stacks, columns, count, _maker(circuits, of_member, given))


def _levels(values: Mapping[str, Array], nodal: Nodal) -> set[int]:
    """Return the columns of the sources whose level is a value."""
    return {
        nodal.drive.column(e.name)
        for e in nodal.circuit.elements
        if e.name in values and isinstance(e, VARIED[2:])
    }


def _merged(
    circuits: Sequence[Circuit], of_member: Integers, given: Mapping[str, Array]
) -> dict[str, Array] | None:
    """Return the values of all elements that differ, (members,), None where one has no single value."""
    values = {name: np.asarray(array) for name, array in given.items()}
    first = circuits[0]
    for name in values:
        element = next(e for e in first.elements if e.name == name)
        if not isinstance(element, VARIED):
            return None
    if any(len(circuit.elements) != len(first.elements) for circuit in circuits):
        return None
    for row in zip(*(circuit.elements for circuit in circuits), strict=True):
        if all(element == row[0] for element in row[1:]):
            continue
        numbers = [_value_of(element) for element in row]
        places = {(element.name, element.a, element.b, type(element), *_rest(element)) for element in row}
        if len(places) > 1:
            return None
        if None in numbers:
            if any(number is not None for number in numbers) or not _is_formula(row[0]):
                return None
            continue
        if row[0].name not in values:
            values[row[0].name] = np.array(numbers, dtype=np.float64)[of_member]
    return values


def _is_formula(element: Element) -> bool:
    return hasattr(element, "expression")


def _value_of(element: Element) -> float | None:
    """Return the value of an element that may vary in one reduction, None for others."""
    if not isinstance(element, VARIED):
        return None
    if isinstance(element, VARIED[:2]):
        return element.value
    signal = element.signal
    return signal.level if isinstance(signal, Constant) else None


def _rest(element: Element) -> tuple[object, ...]:
    """Return what must be equal beside the value: the initial voltage of a capacitor."""
    return (getattr(element, "ic", None),) if not isinstance(element, Resistor) else ()


def _banks(base: Nodal, circuits: Sequence[Circuit]) -> list[Amplifiers] | None:
    """Return the amplifiers of each circuit, None where they differ in more than in their parameters."""
    banks = [base.bank.amplifiers]
    for circuit in circuits[1:]:
        if all(
            a == b for a, b in zip(circuit.elements, base.circuit.elements, strict=True) if _is_formula(a)
        ):
            banks.append(base.bank.amplifiers)
            continue
        other = Nodal(circuit, base.topology)
        if not other.alike(base):
            return None
        banks.append(other.bank.amplifiers)
    return banks
