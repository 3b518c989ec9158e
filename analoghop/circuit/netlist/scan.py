"""The single pass over a deck's lines: plain R and C become elements at once, others are parsed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from analoghop.circuit.netlist.plain import PlainLines
from analoghop.circuit.netlist.statements.blocks import Blocks
from analoghop.circuit.netlist.statements.bodies import Deck
from analoghop.circuit.netlist.statements.definitions import function, parameters, settings
from analoghop.circuit.netlist.statements.forms import element_card
from analoghop.circuit.netlist.statements.models import model
from analoghop.circuit.netlist.text.fields import words
from analoghop.circuit.netlist.text.includes import Includes
from analoghop.circuit.netlist.text.lines import DeckLine, DeckSource


class Scanner:
    """Fills a `Deck`, source by source."""

    def __init__(self, deck: Deck, includes: Includes) -> None:
        self.deck, self.includes = deck, includes
        self.blocks = Blocks(deck.top)
        self.plain = PlainLines()

    def add(self, name: str, text: str, first: int = 0) -> DeckSource:
        """Add `text`, whose statements start at line `first`, as the deck's next source; return it."""
        sources = self.deck.sources
        base = sources[-1].base + len(sources[-1].lines) if sources else 0
        path = self.includes.open[-1][0] if self.includes.open else None
        source = DeckSource(name, text, self.deck.notices, path, base, first)
        sources.append(source)
        source.includes = self.includes
        return source

    def scan(self, source: DeckSource, start: int = 0, stop: int | None = None) -> None:
        """Read the lines `start` to `stop` of `source`; every block opened there must be closed there."""
        before = self.blocks.enter_file()
        stop = len(source.lines) if stop is None else stop
        index = start
        while index < stop and not self.deck.ended:
            if not source.lines[index]:
                index += 1
                continue
            index = self.plain.read(source, self.blocks.body, index, stop)
            if index < stop:
                index = self._statement(source, index)
        self.blocks.leave_file(before)

    def _statement(self, source: DeckSource, index: int) -> int:
        """Read one statement of any kind; return the line of the next one."""
        text = source.lines[index].lstrip()
        if text.startswith("*"):
            if text.startswith("*!analoghop"):
                self._request("pragma", DeckLine(source, index))
            elif text[1:].lstrip().startswith("expect "):
                self._request("expect", DeckLine(source, index))
            return index + 1
        line = DeckLine(source, index)
        if not line.text.strip():
            return index + 1
        if text.startswith("."):
            return self._command(line, index)
        self.blocks.body.add(element_card(line), line)
        return index + 1

    def _command(self, line: DeckLine, index: int) -> int:
        name = line.text.split(None, 1)[0]
        name = ALIASES.get(name, name)
        if name in REFUSED:
            self._request("refused", line)
            return index + 1
        if name in SKIPPED:
            line.notice(f"`{name}` is skipped", line.start)
            return index + 1
        if name == ".control":
            end = self._skip(line, index, ".endc", "the block `.control` is skipped")
            for k in range(index + 1, end - 1):
                words_ = line.source.lines[k].split(None, 1)
                if words_ and words_[0] in ("tran", "ic"):
                    self._request(f"control {words_[0]}", DeckLine(line.source, k))
            return end
        if name == ".lib":
            return self._library(line, index)
        if name in COMMANDS:
            if self.blocks.body.branch and name not in _IN_BRANCHES:
                raise line.error(f"`{name}` cannot stand between .if and .endif", line.start)
            COMMANDS[name](self, line)
            return index + 1
        if name in REQUESTS:
            if self.blocks.open:
                raise line.error(f"`{name}` cannot stand inside .{self.blocks.open[-1].kind}", line.start)
            self._request(name, line)
            return index + 1
        raise line.error(
            f"there is no command `{name[:40]}`", line.start, "one of " + " ".join([*COMMANDS, *REQUESTS])
        )

    def _request(self, kind: str, line: DeckLine) -> None:
        self.deck.requests.setdefault(kind, []).append(line)

    def _skip(self, line: DeckLine, index: int, closer: str, notice: str = "") -> int:
        """Return the line after the next one that starts with `closer`."""
        lines = line.source.lines
        for k in range(index + 1, len(lines)):
            if lines[k].lstrip().startswith(closer):
                if notice:
                    line.notice(notice)
                return k + 1
        raise line.error(f"`{line.text.split()[0]}` is not closed", line.start, f"`{closer}` below it")

    def _include(self, line: DeckLine) -> None:
        path, text, rest = self.includes.enter(line)
        if rest:
            raise line.error(f"`{rest}` is unexpected", expected=".include file")
        self.scan(self.add(str(path), text))
        self.deck.ended = False
        self.includes.leave()

    def _library(self, line: DeckLine, index: int) -> int:
        """`.lib file section` includes a section of a file; `.lib section` starts one, and is skipped."""
        name, section = self.includes.target(line)
        if not section:
            return self._skip(line, index, ".endl")
        if self.blocks.body.branch:
            raise line.error("`.lib` cannot stand between .if and .endif", line.start)
        path, text, _ = self.includes.enter(line, section.lower())
        source = self.add(str(path), text)
        begin = re.compile(rf"\s*\.lib\s+{re.escape(section.lower())}\s*$")
        starts = [
            k for k, t in enumerate(source.lines) if ".lib" in t and begin.match(DeckLine(source, k).text)
        ]
        if not starts:
            raise line.error(f"the file {name} has no section `{section}`", expected=".lib file section")
        end = self._skip(DeckLine(source, starts[0]), starts[0], ".endl")
        self.scan(source, starts[0] + 1, end - 1)
        self.deck.ended = False
        self.includes.leave()
        return index + 1

    def _end(self, line: DeckLine) -> None:
        self.deck.ended = True
        lines = line.source.lines
        for k in range(line.index + 1, len(lines)):
            if lines[k].strip() and not lines[k].lstrip().startswith("*"):
                line.notice(f"everything from line {k + 1} on follows .end and is not read")
                return


