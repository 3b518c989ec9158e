"""`.model`: the parameters that several elements share, by name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import copy
from typing import TYPE_CHECKING, NamedTuple

from analoghop.circuit.netlist.scopes import Quantity, quantity
from analoghop.circuit.netlist.text.fields import Pair, pairs, words
from analoghop.circuit.netlist.text.lines import DeckLine

if TYPE_CHECKING:
    from analoghop.circuit.netlist.statements.bodies import Body
    from analoghop.circuit.netlist.text.places import Place

FORM = ".model name kind(name=value ...)"
KINDS = {"r": "r", "res": "r", "c": "c", "cap": "c", "l": "l", "ind": "l", "d": "d", "sw": "sw", "csw": "csw"}
"""Kinds of models that elements can use here, by their names."""


class DeviceModel(NamedTuple):
    """The `values` of a model by name, with their places in the `line`."""

    kind: str
    values: Mapping[str, Quantity]
    places: Mapping[str, Pair]
    line: DeckLine

    def number(self, place: Place, name: str, default: float = 0.0) -> float:
        """Return the value of a parameter; those of a model have the scope of the element that uses it."""
        return place.scope.number(self.values[name]) if name in self.values else default

    def refuse(self, name: str, reason: str) -> Exception:
        """Return (for raising) the error `reason` at the parameter `name`."""
        return self.line.error(reason, self.places[name].start, FORM)


def model(body: Body, line: DeckLine) -> None:
    """`.model name kind(...)`; kinds that no element here can use are skipped with a notice."""
    plain = _without_parentheses(line)
    head, found = pairs(plain)
    fields = words(plain, 0, head)[1:]
    if len(fields) < 2:
        raise line.error("a model needs a name and a kind", len(line.text), FORM)
    name, word, *flags = fields
    kind = KINDS.get(word.text)
    if kind is None:
        line.notice("`.model` is skipped", line.start)
        return
    if flags:
        raise line.error(f"`{flags[0].text}` is unexpected", flags[0].offset, FORM)
    if name.text in body.models and not body.models[name.text].line.same_place(line):
        raise line.error(f"the model `{name.text}` is defined twice", name.offset)
    places = {pair.name: pair for pair in found}
    values = {key: quantity(line, pair, FORM) for key, pair in places.items()}
    body.models[name.text] = DeviceModel(kind, values, places, line)


def _without_parentheses(line: DeckLine) -> DeckLine:
    """Return the line with blanks in place of the parentheses around the parameters."""
    found = re.match(r"(\s*\.\w+\s+\S+?\s+\w+\s*)\((.*)\)\s*$", line.text)
    if not found:
        return line
    bare = copy(line)
    bare.text = f"{found[1]} {found[2]} "
    return bare
