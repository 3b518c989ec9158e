"""The result of scanning a deck: bodies of statements that are not yet evaluated."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from analoghop.circuit.elements import Element
from analoghop.circuit.netlist.scopes import Formula, Functions, Quantity
from analoghop.circuit.netlist.statements.cards import Card, CouplingCard, SubcircuitCall
from analoghop.circuit.netlist.statements.models import DeviceModel
from analoghop.circuit.netlist.text.lines import DeckLine, DeckSource

MAX_ELEMENTS = 5_000_000
"""Most elements, calls included, that a deck may have or expand to."""


class Choice(NamedTuple):
    """`.if` ... `.endif`: branches with their conditions, None for `.else`."""

    branches: list[tuple[Formula | None, Body]]
    line: DeckLine


Item: TypeAlias = "Element | Card | CouplingCard | SubcircuitCall | Choice"


class FunctionText(NamedTuple):
    """`.func name(parameters) {body}`."""

    parameters: tuple[str, ...]
    body: Formula


class Setting(NamedTuple):
    """`v(node)=value` of `.ic` or `.nodeset`."""

    node: str
    value: Quantity
    line: DeckLine


@dataclass(eq=False)
class Body:
    """Statements of the deck's top level, of a subcircuit or of a branch of `.if`, and their definitions.

    `items` are elements and statements that become elements when they are expanded, `numbers` their line
    numbers, `pending` the indices of such statements in `items`; `parent` is the enclosing body, and
    `branch` is true for a branch of `.if`.
    """

    name: str = ""
    ports: tuple[str, ...] = ()
    line: DeckLine | None = None
    parent: Body | None = None
    branch: bool = False
    items: list[Item] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    pending: list[int] = field(default_factory=list)
    definitions: dict[str, Quantity] = field(default_factory=dict)
    functions: dict[str, FunctionText] = field(default_factory=dict)
    subcircuits: dict[str, Body] = field(default_factory=dict)
    models: dict[str, DeviceModel] = field(default_factory=dict)
    initial: list[Setting] = field(default_factory=list)
    nodeset: list[Setting] = field(default_factory=list)
    parsed_functions: Functions | None = None

    def add(self, item: Item, line: DeckLine) -> None:
        """Add a statement that becomes elements later; raises `NetlistError` if there are too many."""
        if len(self.items) >= MAX_ELEMENTS:
            raise line.error(f"the deck has more than {MAX_ELEMENTS} elements")
        self.pending.append(len(self.items))
        self.items.append(item)
        self.numbers.append(line.number)

    def visible_functions(self) -> Functions:
        """Return the functions defined in this body and in the bodies around it."""
        if self.parsed_functions is None:
            outer = self.parent.visible_functions() if self.parent else {}
            names = [*outer, *self.functions]
            own = {n: (f.parameters, f.body.raw(names)) for n, f in self.functions.items()}
            self.parsed_functions = {**outer, **own} if own else outer
        return self.parsed_functions

    def subcircuit(self, name: str) -> Body | None:
        """Return the subcircuit that `name` refers to in this body, or None."""
        body: Body | None = self
        while body is not None:
            if name in body.subcircuits:
                return body.subcircuits[name]
            body = body.parent
        return None

    def model(self, name: str) -> DeviceModel | None:
        """Return the model that `name` refers to in this body, or None."""
        body: Body | None = self
        while body is not None:
            if name in body.models:
                return body.models[name]
            body = body.parent
        return None


@dataclass(eq=False)
class Deck:
    """A whole deck after scanning. `requests` are the lines of each top-level command, by its name."""

    sources: list[DeckSource] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    top: Body = field(default_factory=Body)
    shared: set[str] = field(default_factory=set)
    requests: dict[str, list[DeckLine]] = field(default_factory=dict)
    ended: bool = False