COMMANDS: Mapping[str, Callable[[Scanner, DeckLine], None]] = {
    ".param": lambda scanner, line: parameters(scanner.blocks.body, line),
    ".model": lambda scanner, line: model(scanner.blocks.body, line),
    ".func": lambda scanner, line: function(scanner.blocks.body, line),
    ".subckt": lambda scanner, line: scanner.blocks.subcircuit(line),
    ".ends": lambda scanner, line: scanner.blocks.ends(line),
    ".if": lambda scanner, line: scanner.blocks.if_(line),
    ".elseif": lambda scanner, line: scanner.blocks.elseif(line),
    ".else": lambda scanner, line: scanner.blocks.else_(line),
    ".endif": lambda scanner, line: scanner.blocks.endif(line),
    ".include": Scanner._include,
    ".global": lambda scanner, line: scanner.deck.shared.update(w.text for w in words(line)[1:]),
    ".ic": lambda scanner, line: settings(scanner.blocks.body, line),
    ".nodeset": lambda scanner, line: settings(scanner.blocks.body, line),
    ".end": Scanner._end,
}
_IN_BRANCHES = frozenset([".if", ".elseif", ".else", ".endif", ".ic", ".nodeset", ".ends", ".end"])
REQUESTS = (".tran", ".op", ".dc", ".ac", ".noise", ".step", ".options", ".save", ".meas", ".temp")
ALIASES = {
    ".inc": ".include",
    ".option": ".options",
    ".opt": ".options",
    ".measure": ".meas",
    ".eom": ".ends",
    ".params": ".param",
    ".parameter": ".param",
    ".parameters": ".param",
    ".global_param": ".param",
    ".macro": ".subckt",
}
SKIPPED = (".print", ".plot", ".probe", ".width", ".title", ".backanno", ".csparam")
REFUSED = {
    ".tf": "a `.dc` of two points gives the slope, and `.ac` the transfer at every frequency",
    ".sens": "use --sweep NAME=a,b,c",
    ".pz": "`analoghop op` gives the eigenvalues at the equilibrium",
    ".disto": "simulate the transient with a SIN source",
    ".four": "write the waveforms with --out FILE.csv and transform them",
}
