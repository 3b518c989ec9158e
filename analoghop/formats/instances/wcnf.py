"""WCNF: clauses with weights, some of them hard, in the formats before and since the evaluation of 2022."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from analoghop.errors import InputError
from analoghop.formats.files import write_text
from analoghop.formats.graphs.graph import LARGEST
from analoghop.formats.graphs.rudy import shown
from analoghop.formats.instances.cnf import Clause
from analoghop.formats.kinds import refuse_others
from analoghop.formats.lines import TextFile

HARD = "h"
_EXPECTED = "`h LITERALS 0`, `WEIGHT LITERALS 0`, or a line `p wcnf VARIABLES CLAUSES TOP`"


@dataclass(frozen=True)
class WeightedCNF:
    """`hard` clauses, which must hold, and `soft` ones with a weight above 0 each.

    Literals are variables 1 to `variables` or their negations. Soft clauses without literals never hold,
    those with a variable and its negation always do. Raises `InputError` for no variables, no clauses, a
    literal out of range, a weight that is not positive, and a hard clause without literals.
    """

    variables: int
    hard: tuple[Clause, ...]
    soft: tuple[tuple[float, Clause], ...]
    name: str = "formula"

    def __post_init__(self) -> None:
        if not 1 <= self.variables <= LARGEST:
            raise InputError(f"{self.name} has {self.variables} variables, expected 1 to {LARGEST}")
        if not self.hard and not self.soft:
            raise InputError(f"{self.name} has no clauses: there is nothing to decide")
        if () in self.hard:
            raise InputError(f"a hard clause of {self.name} has no literals: nothing can satisfy it")
        for clause in (*self.hard, *(clause for _, clause in self.soft)):
            for literal in clause:
                if literal == 0 or abs(literal) > self.variables:
                    wanted = f"variables from 1 to {self.variables}"
                    raise InputError(f"{self.name} has the literal {literal}, expected {wanted}")
        for weight, _ in self.soft:
            if not 0.0 < weight < float("inf"):
                raise InputError(f"{self.name} has the weight {weight}, expected a positive number")


def read_wcnf(path: str | Path) -> WeightedCNF:
    """Return the formula of a `.wcnf` file.

    Since 2022: lines `h LITERALS 0` and `WEIGHT LITERALS 0`. Before: a line `p wcnf VARIABLES CLAUSES [TOP]`,
    then lines `WEIGHT LITERALS 0`, hard where the weight is TOP or more. Each line holds one clause; those
    that begin with c or # are comments; soft clauses of weight 0 are left out. Raises `FileFormatError`, with
    file and line.
    """
    text = TextFile(path)
    refuse_others(text, _EXPECTED, "maxsat")
    hard: list[Clause] = []
    soft: list[tuple[float, Clause]] = []
    named, wanted, top, head = 0, 0, float("inf"), 0
    for number, words in _lines(text):
        if words[0] == "p":
            if head or hard or soft:
                raise text.fault(number, "a `p` line stands behind other lines")
            if len(words) not in (4, 5) or words[1] != "wcnf":
                raise text.fault(number, "this `p` line describes no weighted formula", _EXPECTED)
            head = number
            named = text.size(number, words[2], "the number of variables", LARGEST)
            wanted = text.whole(number, words[3], "the number of clauses", 0)
            top = text.real(number, words[4], "the weight of hard clauses") if len(words) == 5 else top
            continue
        clause = _clause(text, number, words[1:], named if head else LARGEST)
        weight = 0.0 if words[0] == HARD else text.real(number, words[0], "the weight of a clause")
        if weight < 0:
            raise text.fault(number, f"the weight of a clause is {weight:g}", "a number from 0")
        if (words[0] == HARD) if not head else weight >= top:
            if not clause:
                raise text.fault(number, "this hard clause has no literals: nothing can satisfy it")
            hard.append(clause)
        elif words[0] == HARD:
            raise text.fault(number, "a clause begins with `h` below a `p` line", "a weight")
        else:
            soft.append((weight, clause))
    if head and len(hard) + len(soft) != wanted:
        reason = f"there are {len(hard) + len(soft)} clauses, the `p` line says {wanted}"
        raise text.fault(text.last, reason)
    kept = [(weight, clause) for weight, clause in soft if weight]
    literals = [abs(literal) for clause in (*hard, *(clause for _, clause in soft)) for literal in clause]
    variables = named or max(literals, default=0)
    if not variables or not (hard or kept):
        raise text.fault(text.last, "the formula has no clauses: there is nothing to decide", _EXPECTED)
    text.check_size(text.last, variables, "the number of variables")
    return WeightedCNF(variables, tuple(hard), tuple(kept), text.name)


def _lines(text: TextFile) -> Iterator[tuple[int, list[str]]]:
    for line in text:
        if not line.words[0].startswith(("c", "#")):
            yield line.number, line.words


def _clause(text: TextFile, number: int, words: list[str], variables: int) -> Clause:
    """Return the literals of a line, each once."""
    if not words or words[-1] != "0":
        raise text.fault(number, "this clause does not end with 0", "one clause on each line")
    literals = [text.whole(number, word, "a literal", -variables, variables) for word in words[:-1]]
    if 0 in literals:
        raise text.fault(number, "a 0 stands inside this clause", "one clause on each line")
    return tuple(dict.fromkeys(literals))


def write_wcnf(path: str | Path, formula: WeightedCNF, comment: str = "") -> None:
    """Write `formula` in the format of 2022, to a file that `read_wcnf` reads as an equal formula."""
    lines = [f"c {part}" for part in comment.splitlines()]
    lines += [" ".join(map(str, (HARD, *clause, 0))) for clause in formula.hard]
    lines += [" ".join(map(str, (shown(weight), *clause, 0))) for weight, clause in formula.soft]
    write_text(path, "\n".join([*lines, ""]))
