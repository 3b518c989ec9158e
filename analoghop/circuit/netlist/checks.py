"""Checks of a circuit: errors for what cannot be simulated, notices for probable mistakes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from operator import eq, itemgetter
from typing import TYPE_CHECKING, TypeVar

from analoghop.circuit.elements import (
    GROUND,
    BehaviouralCurrent,
    BehaviouralVoltage,
    Capacitor,
    CurrentControlledCurrent,
    CurrentControlledVoltage,
    Element,
    Inductor,
    Resistor,
    Switch,
    TransmissionLine,
    VoltageControlledCurrent,
    VoltageControlledVoltage,
    VoltageSource,
    touched,
)
from analoghop.circuit.expressions import Current, Voltage, leaves
from analoghop.circuit.netlist.text.locations import Locations
from analoghop.circuit.requests import expressions
from analoghop.errors import Location, NetlistError

if TYPE_CHECKING:
    from analoghop.circuit.circuit import Circuit

T = TypeVar("T")
MAX_NOTICES = 20
"""Largest number of notices of one kind that are shown; the others are only counted."""
_FIRST_LETTERS = "rcviegbxldqmjkfhstw"


def check(circuit: Circuit, notices: Sequence[str], file: str) -> Circuit:
    """Return `circuit` with its notices.

    Raises `NetlistError` for a circuit without elements or ground, for two elements of one name, and for
    expressions that read nodes or currents that do not exist.
    """
    elements = circuit.elements
    if not elements:
        raise NetlistError("the deck describes no element", Location(file, 1))
    _refuse_duplicates(circuit)
    terminals = Counter(chain(map(itemgetter(1), elements), map(itemgetter(2), elements)))
    others = [e for e in elements if type(e) is not Resistor and type(e) is not Capacitor]
    terminals.update(node for e in others if isinstance(e, TransmissionLine) for node in (e.c, e.d))
    if GROUND not in terminals:
        raise NetlistError("no element is connected to ground", Location(file, 1), "a node called 0 or gnd")
    branches = {e.name for e in others if isinstance(e, _BRANCHES)}
    _refuse_couplings(circuit)
    reads = _reads(circuit, others, branches, terminals)
    branches |= {e.name for e in others if isinstance(e, Inductor)}
    found = [*notices, *_title(circuit, file), *_start(circuit, file)]
    found += _dangling(circuit, others, terminals, reads)
    found += _shorted(circuit)
    found += _unknown(circuit, branches, terminals, file)
    return replace(circuit, notices=tuple(dict.fromkeys(found)))


def _refuse_duplicates(circuit: Circuit) -> None:
    if len(set(map(itemgetter(0), circuit.elements))) == len(circuit.elements):
        return
    first: dict[str, int] = {}
    for k, (name, *_) in enumerate(circuit.elements):
        if name in first:
            locations = circuit.locations
            where = locations.of_index(k) if isinstance(locations, Locations) else None
            before = locations.of_index(first[name]) if isinstance(locations, Locations) else ""
            raise NetlistError(f"there is a second element `{name}`, after {before}", where)
        first[name] = k


def _refuse_couplings(circuit: Circuit) -> None:
    inductors = {e.name for e in circuit.elements if isinstance(e, Inductor)} if circuit.couplings else set()
    for name, first, second, _ in circuit.couplings:
        for inductor in (first, second):
            if inductor not in inductors:
                raise NetlistError(f"`{name}` couples {inductor}, but there is no such inductor")
        if first == second:
            raise NetlistError(f"`{name}` couples {first} with itself")


def _reads(
    circuit: Circuit, others: Sequence[Element], branches: Container[str], terminals: Container[str]
) -> set[str]:
    """Return the nodes that sources read; raises `NetlistError` for unknown nodes and currents."""
    reads: set[str] = set()
    flowing: set[str] = set()  # elements whose current a formula gives
    for element in others:
        for node, shown in _read_by(element, branches):
            if not node:
                flowing = flowing or {e.name for e in circuit.elements if not isinstance(e, Capacitor)}
                if shown[2:-1] in flowing:
                    continue
            if node and node not in terminals:
                reason = f"`{element.name}` reads {shown}, but nothing is connected to node {node}"
                raise NetlistError(reason, circuit.locations.get(element.name))
            if not node:
                raise NetlistError(
                    f"`{element.name}` reads {shown}, which is the current of no element but a capacitor"
                    if any(e.name == shown[2:-1] for e in circuit.elements)
                    else f"`{element.name}` reads {shown}, but there is no such element",
                    circuit.locations.get(element.name),
                    "I(Vname): the current of a voltage source, or of any other element but a capacitor",
                )
            reads.add(node)
    return reads


_BRANCHES = (VoltageSource, VoltageControlledVoltage, BehaviouralVoltage, CurrentControlledVoltage)


def _read_by(element: Element, branches: Container[str]) -> Iterator[tuple[str, str]]:
    """Yield each node that a source reads, with the term that reads it; "" for an unknown current."""
    if isinstance(element, (VoltageControlledVoltage, VoltageControlledCurrent)):
        shown = f"V({element.c},{element.d})"
        yield from ((node, shown) for node in (element.c, element.d) if node != GROUND)
    elif isinstance(element, (CurrentControlledVoltage, CurrentControlledCurrent)):
        if element.source not in branches:
            yield "", f"I({element.source})"
    elif isinstance(element, (BehaviouralVoltage, BehaviouralCurrent, Switch)):
        read = element.control if isinstance(element, Switch) else element.expression
        for leaf in leaves(read):
            if isinstance(leaf, Voltage):
                shown = f"V({leaf.a})" if leaf.b == GROUND else f"V({leaf.a},{leaf.b})"
                yield from ((node, shown) for node in (leaf.a, leaf.b) if node != GROUND)
            elif isinstance(leaf, Current) and leaf.source not in branches:
                yield "", f"I({leaf.source})"


def _title(circuit: Circuit, file: str) -> list[str]:
    fields = circuit.title.split()
    numeric = any(c.isdigit() for c in fields[-1]) if fields else False
    if len(fields) >= 4 and fields[0][0].lower() in _FIRST_LETTERS and fields[0][1:2].isdigit() and numeric:
        return [f"{file}:1:1: the first line is the title, though it looks like an element"]
    if fields and fields[0].startswith("."):
        return [f"{file}:1:1: the first line is the title, though it looks like a command"]
    return []


def _start(circuit: Circuit, file: str) -> list[str]:
    if circuit.tran is None or circuit.tran.uic or circuit.initial:
        return []
    return [
        f"{file}: .tran has no uic and there is no .ic: the run starts at the operating point, which in a "
        "network with feedback is an equilibrium or a saddle"
    ]


def _dangling(
    circuit: Circuit, others: Sequence[Element], terminals: Counter[str], reads: set[str]
) -> list[str]:
    lonely = {
        node for node, count in terminals.items() if count == 1 and node not in reads and node != GROUND
    }
    for element in others:
        if isinstance(element, _BRANCHES):
            lonely -= {element.a, element.b}
    if not lonely:
        return []
    found = [e for e in circuit.elements if not lonely.isdisjoint(touched(e))]

    def notice(element: Element) -> str:
        nodes = " and ".join(sorted(lonely.intersection(touched(element))))
        return f"{circuit.locations[element.name]}: node {nodes} is connected to {element.name} only"

    return _first_notices(found, notice)


def _shorted(circuit: Circuit) -> list[str]:
    elements = circuit.elements
    if not any(map(eq, map(itemgetter(1), elements), map(itemgetter(2), elements))):
        return []

    def notice(element: Element) -> str:
        where = circuit.locations[element.name]
        return f"{where}: both ends of {element.name} are connected to node {element.a}"

    return _first_notices([e for e in elements if e.a == e.b], notice)


def _unknown(circuit: Circuit, branches: Container[str], terminals: Container[str], file: str) -> list[str]:
    """Return a notice for each signal that a command names and that the circuit does not have."""
    wanted = [(".ic", f"v({node})") for node, _ in circuit.initial]
    wanted += [(".nodeset", f"v({node})") for node, _ in circuit.nodeset]
    wanted += [(".save", signal) for signal in circuit.saves]
    for measure in circuit.measures:
        for leaf in (leaf for expr in expressions(measure) for leaf in leaves(expr)):
            if isinstance(leaf, Voltage):
                wanted += [
                    (f".meas {measure.name}", f"v({node})") for node in (leaf.a, leaf.b) if node != GROUND
                ]
            elif isinstance(leaf, Current):
                wanted.append((f".meas {measure.name}", f"i({leaf.source})"))
    found = [
        (command, signal)
        for command, signal in wanted
        if signal[2:-1] not in (terminals if signal[0] == "v" else branches)
    ]
    return _first_notices(found, lambda item: f"{file}: {item[0]} names {item[1]}, which does not exist")


def _first_notices(found: Sequence[T], notice: Callable[[T], str]) -> list[str]:
    """Return notices for the first `MAX_NOTICES` findings, and one with the number of the others."""
    notices = [notice(item) for item in found[:MAX_NOTICES]]
    return [
        *notices,
        *([f"... and {len(found) - MAX_NOTICES} more of this kind"] if found[MAX_NOTICES:] else []),
    ]
