"""R, C and L: values with models, temperature coefficients and multiplicity."""

from __future__ import annotations

import math
from typing import NamedTuple

from analoghop.circuit.elements import (
    BehaviouralCurrent,
    Capacitor,
    Element,
    Inductor,
    MutualInductance,
    Resistor,
)
from analoghop.circuit.expressions import Call, Expr, Voltage
from analoghop.circuit.netlist.scopes import Formula, Quantity, quantity
from analoghop.circuit.netlist.statements.behaviours import Behaviour
from analoghop.circuit.netlist.statements.cards import Absent, Card, CouplingCard, Plain, Unresolved
from analoghop.circuit.netlist.statements.models import DeviceModel
from analoghop.circuit.netlist.text.fields import Pair, Word, words
from analoghop.circuit.netlist.text.lines import DeckLine
from analoghop.circuit.netlist.text.places import Place
from analoghop.circuit.netlist.text.reader import Reader

_MOST_COUPLED = 100
WHAT = {"r": "resistance", "c": "capacitance", "l": "inductance"}
_OWN = {"r": ("r", "res", "resistance"), "c": ("c", "cap", "capacitance"), "l": ("l", "ind", "inductance")}
_GEOMETRY = {"r": ("l", "w"), "c": ("l", "w"), "l": ()}


class Value(NamedTuple):
    """The value of an R, C or L; `field` is its text, None where it is left to the `model`.

    `settings` are tc1, tc2, tc, temp, dtemp, scale, l and w, where given.
    """

    kind: str
    value: Quantity | None
    field: Word | Pair | None
    model: Word | None
    settings: dict[str, tuple[Quantity, ...]]
    line: DeckLine

    def resolve(self, place: Place) -> float | Expr:
        """Return the value; for a resistor that depends on the circuit's voltages, the expression.

        Raises `NetlistError` for a value that is not positive, and for other values that depend on voltages.
        """
        model = self._model(place)
        if isinstance(self.value, Formula) and self.value.moves(place.scope.functions):
            return self._moving(self.value, place)
        value = self._nominal(place, model) * self._by_temperature(place, model)
        if not 0 < value < math.inf:
            what = WHAT[self.kind]
            offset = self.field.offset if self.field else 0
            raise self.line.error(f"the {what} is {value:g}", offset, f"a positive {what}")
        return value

    def _moving(self, value: Formula, place: Place) -> Expr:
        if self.kind != "r":
            raise self.line.error(
                f"the {WHAT[self.kind]} depends on voltages, currents or time; only constants are simulated",
                value.offset,
                "an expression of numbers and parameters",
            )
        return Behaviour(value).resolve(place)

    def _model(self, place: Place) -> DeviceModel | None:
        if self.model is None:
            return None
        found = place.model(self.model.text)
        if found is None:
            hint = f"a parameter stands in braces, {{{self.model.text}}}"
            raise self.line.error(f"there is no model `{self.model.text}`: {hint}", self.model.offset)
        if found.kind != self.kind:
            raise self.line.error(
                f"the model `{self.model.text}` is of the kind {found.kind.upper()}, not {self.kind.upper()}",
                self.model.offset,
            )
        return found

    def _nominal(self, place: Place, model: DeviceModel | None) -> float:
        if self.value is not None:
            return place.scope.number(self.value)
        if model is None:
            raise self.line.error(f"the {WHAT[self.kind]} is missing", len(self.line.text))
        given = [name for name in _OWN[self.kind] if name in model.values]
        if given:
            return model.number(place, given[0])
        length = self._setting(place, "l", model.number(place, "l"))
        width = self._setting(place, "w", model.number(place, "w", model.number(place, "defw", 1e-5)))
        short, narrow = model.number(place, "short"), model.number(place, "narrow")
        length, width = length - short, width - narrow
        if self.kind == "r" and "rsh" in model.values and width > 0:
            return model.number(place, "rsh") * length / width
        if self.kind == "c" and ("cj" in model.values or "cjsw" in model.values):
            sides = 2.0 * (length + width) * model.number(place, "cjsw")
            return model.number(place, "cj") * length * width + sides
        raise self.line.error(
            f"neither the line nor its model gives the {WHAT[self.kind]}", len(self.line.text)
        )

    def _by_temperature(self, place: Place, model: DeviceModel | None) -> float:
        """Return 1 + tc1 dT + tc2 dT^2 with dT from the nominal temperature, as in ngspice."""
        first, second = (model.number(place, name) if model else 0.0 for name in ("tc1", "tc2"))
        both = self.settings.get("tc", ())
        first = self._setting(place, "tc1", place.scope.number(both[0]) if both else first)
        second = self._setting(place, "tc2", place.scope.number(both[1]) if len(both) > 1 else second)
        scale = self._setting(place, "scale", 1.0)
        if not (first or second):
            return scale
        nominal = model.number(place, "tnom", place.nominal) if model else place.nominal
        own = self._setting(place, "temp", place.temperature + self._setting(place, "dtemp", 0.0))
        return scale * (1.0 + first * (own - nominal) + second * (own - nominal) ** 2)

    def _setting(self, place: Place, name: str, default: float) -> float:
        return place.scope.number(self.settings[name][0]) if name in self.settings else default


