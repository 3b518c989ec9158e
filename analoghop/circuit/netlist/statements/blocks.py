"""The stack of open blocks of a deck: `.subckt` ... `.ends` and `.if` ... `.endif`."""

from __future__ import annotations

from typing import NamedTuple

from analoghop.circuit.elements import GROUND
from analoghop.circuit.netlist.scopes import Formula
from analoghop.circuit.netlist.statements.bodies import Body, Choice
from analoghop.circuit.netlist.statements.definitions import define
from analoghop.circuit.netlist.text.fields import pairs, words
from analoghop.circuit.netlist.text.lines import DeckLine

MAX_BLOCKS = 64
"""Deepest nesting of blocks."""


class Block(NamedTuple):
    """An open `.subckt` or `.if`: its line, and the body that continues after it."""

    kind: str
    line: DeckLine
    outer: Body
    choice: Choice | None = None


class Blocks:
    """The stack of open blocks; statements are added to `body`. Blocks below `floor` cannot be closed."""

    def __init__(self, top: Body) -> None:
        self.body = top
        self.open: list[Block] = []
        self.floor = 0

    def enter_file(self) -> int:
        """Protect the blocks that are open now; return the previous floor, for `leave_file`."""
        before, self.floor = self.floor, len(self.open)
        return before

    def leave_file(self, before: int) -> None:
        """Raise `NetlistError` if a block of the file is still open."""
        if len(self.open) > self.floor:
            block = self.open[-1]
            closer = ".ends" if block.kind == "subckt" else ".endif"
            raise block.line.error(f"`.{block.kind}` is not closed", 0, f"`{closer}` below it")
        self.floor = before

    def subcircuit(self, line: DeckLine) -> None:
        """`.subckt`: open a body that calls can name."""
        form = ".subckt name node ... [name=default ...]"
        head, found = pairs(line)
        fields = [w for w in words(line, 0, head)[1:] if w.text != "params:"]
        if len(fields) < 2:
            raise line.error("a subcircuit needs a name and at least one node", len(line.text), form)
        name, ports = fields[0].text, tuple(w.text for w in fields[1:])
        seen = {"=", GROUND, "gnd"}
        for word in fields[1:]:
            if word.braced or word.text in seen:
                raise line.error(f"`{word.text}` cannot be a node here", word.offset, form)
            seen.add(word.text)
        self._push(Block("subckt", line, self.body))
        body = Body(name, ports, line, self.body)
        existing = self.body.subcircuits.setdefault(name, body)
        if existing.line and not existing.line.same_place(line):
            raise line.error(f"the subcircuit `{name}` is defined twice, first at {existing.line.at()}")
        self.body = body
        for pair in found:
            define(body, line, pair, form)

    def ends(self, line: DeckLine) -> None:
        """`.ends`: close the subcircuit."""
        name = line.text.split()[1:]
        if name and self.body.name != name[0] and self.open and self.open[-1].kind == "subckt":
            raise line.error(f"`.ends {name[0]}` stands where `{self.body.name}` is open", line.start)
        self._pop("subckt", line)

    def if_(self, line: DeckLine) -> None:
        """`.if (condition)`: open a choice with its first branch."""
        choice = Choice([], line)
        self.body.add(choice, line)
        self._push(Block("if", line, self.body, choice))
        self._branch(choice, self._condition(line), line)

    def elseif(self, line: DeckLine) -> None:
        """`.elseif (condition)`: the next branch."""
        self._branch(self._choice(line), self._condition(line), line)

    def else_(self, line: DeckLine) -> None:
        """`.else`: the last branch."""
        self._branch(self._choice(line), None, line)

    def endif(self, line: DeckLine) -> None:
        """`.endif`: close the choice."""
        self._pop("if", line)

    def _push(self, block: Block) -> None:
        if len(self.open) >= MAX_BLOCKS:
            raise block.line.error(f"blocks are nested deeper than {MAX_BLOCKS}")
        self.open.append(block)

    def _pop(self, kind: str, line: DeckLine) -> Block:
        block = self.open[-1] if len(self.open) > self.floor else None
        if block is None or block.kind != kind:
            inside = f": `.{block.kind}` is still open" if block else ""
            raise line.error(f"`{line.text.split()[0]}` without `.{kind}`{inside}", line.start)
        self.body = block.outer
        return self.open.pop()

    def _choice(self, line: DeckLine) -> Choice:
        block = self._pop("if", line)
        self.open.append(block)
        choice = block.choice
        if choice is None or choice.branches[-1][0] is None:
            raise line.error(f"`{line.text.split()[0]}` behind `.else`", line.start)
        return choice

    def _branch(self, choice: Choice, condition: Formula | None, line: DeckLine) -> None:
        outer = self.open[-1].outer
        self.body = Body(outer.name, outer.ports, line, outer, branch=True)
        choice.branches.append((condition, self.body))

    @staticmethod
    def _condition(line: DeckLine) -> Formula:
        start = line.start + len(line.text.split()[0])
        start += len(line.text[start:]) - len(line.text[start:].lstrip())
        if start == len(line.text):
            raise line.error("the condition is missing", start, ".if (expression)")
        return Formula(line, start, len(line.text) - start)
