"""The one pass over the lines of a deck: plain R and C become elements at once, the rest is taken apart."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from analoghop.circuit.elements import GROUND, Capacitor, Resistor
from analoghop.circuit.expressions import parse_number
from analoghop.circuit.netlist.bodies import Body, Choice, Deck
from analoghop.circuit.netlist.definitions import define, function, parameters, settings
from analoghop.circuit.netlist.fields import pairs, words
from analoghop.circuit.netlist.forms import element_card
from analoghop.circuit.netlist.includes import Includes
from analoghop.circuit.netlist.lines import Line, Source
from analoghop.circuit.netlist.scopes import Formula

MAX_BLOCKS = 64
"""Deepest nesting of `.subckt` and `.if` blocks."""


class _Suffixed(dict[str, float]):
    """Numbers with suffixes by their text; 0 for what needs a closer look."""

    def __missing__(self, text: str) -> float:
        value = parse_number(text) or 0.0
        plain = text[-1:].isalpha() and (value >= 1.0 or "m" not in text)
        self[text] = result = value if plain else 0.0
        return result


class _Block(NamedTuple):
    """An open `.subckt` or `.if`: its line and the body to return to."""

    kind: str
    line: Line
    outer: Body
    choice: Choice | None = None


class Scanner:
    """Fills a `Deck`, source by source."""

    def __init__(self, deck: Deck, includes: Includes) -> None:
        self.deck, self.includes = deck, includes
        self.body = deck.top
        self.blocks: list[_Block] = []
        self.nodes: dict[str, str] = {GROUND: GROUND, "gnd": GROUND}
        self.suffixed = _Suffixed()

    def add(self, name: str, text: str, first: int = 0) -> Source:
        """Return `text`, whose statements start at line `first`, as the deck's next source."""
        sources = self.deck.sources
        base = sources[-1].base + len(sources[-1].lines) if sources else 0
        path = self.includes.open[-1][0] if self.includes.open else None
        source = Source(name, text, self.deck.notices, path, base, first)
        sources.append(source)
        return source

    def scan(self, source: Source, start: int = 0, stop: int | None = None) -> None:
        """Read the lines `start` to `stop` of `source`; every block opened there must be closed there."""
        outside = len(self.blocks)
        lines = source.lines
        stop = len(lines) if stop is None else stop
        index = start
        while index < stop and not self.deck.ended:
            index = self._plain(source, index, stop)
            if index < stop:
                index = self._statement(source, index)
        if len(self.blocks) > outside:
            block = self.blocks[-1]
            closer = ".ends" if block.kind == "subckt" else ".endif"
            raise block.line.error(f"`.{block.kind}` is not closed", 0, f"`{closer}` below it")

    def _plain(self, source: Source, index: int, stop: int) -> int:
        """Read lines that are no more than `Rname node node number`, or C; return the first that is not."""
        lines, ascii_only, base = source.lines, source.ascii, source.base
        known, suffixed = self.nodes.get, self.suffixed
        add, number_of = self.body.items.append, self.body.numbers.append
        inf = math.inf
        while index < stop:
            text = lines[index]
            fields = text.split()
            if len(fields) != 4:
                if not fields:
                    index += 1
                    continue
                return index
            name, a, b, number = fields
            node_a, node_b = known(a), known(b)
            if (
                node_a is None
                or node_b is None
                or not (name.isidentifier() or name.replace(".", "_").isidentifier())
            ):
                return index
            try:
                value = float(number)
            except ValueError:
                value = suffixed[number]
            if not 0.0 < value < inf or "_" in number or not (ascii_only or text.isascii()):
                return index
            if name[0] == "r":
                add(Resistor(name, node_a, node_b, value))
            elif name[0] == "c":
                add(Capacitor(name, node_a, node_b, value))
            else:
                return index
            number_of(base + index)
            index += 1
        return index

    def _statement(self, source: Source, index: int) -> int:
        """Read one statement of any kind; return where the next one starts."""
        text = source.lines[index].lstrip()
        if text.startswith("*"):
            if text.startswith("*!analoghop"):
                self._request("pragma", Line(source, index))
            return index + 1
        line = Line(source, index)
        if not line.text.strip():
            return index + 1
        if text.startswith("."):
            return self._command(line, index)
        card = element_card(line)
        self.body.items.append(card)
        self.body.numbers.append(line.number)
        for node in card.nodes:
            self.nodes.setdefault(node, node)
        return index + 1

    def _command(self, line: Line, index: int) -> int:
        name = line.text.split(None, 1)[0]
        name = ALIASES.get(name, name)
        if name in REFUSED:
            raise line.error(f"`{name}` is not supported: {REFUSED[name]}", line.start)
        if name in SKIPPED:
            line.notice(f"`{name}` is skipped", line.start)
            return index + 1
        if name == ".control":
            return self._skip(line, index, ".endc", "the block `.control` is skipped")
        if name == ".lib":
            return self._library(line, index)
        if name in COMMANDS:
            if self.body.branch and name not in _IN_BRANCHES:
                raise line.error(f"`{name}` cannot stand between .if and .endif", line.start)
            COMMANDS[name](self, line)
            return index + 1
        if name in REQUESTS:
            if self.blocks:
                raise line.error(f"`{name}` cannot stand inside .{self.blocks[-1].kind}", line.start)
            self._request(name, line)
            return index + 1
        raise line.error(
            f"there is no command `{name[:40]}`", line.start, "one of " + " ".join([*COMMANDS, *REQUESTS])
        )

    def _request(self, kind: str, line: Line) -> None:
        self.deck.requests.setdefault(kind, []).append(line)

    def _skip(self, line: Line, index: int, closer: str, notice: str = "") -> int:
        """Return the line behind the next one that starts with `closer`."""
        lines = line.source.lines
        for k in range(index + 1, len(lines)):
            if lines[k].lstrip().startswith(closer):
                if notice:
                    line.notice(notice)
                return k + 1
        raise line.error(f"`{line.text.split()[0]}` is not closed", line.start, f"`{closer}` below it")

    # -- files

    def _include(self, line: Line) -> None:
        path, text, rest = self.includes.enter(line)
        if rest:
            raise line.error(f"`{rest}` is left over", expected=".include file")
        self.scan(self.add(str(path), text))
        self.deck.ended = False
        self.includes.leave()

    def _library(self, line: Line, index: int) -> int:
        """`.lib file section` includes a section of a file; `.lib section` starts one, and is passed over."""
        name, section = self.includes.target(line)
        if not section:
            return self._skip(line, index, ".endl")
        if self.body.branch:
            raise line.error("`.lib` cannot stand between .if and .endif", line.start)
        path, text, _ = self.includes.enter(line, section.lower())
        source = self.add(str(path), text)
        begin = re.compile(rf"\s*\.lib\s+{re.escape(section.lower())}\s*$")
        starts = [k for k, t in enumerate(source.lines) if ".lib" in t and begin.match(Line(source, k).text)]
        if not starts:
            raise line.error(f"the file {name} has no section `{section}`", expected=".lib file section")
        end = self._skip(Line(source, starts[0]), starts[0], ".endl")
        self.scan(source, starts[0] + 1, end - 1)
        self.deck.ended = False
        self.includes.leave()
        return index + 1

    # -- blocks

    def _subcircuit(self, line: Line) -> None:
        form = ".subckt name node ... [name=default ...]"
        head, found = pairs(line)
        fields = [w for w in words(line, 0, head)[1:] if w.text != "params:"]
        if len(fields) < 2:
            raise line.error("a subcircuit needs a name and at least one node", len(line.text), form)
        name, ports = fields[0].text, tuple(w.text for w in fields[1:])
        for k, word in enumerate(fields[1:]):
            if word.text in ports[:k] or word.braced or word.text in ("=", GROUND, "gnd"):
                raise line.error(f"`{word.text}` cannot be a node here", word.offset, form)
        self._push(_Block("subckt", line, self.body))
        body = Body(name, ports, line, self.body)
        existing = self.body.subcircuits.get(name)
        if existing is None:
            self.body.subcircuits[name] = body
        elif existing.line and (existing.line.source.path, existing.line.index) != (
            line.source.path,
            line.index,
        ):
            raise line.error(f"the subcircuit `{name}` is defined twice, first at {existing.line.at()}")
        self.body = body
        for pair in found:
            define(self.body, line, pair, form)
        for port in ports:
            self.nodes.setdefault(port, port)

    def _push(self, block: _Block) -> None:
        if len(self.blocks) >= MAX_BLOCKS:
            raise block.line.error(f"blocks are nested deeper than {MAX_BLOCKS}")
        self.blocks.append(block)

    def _pop(self, kind: str, line: Line) -> _Block:
        if not self.blocks or self.blocks[-1].kind != kind:
            inside = f": `.{self.blocks[-1].kind}` is still open" if self.blocks else ""
            raise line.error(f"`{line.text.split()[0]}` without `.{kind}`{inside}", line.start)
        block = self.blocks.pop()
        self.body = block.outer
        return block

    def _ends(self, line: Line) -> None:
        name = line.text.split()[1:]
        if name and self.blocks and self.body.name != name[0] and self.blocks[-1].kind == "subckt":
            raise line.error(f"`.ends {name[0]}` closes `{self.body.name}`", line.start)
        self._pop("subckt", line)

    def _if(self, line: Line) -> None:
        choice = Choice([], line)
        self.body.items.append(choice)
        self.body.numbers.append(line.number)
        self._push(_Block("if", line, self.body, choice))
        self._branch(choice, self._condition(line), line)

    def _elseif(self, line: Line) -> None:
        self._branch(self._open_choice(line), self._condition(line), line)

    def _else(self, line: Line) -> None:
        self._branch(self._open_choice(line), None, line)

    def _endif(self, line: Line) -> None:
        self._pop("if", line)

    def _open_choice(self, line: Line) -> Choice:
        block = self._pop("if", line)
        self.blocks.append(block)
        choice = block.choice
        if choice is None or choice.branches[-1][0] is None:
            raise line.error(f"`{line.text.split()[0]}` behind `.else`", line.start)
        return choice

    def _branch(self, choice: Choice, condition: Formula | None, line: Line) -> None:
        outer = self.blocks[-1].outer
        self.body = Body(outer.name, outer.ports, line, outer, branch=True)
        choice.branches.append((condition, self.body))

    def _condition(self, line: Line) -> Formula:
        start = line.start + len(line.text.split()[0])
        if not line.text[start:].strip():
            raise line.error("the condition is missing", len(line.text), ".if (expression)")
        start += len(line.text[start:]) - len(line.text[start:].lstrip())
        return Formula(line, start, len(line.text) - start)

    def _end(self, line: Line) -> None:
        self.deck.ended = True
        lines = line.source.lines
        for k in range(line.index + 1, len(lines)):
            if lines[k].strip() and not lines[k].lstrip().startswith("*"):
                line.notice(f"everything from line {k + 1} on stands behind .end and is not read")
                return


