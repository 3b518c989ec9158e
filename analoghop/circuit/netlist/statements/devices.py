"""D, S and W: diodes and switches, by their models."""

from __future__ import annotations

import math
from typing import NamedTuple

from analoghop.circuit.elements import Diode, DiodeModel, Switch, SwitchModel
from analoghop.circuit.expressions import Current, Expr, Voltage
from analoghop.circuit.netlist.scopes import Quantity, quantity
from analoghop.circuit.netlist.statements.cards import Card
from analoghop.circuit.netlist.statements.components import multiplicity
from analoghop.circuit.netlist.statements.models import DeviceModel
from analoghop.circuit.netlist.text.fields import Word
from analoghop.circuit.netlist.text.lines import DeckLine
from analoghop.circuit.netlist.text.places import Place
from analoghop.circuit.netlist.text.reader import Reader

_ROOM = 27.0


class _Reference(NamedTuple):
    """The model that an element names; `kind` is the one that it must have."""

    word: Word
    kind: str
    line: DeckLine

    def find(self, place: Place) -> DeviceModel:
        found = place.model(self.word.text)
        if found is None:
            raise self.line.error(f"there is no model `{self.word.text}`", self.word.offset)
        if found.kind != self.kind:
            reason = (
                f"the model `{self.word.text}` is of the kind {found.kind.upper()}, not {self.kind.upper()}"
            )
            raise self.line.error(reason, self.word.offset)
        return found


class DiodeStatement(NamedTuple):
    """The model of a diode and its area."""

    reference: _Reference
    area: Quantity

    def resolve(self, place: Place) -> DiodeModel:
        """Return the model of this diode; raises `NetlistError` for values that no junction has."""
        model = self.reference.find(place)
        area = place.scope.number(self.area)
        if not 0 < area < math.inf:
            raise self.reference.line.error(f"the area of the diode is {area:g}", 0, "a positive number")
        for name in ("ron", "roff", "vfwd"):
            if name in model.values:
                raise model.refuse(
                    name, f"`{name}=` belongs to another program's ideal diode: give IS, N and RS"
                )
        isat = _positive(model, place, "is", 1e-14)
        names = [name for name in ("cjo", "cj0", "cj") if name in model.values]
        cjo = model.number(place, names[0]) if names else 0.0
        rs = model.number(place, "rs")
        for name, value in (("rs", rs), (names[0] if names else "cjo", cjo)):
            if not 0 <= value < math.inf:
                raise model.refuse(name, f"`{name}=` of a diode is {value:g}, expected zero or more")
        vj, grading, fc, tt = _charge(model, place)
        _notices(model, place, cjo, rs, grading, tt)
        if not rs:
            grading = tt = 0.0
        if not cjo:
            grading = 0.0
        bv = abs(_positive(model, place, "bv", 1.0)) if "bv" in model.values else None
        ibv = 1e-3 if bv is None else _positive(model, place, "ibv", 1e-3) * area
        n = _positive(model, place, "n", 1.0)
        return DiodeModel(isat * area, n, rs / area, cjo * area, bv, ibv, vj, grading, fc, tt)


def _positive(model: DeviceModel, place: Place, name: str, default: float) -> float:
    value = model.number(place, name, default)
    if not 0 < value < math.inf:
        raise model.refuse(name, f"`{name}=` of a diode is {value:g}, expected a positive number")
    return value


def _charge(model: DeviceModel, place: Place) -> tuple[float, float, float, float]:
    """Return the potential, the grading, the coefficient of the forward bias, and the transit time."""
    vj = _positive(model, place, next((n for n in ("vj", "pb") if n in model.values), "vj"), 1.0)
    found = []
    for names, default, most in ((("mj", "m"), 0.5, 0.9), (("fc",), 0.5, 0.95), (("tt",), 0.0, math.inf)):
        name = next((n for n in names if n in model.values), names[-1])
        value = model.number(place, name, default)
        if not 0 <= value <= most or value == math.inf:
            wanted = "zero or more" if most == math.inf else f"a number from 0 to {most:g}"
            raise model.refuse(name, f"`{name}=` of a diode is {value:g}, expected {wanted}")
        found.append(value)
    return vj, found[0], found[1], found[2]


