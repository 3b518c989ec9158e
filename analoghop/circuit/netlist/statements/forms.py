"""The forms of element lines by their first letter, and the reasons why other elements are rejected."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from analoghop.circuit.elements import (
    BehaviouralCurrent,
    BehaviouralVoltage,
    CurrentSource,
    Element,
    VoltageSource,
)
from analoghop.circuit.netlist.scopes import Quantity, formula, quantity
from analoghop.circuit.netlist.statements.behaviours import Behaviour
from analoghop.circuit.netlist.statements.cards import Card, CouplingCard, SubcircuitCall
from analoghop.circuit.netlist.statements.components import coupling, resistor, storage
from analoghop.circuit.netlist.statements.controlled import (
    by_current_f,
    by_current_h,
    by_voltage_e,
    by_voltage_g,
)
from analoghop.circuit.netlist.statements.devices import diode, switch
from analoghop.circuit.netlist.statements.transmission import line_of
from analoghop.circuit.netlist.statements.waveforms import source_values
from analoghop.circuit.netlist.text.fields import Word, pairs, words
from analoghop.circuit.netlist.text.lines import DeckLine
from analoghop.circuit.netlist.text.reader import Reader


def element_card(line: DeckLine) -> Card | CouplingCard | SubcircuitCall:
    """Return the element on `line`; raises `NetlistError` with the expected form."""
    letter = line.text.lstrip()[0]
    if letter not in FORMS:
        if letter in REFUSED:
            raise line.error(f"{REFUSED[letter]}", line.start, SUPPORTED)
        raise line.error(f"`{line.text.split()[0]}` starts no element and no command", line.start, SUPPORTED)
    return FORMS[letter].read(line)


def independent(record: Callable[..., Element]) -> Callable[[DeckLine, str], Card]:
    """V and I: a level, `DC` level, a waveform, or both."""

    def read(line: DeckLine, form: str) -> Card:
        reader = Reader(line, form, assignments=False)
        name, nodes = reader.name(), reader.nodes(2)
        fields, count = _counted(line, reader.words[3:], form)
        return Card(record, name, nodes, source_values(line, fields, form), line, count)

    return read


def _counted(line: DeckLine, fields: list[Word], form: str) -> tuple[list[Word], Quantity]:
    """Return the fields without `m = number`, and that number."""
    for k, word in enumerate(fields[:-2]):
        if word.text == "m" and not word.braced and fields[k + 1].text == "=":
            return fields[:k] + fields[k + 3 :], quantity(line, fields[k + 2], form)
    return fields, 1.0


def behavioural(line: DeckLine, form: str) -> Card:
    """B: `V=expression` or `I=expression`, to the end of the line."""
    head, found = pairs(line)
    fields = words(line, 0, head)
    if len(fields) != 3 or not found or found[0].name not in ("v", "i"):
        offset = fields[3].offset if len(fields) > 3 else found[0].start if found else len(line.text)
        raise line.error("this is no behavioural source", offset, form)
    first = found[0]
    count: Quantity = 1.0
    end = len(line.text)
    for pair in found[1:]:
        if pair.name in ("m", "tc1", "tc2", "temp", "dtemp"):
            end = min(end, pair.start)
            count = quantity(line, pair, form) if pair.name == "m" else count
            if pair.name != "m":
                line.notice(f"`{pair.name}=` of a B source is not used", pair.start)
    whole = first._replace(text=line.text[first.offset : end].rstrip(" \t,"))
    record = BehaviouralVoltage if first.name == "v" else BehaviouralCurrent
    name, a, b = (field.text for field in fields)
    return Card(record, name, (a, b), (Behaviour(formula(line, whole)),), line, count)


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
    reader: Callable[[DeckLine, str], Card | CouplingCard | SubcircuitCall]

    def read(self, line: DeckLine) -> Card | CouplingCard | SubcircuitCall:
        """Return the element on `line`."""
        return self.reader(line, self.text)


_FREE = "two nodes and VALUE={expression} or TABLE {expression} = (x,y) ..."
_SIGNAL = "DC value, PULSE(...), PWL(...), SIN(...), EXP(...) or TRNOISE(...)"
FORMS = {
    "r": ElementForm("Rname node node value [model] [m=number] [tc1=value]", resistor),
    "c": ElementForm("Cname node node value [model] [IC=volts] [m=number]", storage),
    "l": ElementForm("Lname node node value [IC=amperes] [m=number]", storage),
    "k": ElementForm("Kname Lname Lname factor", coupling),
    "v": ElementForm(f"Vname node node {_SIGNAL}", independent(VoltageSource)),
    "i": ElementForm(f"Iname node node {_SIGNAL}", independent(CurrentSource)),
    "b": ElementForm("Bname node node V=expression or I=expression", behavioural),
    "e": ElementForm(f"Ename node node node node gain, or POLY(n), or {_FREE}", by_voltage_e),
    "g": ElementForm(f"Gname node node node node gain, or POLY(n), or {_FREE}", by_voltage_g),
    "f": ElementForm("Fname node node Vname gain, or POLY(n) Vname ... coefficients", by_current_f),
    "h": ElementForm("Hname node node Vname resistance, or POLY(n) Vname ... coefficients", by_current_h),
    "d": ElementForm("Dname anode cathode model [area]", diode),
    "s": ElementForm("Sname node node node node model", switch),
    "w": ElementForm("Wname node node Vname model", switch),
    "t": ElementForm("Tname node node node node Z0=ohms TD=seconds, or F=hertz [NL=wavelengths]", line_of),
    "x": ElementForm("Xname node ... subcircuit [name=value ...]", call),
}
SUPPORTED = "an element R C L K V I E G F H B D S W T or X, or a line that starts with . or *"

_TRANSISTOR = "transistors are not simulated: describe the amplifier by a B source, or use amplifiers.lib"
REFUSED = {
    **dict.fromkeys("qmjz", _TRANSISTOR),
    **dict.fromkeys("ouyp", "lossy transmission lines are not simulated: T is a lossless one"),
    "a": "XSPICE code models are not simulated: describe the block by a B source",
    "n": "Verilog-A models are not simulated: describe the block by a B source",
}
