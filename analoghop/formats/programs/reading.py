"""LP files (CPLEX, Gurobi, HiGHS) whose variables are all 0 or 1."""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path
from typing import Literal, cast

from analoghop.formats.graphs.graph import LARGEST
from analoghop.formats.kinds import refuse_others
from analoghop.formats.lines import TextFile
from analoghop.formats.programs.program import Program, ProgramRow, Relational
from analoghop.formats.programs.scan import LinearSum, LPSection, SectionWords, sections_of

_UNREAD = {"semi": "semi-continuous variables", "sos": "special ordered sets"}
_TURNED = {"<=": ">=", ">=": "<=", "==": "=="}


def read_lp(path: str | Path) -> Program:
    """Return the program of an LP file.

    Every variable must be binary, or an integer with bounds within 0 and 1. The objective may have products
    of two variables between `[` and `] / 2`. Raises `FileFormatError`, with file and line, for other
    variables, for constraints with products or that never hold, for other sections, and for anything that is
    no LP file.
    """
    text = TextFile(path)
    refuse_others(text, "a program in LP format", "model")
    sections = sections_of(text)
    if not sections:
        raise text.fault(1, "holds no program", "`Minimize` or `Maximize` (LP format)")
    for section in sections:
        if section.name in _UNREAD:
            raise text.fault(section.line, f"{_UNREAD[section.name]} are not read", "variables of 0 and 1")
    found = _Found(text)
    sense: Literal["min", "max"] = "max" if sections[0].name == "max" else "min"
    for section in sections:
        found.take(section)
    return found.program(sense)


