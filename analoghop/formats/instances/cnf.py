"""DIMACS CNF: formulas in conjunctive normal form, and assignments of truth values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from analoghop.errors import InputError
from analoghop.formats.files import write_text
from analoghop.formats.graphs.graph import LARGEST
from analoghop.formats.kinds import refuse_others
from analoghop.formats.lines import TextFile, TextLine

Clause = tuple[int, ...]
"""Literals: variable k, counted from 1, or its negation -k."""


@dataclass(frozen=True)
class CNF:
    """A formula: the number of `variables` and its `clauses`.

    Repeated literals of a clause are merged, and clauses that are always satisfied are left out, with
    notices. Raises `InputError` for no variables, no clauses, a clause without literals, and a variable out
    of range.
    """

    variables: int
    clauses: tuple[Clause, ...]
    name: str = "formula"
    notices: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 1 <= self.variables <= LARGEST:
            raise InputError(f"{self.name} has {self.variables} variables, expected 1 to {LARGEST}")
        if not self.clauses:
            raise InputError(f"{self.name} has no clauses: there is nothing to decide")
        kept = []
        for number, clause in enumerate(self.clauses, 1):
            if not clause:
                raise InputError(f"clause {number} of {self.name} has no literals: nothing can satisfy it")
            for literal in clause:
                if literal == 0 or abs(literal) > self.variables:
                    raise InputError(
                        f"clause {number} of {self.name} has the literal {literal}, "
                        f"expected variables from 1 to {self.variables}"
                    )
            once = tuple(dict.fromkeys(int(literal) for literal in clause))
            if not any(-literal in once for literal in once):
                kept.append(once)
        always = len(self.clauses) - len(kept)
        if always:
            notice = f"{self.name}: {always} clauses hold a variable and its negation and are left out"
            object.__setattr__(self, "notices", (*self.notices, notice))
        if not kept:
            raise InputError(f"every clause of {self.name} always holds: there is nothing to decide")
        object.__setattr__(self, "clauses", tuple(kept))


def read_cnf(path: str | Path) -> CNF:
    """Return the formula of a `.cnf` file.

    A clause ends with 0 and may extend over several lines; a line `%` ends the file, as in SATLIB. The last
    clause may lack its 0. Raises `FileFormatError`, with file and line, for a missing `p cnf` line, a
    variable out of range, a clause without literals, and a number of clauses that differs from the `p` line.
    """
    text = TextFile(path)
    refuse_others(text, "p cnf VARIABLES CLAUSES", "sat")
    lines = _lines(text)
    head = next(lines, None)
    if head is None or head.words[0] != "p":
        number, reason = (text.last, "there is no `p` line") if head is None else (head.number, "")
        raise text.fault(number, reason or "a clause stands before the `p` line", "p cnf VARIABLES CLAUSES")
    variables, wanted = _size(text, head)
    clauses: list[Clause] = []
    clause: list[int] = []
    last, inner = head.number, 0
    for line in lines:
        last = line.number
        literals = [_literal(text, last, word, variables) for word in line.words]
        inner = inner or (last if 0 in literals[:-1] else 0)
        for literal in literals:
            if literal:
                clause.append(literal)
                continue
            if not clause:
                reason = "this clause has no literals: nothing can satisfy it, and there is no variable 0"
                raise text.fault(last, reason)
            clauses.append(tuple(clause))
            clause = []
    if clause:
        clauses.append(tuple(clause))
    if len(clauses) != wanted:
        reason = f"there are {len(clauses)} clauses, the `p` line says {wanted}"
        hint = "; a 0 inside this line ends a clause, there is no variable 0" if inner else ""
        raise text.fault(inner or last, reason + hint)
    if not clauses:
        raise text.fault(head.number, "the formula has no clauses: there is nothing to decide")
    return CNF(variables, tuple(clauses), text.name)


def _lines(text: TextFile) -> Iterator[TextLine]:
    """Yield the lines up to `%` except comments; raises `FileFormatError` for a second `p` line."""
    head = 0
    for line in text:
        if line.words[0] == "%":
            return
        if line.words[0].startswith("c"):
            continue
        if line.words[0] == "p" and head:
            raise text.fault(line.number, f"this is a second `p` line, the first is line {head}")
        head = line.number if line.words[0] == "p" else head
        yield line


def _size(text: TextFile, line: TextLine) -> tuple[int, int]:
    if len(line.words) != 4 or line.words[1] != "cnf":
        raise text.fault(line.number, "this `p` line describes no formula", "p cnf VARIABLES CLAUSES")
    variables = text.size(line.number, line.words[2], "the number of variables", LARGEST)
    return variables, text.whole(line.number, line.words[3], "the number of clauses", 0)


def _literal(text: TextFile, line: int, word: str, variables: int) -> int:
    return text.whole(line, word, "a literal", -variables, variables)


def write_cnf(path: str | Path, formula: CNF, comment: str = "") -> None:
    """Write `formula` to a `.cnf` file that `read_cnf` reads as an equal formula."""
    lines = [f"c {part}" for part in comment.splitlines()]
    lines.append(f"p cnf {formula.variables} {len(formula.clauses)}")
    lines += [" ".join(map(str, (*clause, 0))) for clause in formula.clauses]
    write_text(path, "\n".join([*lines, ""]))


def write_assignment(path: str | Path, values: Sequence[bool], comment: str = "") -> None:
    """Write truth values as solvers print them: `s SATISFIABLE`, then `v` lines of literals that end with 0.

    Raises `InputError` for a path that cannot be written.
    """
    literals = [number if value else -number for number, value in enumerate(values, 1)]
    lines = [f"c {part}" for part in comment.splitlines()]
    lines.append("s SATISFIABLE")
    lines += [" ".join(map(str, ["v", *literals[k : k + 15]])) for k in range(0, len(literals), 15)]
    write_text(path, "\n".join([*lines, "v 0", ""]))


def read_assignment(path: str | Path, variables: int) -> tuple[bool, ...]:
    """Return the truth values in a file of `v` lines, as `write_assignment` writes it.

    Raises `FileFormatError`, with file and line, for a variable out of range, given twice or missing.
    """
    text = TextFile(path)
    values: dict[int, bool] = {}
    for line in text:
        if line.words[0] in ("c", "s"):
            continue
        if line.words[0] != "v":
            raise text.fault(line.number, f"a line begins with {line.words[0]!r}", "c, s or v")
        for word in line.words[1:]:
            literal = _literal(text, line.number, word, variables)
            if abs(literal) in values:
                raise text.fault(line.number, f"variable {abs(literal)} has two values")
            if literal:
                values[abs(literal)] = literal > 0
    for variable in range(1, variables + 1):
        if variable not in values:
            raise text.fault(text.last, f"variable {variable} of {variables} has no value")
    return tuple(values[variable] for variable in range(1, variables + 1))