def _notices(model: DeviceModel, place: Place, cjo: float, rs: float, grading: float, tt: float) -> None:
    """Say which effects of a real junction are left out."""
    where = model.line.start
    if cjo and grading and not rs:
        model.line.notice(
            "the capacitance of the diodes is constant here, cjo=; the grading m= needs rs=",
            where,
        )
    if tt and not rs:
        model.line.notice(
            "the diodes store no charge of carriers here; the transit time tt= needs rs=",
            where,
        )
    if place.temperature != _ROOM:
        model.line.notice("diodes are simulated at 27 degrees Celsius", where)


def diode(line: DeckLine, form: str) -> Card:
    """D: its model, and its area."""
    reader = Reader(line, form)
    name, nodes = reader.name(), reader.nodes(2)
    word = reader.word("model")
    if word.braced:
        raise line.error(f"`{word.text}` is no model", word.offset, form)
    count = multiplicity(reader)
    area: Quantity = 1.0
    given = reader.pair("area")
    if given:
        area = quantity(line, given, form)
    elif reader.more() and reader.words[reader.position].text != "off":
        area, _ = reader.quantity("area")
    if reader.more() and reader.words[reader.position].text == "off":
        reader.position += 1
    if reader.pair("ic"):
        line.notice("the initial voltage of a diode is not used: give its nodes an .ic")
    for unused in ("temp", "dtemp", "pj"):
        reader.pair(unused)
    reader.end()
    return Card(Diode, name, nodes, (DiodeStatement(_Reference(word, "d", line), area),), line, count)


class SwitchStatement(NamedTuple):
    """The model of a switch."""

    reference: _Reference

    def resolve(self, place: Place) -> SwitchModel:
        """Return the model; raises `NetlistError` for a resistance or hysteresis that no switch has."""
        model = self.reference.find(place)
        letter = "v" if self.reference.kind == "sw" else "i"
        for other in (f"{letter}on", f"{letter}off"):
            if other in model.values:
                raise model.refuse(
                    other, f"`{other}=` belongs to another program's switch: give {letter}t, ron and roff"
                )
        width = model.number(place, f"{letter}h")
        if not 0 <= width < math.inf:
            raise model.refuse(
                f"{letter}h", f"`{letter}h=` of a switch is {width:g}, expected zero or a positive number"
            )
        ron, roff = model.number(place, "ron", 1.0), model.number(place, "roff", 1e12)
        for name, value in (("ron", ron), ("roff", roff)):
            if not 0 < value < math.inf:
                raise model.refuse(
                    name, f"`{name}=` of a switch is {value:g}, expected a positive resistance"
                )
        return SwitchModel(model.number(place, f"{letter}t"), ron, roff, width)


class Begins(NamedTuple):
    """Whether a switch begins closed; without hysteresis this means nothing."""

    closed: bool
    model: SwitchStatement

    def resolve(self, place: Place) -> bool:
        """Return whether the switch remembers that it is closed."""
        return self.closed and self.model.resolve(place).hysteresis > 0


class Control(NamedTuple):
    """What a switch reads: two nodes, or a voltage source whose current counts."""

    names: tuple[str, ...]

    def resolve(self, place: Place) -> Expr:
        """Return V(c,d) or I(source)."""
        if len(self.names) == 1:
            return Current(place.element(self.names[0]))
        return Voltage(place.node(self.names[0]), place.node(self.names[1]))


def switch(line: DeckLine, form: str) -> Card:
    """S and W: two nodes, the control, the model, and `on` or `off`."""
    reader = Reader(line, form)
    name, nodes = reader.name(), reader.nodes(2)
    by_voltage = name.startswith("s")
    control = reader.nodes(2 if by_voltage else 1)
    word = reader.word("model")
    count = multiplicity(reader)
    closed = False
    if reader.more() and reader.words[reader.position].text in ("on", "off"):
        closed = reader.words[reader.position].text == "on"
        reader.position += 1
    reader.end()
    statement = SwitchStatement(_Reference(word, "sw" if by_voltage else "csw", line))
    values = (Control(control), statement, Begins(closed, statement))
    return Card(Switch, name, nodes, values, line, count)