class _Found:
    """What the sections of a file say, by the names of variables."""

    def __init__(self, text: TextFile) -> None:
        self.text = text
        self.index: dict[str, int] = {}
        self.lines: list[int] = []
        self.objective: LinearSum | None = None
        self.rows: list[ProgramRow] = []
        self.bounds: dict[str, tuple[float, float]] = {}
        self.whole: set[str] = set()

    def take(self, section: LPSection) -> None:
        """Read one section."""
        words = SectionWords(self.text, section)
        if section.name in ("min", "max"):
            self.goal(words)
        while words:
            if section.name == "rows":
                self.row(words)
            elif section.name == "bounds":
                self.bound(words)
            elif section.name in ("binary", "general"):
                self.member(words, section.name == "binary")

    def goal(self, words: SectionWords) -> None:
        """Read the objective."""
        if self.objective is not None:
            raise self.text.fault(words.line, "this is a second objective")
        words.label()
        self.objective = words.sum()
        self.note(words.line, self.objective.linear)
        for pair in self.objective.products:
            self.note(words.line, pair)
        if words:
            raise words.fault(f"{words.shown} follows the objective", "`Subject To`")

    def member(self, words: SectionWords, binary: bool) -> None:
        """Read the name of a variable that is whole, or 0 or 1."""
        if words.peek().kind != "name":
            raise words.fault(f"{words.shown} stands where a variable is expected")
        name = words.take().text
        self.note(words.line, [name])
        self.whole.add(name)
        if binary:
            low, high = self.bounds.get(name, (0.0, 1.0))
            self.bounds[name] = max(low, 0.0), min(high, 1.0)

    def note(self, line: int, names: Iterable[str]) -> None:
        """Give the variables that are new their numbers."""
        for name in names:
            if name not in self.index:
                self.index[name] = len(self.index)
                self.lines.append(line)
        if len(self.index) > LARGEST:
            raise self.text.fault(line, f"there are more than {LARGEST} variables")

    def row(self, words: SectionWords) -> None:
        """Read one constraint, of one bound or of two."""
        if words.peek().text == "->":
            raise words.fault("indicator constraints are not read", "sums against numbers")
        line, name = words.peek().line, words.label()
        name = name or f"R{len(self.rows) + 1}"
        left = words.sum()
        sense = words.relation()
        if left.linear or left.products:
            self.limit(line, name, left, sense, words.signed())
            return
        total = words.sum()
        self.limit(line, name, total, _TURNED[sense], left.constant)
        if words.at_relation():
            self.limit(line, name, total, words.relation(), words.signed())

    def limit(self, line: int, name: str, total: LinearSum, sense: str, bound: float) -> None:
        """Add the constraint that a sum obeys a bound."""
        if total.products:
            raise self.text.fault(line, f"the constraint {name!r} holds a product", "sums of variables")
        self.note(line, total.linear)
        terms = tuple((self.index[word], value) for word, value in total.linear.items() if value)
        limit = bound - total.constant
        if not all(math.isfinite(value) for _, value in terms) or math.isnan(limit):
            raise self.text.fault(line, f"the constraint {name!r} holds a number that is not finite")
        if math.isinf(limit) and limit == {"<=": math.inf, ">=": -math.inf}.get(sense):
            return  # no bound at all
        holds = {"<=": limit >= 0, ">=": limit <= 0, "==": limit == 0}[sense]
        if math.isinf(limit) or not (terms or holds):
            raise self.text.fault(line, f"the constraint {name!r} never holds")
        if terms:
            self.rows.append(ProgramRow(name, terms, cast(Relational, sense), limit))

    def bound(self, words: SectionWords) -> None:
        """Read one bound: `low <= x <= high`, one side of it, `x = value` or `x free`."""
        low, high, left = -math.inf, math.inf, None
        if words.peek().kind != "name" or words.peek().text.lower() in ("inf", "infinity"):
            left = words.signed(), words.relation()
        if words.peek().kind != "name":
            raise words.fault(f"{words.shown} stands where a variable is expected")
        name = words.take().text
        self.note(words.line, [name])
        known = self.bounds.get(name, (0.0, math.inf))
        sides = [] if left is None else [(_TURNED[left[1]], left[0])]
        if words.peek().text.lower() == "free":
            words.take()
            known = (-math.inf, math.inf)
        elif words.at_relation():
            sides.append((words.relation(), words.signed()))
        elif left is None:
            raise words.fault(f"the bound of {name!r} has no relation", "<=, >= or =")
        low, high = known
        for sense, value in sides:
            low = value if sense in (">=", "==") else low
            high = value if sense in ("<=", "==") else high
        if low > high:
            raise self.text.fault(words.line, f"the bounds of {name!r} leave no value")
        self.bounds[name] = low, high

    def pair(self, a: str, b: str) -> tuple[int, int]:
        """Return the numbers of two variables, the smaller first."""
        i, j = self.index[a], self.index[b]
        return min(i, j), max(i, j)

    def program(self, sense: Literal["min", "max"]) -> Program:
        """Return the program; raises `FileFormatError` for a variable that is not of 0 and 1."""
        fixed: dict[int, int] = {}
        for name, k in self.index.items():
            low, high = self.bounds.get(name, (0.0, math.inf))
            if name not in self.whole:
                reason = f"the variable {name!r} is continuous"
                raise self.text.fault(self.lines[k], reason, "variables of 0 and 1: `Binary`")
            if low < 0 or high > 1:
                shown = f"integers from {low:g} to {high:g}"
                reason = f"the values of {name!r} are {shown}"
                raise self.text.fault(self.lines[k], reason, "variables of 0 and 1")
            least, most = math.ceil(low), math.floor(high)
            if least > most:
                raise self.text.fault(self.lines[k], f"the bounds of {name!r} leave no whole number")
            if least == most:
                fixed[k] = least
        if not self.index:
            raise self.text.fault(1, "the program has no variables: there is nothing to decide")
        total = self.objective or LinearSum()
        numbers = [total.constant, *total.linear.values(), *total.products.values()]
        if not all(map(math.isfinite, numbers)):
            raise self.text.fault(1, "the objective holds a number that is not finite")
        return Program(
            tuple(self.index),
            {self.index[name]: value for name, value in total.linear.items() if value},
            {self.pair(*names): value for names, value in total.products.items() if value},
            total.constant,
            sense,
            tuple(self.rows),
            fixed,
            self.text.name,
        )
