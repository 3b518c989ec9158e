"""Expansion of a deck: subcircuit calls, conditions and parameters are replaced by elements with values."""

from __future__ import annotations

import math
from typing import cast

from analoghop.circuit.elements import Capacitor, Element, MutualInductance, Resistor
from analoghop.circuit.netlist.integrals import with_integrals
from analoghop.circuit.netlist.parallel import parallel
from analoghop.circuit.netlist.rates import reads_rates
from analoghop.circuit.netlist.scopes import Scope
from analoghop.circuit.netlist.statements.bodies import MAX_ELEMENTS, Body, Choice, Deck, Item
from analoghop.circuit.netlist.statements.cards import Card, CouplingCard, SubcircuitCall
from analoghop.circuit.netlist.text.lines import DeckLine
from analoghop.circuit.netlist.text.places import Defaults, Place
from analoghop.errors import NetlistError

MAX_DEPTH = 100
"""Deepest nesting of subcircuit calls and of the conditions in them."""


class Expansion:
    """The flat circuit of a deck: `elements`, the line `numbers` they come from, and initial voltages."""

    def __init__(self, deck: Deck, scope: Scope, defaults: Defaults | None) -> None:
        self.shared = frozenset(deck.shared)
        self.elements: list[Element] = []
        self.numbers: list[int] = []
        self.initial: list[tuple[str, float]] = []
        self.nodeset: list[tuple[str, float]] = []
        self.counts: dict[int, int] = {}
        self.left = MAX_ELEMENTS
        self.couplings: list[MutualInductance] = []
        self.rated = False  # whether an expression reads the rate of another
        self.top = Place("", {}, scope, self.shared, defaults, model=deck.top.model)
        self._expand(deck.top, self.top, ())

    def _expand(self, body: Body, place: Place, chain: tuple[Body, ...]) -> None:
        if len(chain) > MAX_DEPTH and body.line:
            raise body.line.error(f"calls and conditions are nested deeper than {MAX_DEPTH}")
        self.left -= len(body.items)
        if self.left < 0:
            raise _too_many(body.line)
        done = 0
        for k in body.pending:
            self._finished(body, place, done, k)
            self._item(body.items[k], body.numbers[k], body, place, chain)
            done = k + 1
        self._finished(body, place, done, len(body.items))
        for settings, target in ((body.initial, self.initial), (body.nodeset, self.nodeset)):
            for node, value, _ in settings:
                target.append((place.node(node), place.scope.number(value)))

    def _finished(self, body: Body, place: Place, start: int, stop: int) -> None:
        """Add items that are elements already; those of the top level need no renaming."""
        items = cast(list[Element], body.items[start:stop])
        if place.path:
            for name, a, b, *values in items:
                record = Resistor if name[0] == "r" else Capacitor
                found = record(place.element(name), place.node(a), place.node(b), *values)
                self.elements.append(found if place.count == 1.0 else parallel(found, place.count))
        else:
            self.elements += items
        self.numbers += body.numbers[start:stop]

    def _item(self, item: Item, number: int, body: Body, place: Place, chain: tuple[Body, ...]) -> None:
        if isinstance(item, Card):
            built = with_integrals(item.build(place))
            self.elements += built
            self.numbers += [number] * len(built)
            self.rated = self.rated or reads_rates(built[0])
        elif isinstance(item, CouplingCard):
            self.couplings += item.build(place)
        elif isinstance(item, SubcircuitCall):
            self._call(item, body, place, chain)
        elif isinstance(item, Choice):
            for condition, branch in item.branches:
                if condition is None or place.scope.number(condition):
                    self._expand(branch, place, (*chain, branch))
                    break

    def _call(self, call: SubcircuitCall, body: Body, place: Place, chain: tuple[Body, ...]) -> None:
        target = self._target(call, body, chain)
        arguments, count = call.arguments, place.count
        if "m" in arguments and "m" not in target.definitions:
            own = place.scope.number(arguments["m"])
            if not 0 < own < math.inf:
                raise call.line.error(f"the number of parallel calls m= is {own:g}", 0, "a positive number")
            arguments, count = {n: q for n, q in arguments.items() if n != "m"}, count * own
        for name in arguments:
            if name not in target.definitions:
                known = ", ".join(target.definitions) or "none"
                raise call.line.error(f"`{target.name}` has no parameter `{name}`: it has {known}")
        definitions = {**target.definitions, **arguments}
        scope = Scope(definitions, target.visible_functions(), place.scope)
        ports = dict(zip(target.ports, map(place.node, call.nodes), strict=True))
        path = f"{place.path}.{call.name}" if place.path else call.name
        try:
            scope.settle()
            inner = Place(path, ports, scope, self.shared, place.defaults, count, target.model)
            self._expand(target, inner, (*chain, target))
        except NetlistError as error:
            if place.path:  # the outermost call is the one that the deck's author wrote
                raise
            reason = f"{error.reason} (in the call {call.name} at {call.line.at()})"
            raise NetlistError(reason, error.where, error.expected) from error

    def _target(self, call: SubcircuitCall, body: Body, chain: tuple[Body, ...]) -> Body:
        target = body.subcircuit(call.subcircuit)
        if target is None:
            raise call.line.error(f"there is no subcircuit `{call.subcircuit}`")
        if len(call.nodes) != len(target.ports):
            form = " ".join([call.name, *target.ports, target.name])
            reason = f"`{target.name}` has {len(target.ports)} nodes, not {len(call.nodes)}"
            raise call.line.error(reason, expected=form)
        if target in chain:
            calls = [b.name for b in chain[chain.index(target) :] if not b.branch]
            circle = " -> ".join([*calls, target.name])
            raise call.line.error(f"the subcircuit contains itself: {circle}")
        if self._count(target, 0) > self.left:
            raise _too_many(call.line)
        return target

    def _count(self, body: Body, depth: int) -> int:
        """Return a lower bound of the elements in `body`, to reject exponential nesting before expansion."""
        if id(body) not in self.counts:
            self.counts[id(body)] = 0  # a subcircuit that contains itself is rejected when it is expanded
            total = len(body.items)
            for k in body.pending:
                item = body.items[k]
                inner = body.subcircuit(item.subcircuit) if isinstance(item, SubcircuitCall) else None
                if inner is not None and depth < MAX_DEPTH:
                    total += self._count(inner, depth + 1)
            self.counts[id(body)] = total
        return self.counts[id(body)]


def _too_many(line: DeckLine | None) -> NetlistError:
    reason = f"the deck expands to more than {MAX_ELEMENTS} elements"
    return line.error(reason) if line else NetlistError(reason)