COMMANDS: Mapping[str, Callable[[Scanner, Line], None]] = {
    ".param": lambda scanner, line: parameters(scanner.body, line),
    ".func": lambda scanner, line: function(scanner.body, line),
    ".subckt": Scanner._subcircuit,
    ".ends": Scanner._ends,
    ".if": Scanner._if,
    ".elseif": Scanner._elseif,
    ".else": Scanner._else,
    ".endif": Scanner._endif,
    ".include": Scanner._include,
    ".global": lambda scanner, line: scanner.deck.shared.update(w.text for w in words(line)[1:]),
    ".ic": lambda scanner, line: settings(scanner.body, line),
    ".nodeset": lambda scanner, line: settings(scanner.body, line),
    ".end": Scanner._end,
}
_IN_BRANCHES = frozenset([".if", ".elseif", ".else", ".endif", ".ic", ".nodeset", ".ends"])
REQUESTS = (".tran", ".op", ".options", ".save", ".meas", ".temp")
ALIASES = {
    ".inc": ".include",
    ".option": ".options",
    ".opt": ".options",
    ".measure": ".meas",
    ".eom": ".ends",
    ".macro": ".subckt",
}
SKIPPED = (".print", ".plot", ".probe", ".width", ".model", ".title")
REFUSED = {
    ".step": "use --sweep NAME=a,b,c, or the comment `*!analoghop step param NAME list a b c`",
    ".dc": "use a slow PWL source, or --sweep NAME=a,b,c with `analoghop op`",
    ".ac": "`analoghop op` gives the small-signal eigenvalues at the equilibrium",
    ".noise": "run an ensemble, `analoghop run --starts N`, for circuits with noise",
    ".tf": "`analoghop show` prints the reduced equations",
    ".sens": "use --sweep NAME=a,b,c",
    ".pz": "`analoghop op` gives the eigenvalues at the equilibrium",
    ".disto": "simulate the transient with a SIN source",
    ".four": "write the waveforms with --out FILE.csv and transform them",
}