def _resistor(name: str, a: str, b: str, value: float | Expr) -> Element:
    if isinstance(value, float):
        return Resistor(name, a, b, value)
    return BehaviouralCurrent(name, a, b, Call("div", (Voltage(a, b), value)))


def _value(reader: Reader, kind: str) -> Value:
    """Read the value and the model, in either order, and the settings after them."""
    line, form = reader.line, reader.form
    pair = reader.pair(*_OWN[kind][::2], *(() if kind == "l" else _OWN[kind][1:2]))
    value: Quantity | None = quantity(line, pair, form) if pair else None
    field: Word | Pair | None = pair
    model = None
    while reader.more():
        word = reader.word("value")
        is_name = not word.braced and word.text[:1].isalpha() and word.text not in ("nan", "inf", "infinity")
        if is_name and model is None:
            model = word
        elif field is None:
            value, field = quantity(line, word, form), word
        else:
            raise line.error(f"`{word.text}` is unexpected", word.offset, form)
    if field is None and model is None:
        raise line.error(f"the {WHAT[kind]} is missing", len(line.text), form)
    settings: dict[str, tuple[Quantity, ...]] = {}
    for name in ("tc1", "tc2", "tc", "temp", "dtemp", "scale", *_GEOMETRY[kind]):
        given = reader.pair(name)
        if given and name == "tc":
            fields = words(line, given.offset, given.offset + len(given.text))
            settings[name] = tuple(quantity(line, field, form) for field in fields[:2])
        elif given:
            settings[name] = (quantity(line, given, form),)
    for unused in ("noisy", "ac"):
        if reader.pair(unused):
            line.notice(f"`{unused}=` has no meaning in a transient and is not used")
    return Value(kind, value, field, model, settings, line)


def multiplicity(reader: Reader) -> Quantity:
    """Return the number `m=` of equal elements in parallel, 1 by default."""
    given = reader.pair("m")
    return quantity(reader.line, given, reader.form) if given else 1.0


def resistor(line: DeckLine, form: str) -> Card:
    """R: a value, or `R=`, which may depend on voltages, or a model."""
    reader = Reader(line, form)
    name, nodes = reader.name(), reader.nodes(2)
    count = multiplicity(reader)
    value = _value(reader, "r")
    reader.end()
    number = value.value
    if isinstance(number, float) and value.field and 0 < number < 1 and _is_milli(value.field.text):
        line.notice(f"`{value.field.text}` is {number:g} ohm: m is milli, mega is meg", value.field.offset)
    return Card(_resistor, name, nodes, (value,), line, count)


def _is_milli(text: str) -> bool:
    letters = text.lstrip("+-.0123456789")
    return letters.startswith("m") and not letters.startswith(("meg", "mil"))


def storage(line: DeckLine, form: str) -> Card:
    """C and L: a value or a model, and `IC=`."""
    reader = Reader(line, form)
    name, nodes = reader.name(), reader.nodes(2)
    kind = name[0]
    if kind == "c" and (charge := reader.pair("q")):
        raise line.error(
            "Q= gives the charge of a capacitor, and only constant capacitances are simulated",
            charge.start,
            form,
        )
    count, ic = multiplicity(reader), reader.pair("ic")
    value = _value(reader, kind)
    reader.end()
    initial: Unresolved = Plain(quantity(line, ic, form)) if ic else Absent()
    return Card(Capacitor if kind == "c" else Inductor, name, nodes, (value, initial), line, count)


def coupling(line: DeckLine, form: str) -> CouplingCard:
    """K: two or more inductors, and the factor of their mutual inductances."""
    reader = Reader(line, form, assignments=False)
    name, *inductors, last = (reader.word(what) for what in ("name", "inductor", "inductor", "factor"))
    while reader.more():
        inductors.append(last)
        last = reader.word("factor")
    if len(inductors) > _MOST_COUPLED:
        raise line.error(f"a line couples more than {_MOST_COUPLED} inductors", inductors[0].offset, form)
    for word in inductors:
        if word.braced or not word.text.startswith("l"):
            raise line.error(f"`{word.text}` is no inductor", word.offset, form)
    factor = quantity(line, last, form)
    return CouplingCard(
        MutualInductance, name.text, tuple(word.text for word in inductors), factor, last, line
    )
