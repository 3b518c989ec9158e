"""The forms of element lines by their first letter, and the reasons why other elements are rejected."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from analoghop.circuit.elements import (
    BehaviouralCurrent,
    BehaviouralVoltage,
    Capacitor,
    CurrentSource,
    Element,
    Resistor,
    VoltageControlledCurrent,
    VoltageControlledVoltage,
    VoltageSource,
)
from analoghop.circuit.netlist.scopes import Quantity, formula, quantity
from analoghop.circuit.netlist.statements.behaviours import Behaviour, TableExpression, gnucap_tanh
from analoghop.circuit.netlist.statements.cards import (
    Absent,
    Card,
    Plain,
    Positive,
    SubcircuitCall,
    Unresolved,
)
from analoghop.circuit.netlist.statements.waveforms import source_values
from analoghop.circuit.netlist.text.fields import Word, closing, pairs, words
from analoghop.circuit.netlist.text.lines import DeckLine
from analoghop.circuit.netlist.text.reader import Reader


def element_card(line: DeckLine) -> Card | SubcircuitCall:
    """Return the element on `line`; raises `NetlistError` with the expected form."""
    letter = line.text.lstrip()[0]
    if letter not in FORMS:
        if letter in REFUSED:
            raise line.error(f"{REFUSED[letter]}", line.start, SUPPORTED)
        raise line.error(f"`{line.text.split()[0]}` starts no element and no command", line.start, SUPPORTED)
    return FORMS[letter].read(line)


def _positive(reader: Reader, what: str, names: Sequence[str]) -> Positive:
    pair = reader.pair(*names)
    if pair:
        return Positive(quantity(reader.line, pair, reader.form), what, reader.line, pair)
    value, word = reader.quantity(what)
    return Positive(value, what, reader.line, word)


def resistor(line: DeckLine, form: str) -> Card:
    """R: a value, or `R=`."""
    reader = Reader(line, form)
    name, nodes = reader.name(), reader.nodes(2)
    value = _positive(reader, "resistance", ("r", "resistance"))
    reader.end()
    number = value.value
    if isinstance(number, float) and 0 < number < 1 and _is_milli(value.field.text):
        line.notice(f"`{value.field.text}` is {number:g} ohm: m is milli, mega is meg", value.field.offset)
    return Card(Resistor, name, nodes, (value,), line)


def _is_milli(text: str) -> bool:
    letters = text.lstrip("+-.0123456789")
    return letters.startswith("m") and not letters.startswith(("meg", "mil"))


def capacitor(line: DeckLine, form: str) -> Card:
    """C: a value, or `C=`, and `IC=`."""
    reader = Reader(line, form)
    name, nodes = reader.name(), reader.nodes(2)
    value = _positive(reader, "capacitance", ("c", "capacitance"))
    ic = reader.pair("ic")
    reader.end()
    initial: Unresolved = Plain(quantity(line, ic, form)) if ic else Absent()
    return Card(Capacitor, name, nodes, (value, initial), line)


def independent(record: Callable[..., Element]) -> Callable[[DeckLine, str], Card]:
    """V and I: a level, `DC` level, a waveform, or both."""

    def read(line: DeckLine, form: str) -> Card:
        reader = Reader(line, form, assignments=False)
        name, nodes = reader.name(), reader.nodes(2)
        return Card(record, name, nodes, source_values(line, reader.words[3:], form), line)

    return read


def behavioural(line: DeckLine, form: str) -> Card:
    """B: `V=expression` or `I=expression`, to the end of the line."""
    head, found = pairs(line)
    fields = words(line, 0, head)
    if len(fields) != 3 or not found or found[0].name not in ("v", "i"):
        offset = fields[3].offset if len(fields) > 3 else found[0].start if found else len(line.text)
        raise line.error("this is no behavioural source", offset, form)
    first = found[0]
    whole = first._replace(text=line.text[first.offset :])
    record = BehaviouralVoltage if first.name == "v" else BehaviouralCurrent
    name, a, b = (field.text for field in fields)
    return Card(record, name, (a, b), (Behaviour(formula(line, whole)),), line)


def controlled(
    linear: Callable[..., Element], free: Callable[..., Element], keyword: str
) -> Callable[[DeckLine, str], Card]:
    """E and G: linear, `VALUE={}`, `TABLE {}`, or gnucap's `tanh`."""

    def read(line: DeckLine, form: str) -> Card:
        reader = Reader(line, form)
        name, nodes = reader.name(), reader.nodes(2)
        given = reader.pair("value", keyword)
        if given:
            reader.end()
            return Card(free, name, nodes, (Behaviour(formula(line, given)),), line)
        first = reader.word("controlling node")
        if first.text == "poly":
            raise line.error("POLY is not supported: write the polynomial as VALUE={...}", first.offset, form)
        if first.text in ("value", keyword):
            word = reader.word("expression")
            reader.end()
            return Card(free, name, nodes, (Behaviour(formula(line, word)),), line)
        if first.text == "table":
            return Card(free, name, nodes, (_table(line, first, form),), line)
        reader.position -= 1
        c, d = reader.nodes(2)
        if reader.more() and reader.words[reader.position].text == "tanh":
            given_names = {p: reader.pair(p) for p in ("gain", "limit", "ioffset", "ooffset")}
            positional = reader.words[reader.position + 1 :]
            reader.position = len(reader.words)
            reader.end()
            return Card(free, name, nodes, (gnucap_tanh(line, (c, d), positional, given_names, form),), line)
        gain, _ = reader.quantity("gain")
        reader.end()
        return Card(linear, name, (*nodes, c, d), (Plain(gain),), line)

    return read


def _table(line: DeckLine, keyword: Word, form: str) -> TableExpression:
    start = keyword.offset + len(keyword.text)
    start += len(line.text[start:]) - len(line.text[start:].lstrip(" \t="))
    if line.text[start : start + 1] not in ("{", "'", '"', "("):
        raise line.error("TABLE needs its input in braces", start, form)
    stop = closing(line, start)
    argument = Word(line.text[start:stop], start, True)
    points = [w for w in words(line, stop) if w.text != "="]
    if len(points) < 4 or len(points) % 2:
        raise line.error("TABLE needs pairs (x,y), at least two", stop, form)
    line.notice("ngspice rounds the corners of a TABLE; pwl(x, x1,y1, ...) in a B source has sharp ones")
    return TableExpression(
        formula(line, argument), tuple(quantity(line, p, form) for p in points), line, stop
    )


def call(line: DeckLine, form: str) -> SubcircuitCall:
    """X: nodes, the subcircuit's name, and arguments with or without `params:`."""
    head, found = pairs(line)
    fields = [w for w in words(line, 0, head) if w.text != "params:"]
    if len(fields) < 3:
        raise line.error("a call needs nodes and a subcircuit's name", len(line.text), form)
    for word in fields:
        if word.braced or word.text == "=":
            raise line.error(f"`{word.text}` is no node", word.offset, form)
    arguments: dict[str, Quantity] = {}
    for pair in found:
        if pair.name in arguments:
            raise line.error(f"`{pair.name}=` is given twice", pair.start, form)
        arguments[pair.name] = quantity(line, pair, form, in_expression=True)
    name, *nodes, subcircuit = (word.text for word in fields)
    return SubcircuitCall(name, tuple(nodes), subcircuit, arguments, line)


class ElementForm(NamedTuple):
    """One kind of element: its expected form and the function that reads it."""

    text: str
    reader: Callable[[DeckLine, str], Card | SubcircuitCall]

    def read(self, line: DeckLine) -> Card | SubcircuitCall:
        """Return the element on `line`."""
        return self.reader(line, self.text)


_FREE = "two nodes and VALUE={expression} or TABLE {expression} = (x,y) ..."
_SIGNAL = "DC value, PULSE(...), PWL(...), SIN(...), EXP(...) or TRNOISE(...)"
FORMS = {
    "r": ElementForm("Rname node node value", resistor),
    "c": ElementForm("Cname node node value [IC=volts]", capacitor),
    "v": ElementForm(f"Vname node node {_SIGNAL}", independent(VoltageSource)),
    "i": ElementForm(f"Iname node node {_SIGNAL}", independent(CurrentSource)),
    "b": ElementForm("Bname node node V=expression or I=expression", behavioural),
    "e": ElementForm(
        f"Ename node node node node gain, or {_FREE}",
        controlled(VoltageControlledVoltage, BehaviouralVoltage, "vol"),
    ),
    "g": ElementForm(
        f"Gname node node node node gain, or {_FREE}",
        controlled(VoltageControlledCurrent, BehaviouralCurrent, "cur"),
    ),
    "x": ElementForm("Xname node ... subcircuit [name=value ...]", call),
}
SUPPORTED = "an element R C V I E G B or X, or a line that starts with . or *"

_SEMICONDUCTOR = "semiconductors are not simulated: describe the amplifier by a B source"
REFUSED = {
    "l": "inductors are not simulated: the circuits are of resistors, capacitors and amplifiers",
    "k": "inductors are not simulated: the circuits are of resistors, capacitors and amplifiers",
    **dict.fromkeys("dqmjz", _SEMICONDUCTOR),
    **dict.fromkeys("touyp", "transmission lines are not simulated"),
    **dict.fromkeys("sw", "switches are not simulated: write a B source with a ternary or tanh"),
    "f": "F is not supported: write a B source, I=gain*I(Vx)",
    "h": "H is not supported: write a B source, V=resistance*I(Vx)",
    "a": "XSPICE code models are not simulated: describe the block by a B source",
    "n": _SEMICONDUCTOR,
}
