"""The words of an LP file by sections, and sums read from them."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import NamedTuple

from analoghop.errors import FileFormatError
from analoghop.formats.lines import TextFile

_NAME = r"[A-Za-z!\"#$%&(),;?@_'`{}~][\w!\"#$%&(),.;?@'`{}~]*"
_NUMBER = r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_TOKEN = re.compile(
    rf"\s*(?:(?P<number>{_NUMBER})|(?P<name>{_NAME})|(?P<sign>->|<=|>=|=<|=>|[-+*/^:<>=\[\]]))"
)
_HEADS = (
    ("min", r"min(imi[sz]e|imum)?"),
    ("max", r"max(imi[sz]e|imum)?"),
    ("rows", r"subject\s+to|such\s+that|st|s\.t\.|st\."),
    ("bounds", r"bounds?"),
    ("binary", r"bin(ary|aries)?"),
    ("general", r"gen(eral|erals)?|int(eger|egers)?"),
    ("semi", r"semi(-continuous|s)?"),
    ("sos", r"sos[12]?"),
    ("end", r"end"),
)
_SECTION = tuple((name, re.compile(rf"\s*({words})(?![\w.:\[])", re.IGNORECASE)) for name, words in _HEADS)
_RELATIONS = {"<": "<=", "<=": "<=", "=<": "<=", ">": ">=", ">=": ">=", "=>": ">=", "=": "=="}


def plain_name(name: str) -> bool:
    """Return whether a file may call a variable or a constraint `name`."""
    return (
        re.fullmatch(_NAME, name) is not None
        and name.lower() not in ("inf", "infinity", "free")
        and not any(pattern.match(name) for _, pattern in _SECTION)
    )


class LPWord(NamedTuple):
    """A word of `kind` "number", "name" or "sign" on `line`."""

    kind: str
    text: str
    line: int


class LPSection(NamedTuple):
    """The words below the head `name` on `line`."""

    name: str
    line: int
    tokens: list[LPWord]


def sections_of(text: TextFile) -> list[LPSection]:
    r"""Return the sections of an LP file up to `End`; what follows a `\` is a comment.

    Raises `FileFormatError`, with file and line, for a character without meaning and for words before the
    first section.
    """
    found: list[LPSection] = []
    for number, whole in enumerate(text.lines, 1):
        line = whole.split("\\", 1)[0]
        for name, pattern in _SECTION:
            head = pattern.match(line)
            if head is not None and (found or name in ("min", "max")):
                found.append(LPSection(name, number, []))
                line = line[head.end() :]
                break
        if found and found[-1].name == "end":
            break
        if line.strip() and not found:
            reason = f"the file begins with {line.split()[0][:30]!r}"
            raise text.fault(number, reason, "`Minimize` or `Maximize` (LP format)")
        _scan(text, number, line, found)
    return found


def _scan(text: TextFile, number: int, line: str, found: list[LPSection]) -> None:
    place, line = 0, line.rstrip()
    while place < len(line):
        token = _TOKEN.match(line, place)
        if token is None:
            raise text.fault(number, f"{line[place:].split()[0][:30]!r} has no meaning here")
        assert token.lastgroup is not None, "one of the groups has matched"
        found[-1].tokens.append(LPWord(token.lastgroup, token[token.lastgroup], number))
        place = token.end()


@dataclass
class LinearSum:
    """`constant`, the coefficients of variables and of products of two, by name."""

    constant: float = 0.0
    linear: dict[str, float] = field(default_factory=dict)
    products: dict[tuple[str, str], float] = field(default_factory=dict)

    def add(self, names: list[str], value: float) -> None:
        """Add `value` times a number, a variable or two; the square of a 0 or 1 is itself."""
        if not names:
            self.constant += value
        elif len(set(names)) == 1:
            self.linear[names[0]] = self.linear.get(names[0], 0.0) + value
        else:
            pair = min(names), max(names)
            self.products[pair] = self.products.get(pair, 0.0) + value


class SectionWords:
    """The words of a section, taken one after another."""

    def __init__(self, text: TextFile, section: LPSection) -> None:
        self.text, self.tokens, self.place, self.line = text, section.tokens, 0, section.line

    def __bool__(self) -> bool:
        """Whether there is a word left."""
        return self.place < len(self.tokens)

    def peek(self, ahead: int = 0) -> LPWord:
        """Return a word that is not taken yet, an empty one behind the last."""
        k = self.place + ahead
        return self.tokens[k] if k < len(self.tokens) else LPWord("end", "", self.line)

    def take(self) -> LPWord:
        """Return the next word and go on."""
        token = self.peek()
        self.place, self.line = self.place + 1, token.line
        return token

    def takes(self, *texts: str) -> bool:
        """Take the next word if it is one of `texts`; return whether it was."""
        if not self or self.peek().text not in texts:
            return False
        self.take()
        return True

    @property
    def shown(self) -> str:
        """The next word for an error."""
        return repr(self.peek().text) if self else "the end of the section"

    def fault(self, reason: str, expected: str = "") -> FileFormatError:
        """Return the error at the line of the next word."""
        return self.text.fault(self.peek().line, reason, expected)

    def label(self) -> str:
        """Take `NAME :` and return the name, "" where there is none."""
        if self.peek().kind == "name" and self.peek(1).text == ":":
            name = self.take().text
            self.take()
            return name
        return ""

    def relation(self) -> str:
        """Take a relation; raises `FileFormatError` for any other word."""
        if self.peek().text not in _RELATIONS:
            raise self.fault(f"{self.shown} follows a sum", "<=, >= or =")
        return _RELATIONS[self.take().text]

    def at_relation(self) -> bool:
        """Return whether the next word is a relation."""
        return self.peek().text in _RELATIONS

    def signed(self) -> float:
        """Take a number, or an infinity, with its signs."""
        sign = self._signs()
        word = self.peek()
        if word.kind == "name" and word.text.lower() in ("inf", "infinity"):
            self.take()
            return sign * math.inf
        if word.kind != "number":
            raise self.fault(f"{self.shown} stands where a number is expected")
        return sign * self._number()

    def sum(self) -> LinearSum:
        """Take a sum: it ends at a relation, or where a further term has no sign."""
        total, first = LinearSum(), True
        while self and not self.at_relation():
            if not first and self.peek().text not in ("+", "-", "["):
                break
            if self.peek().kind == "name" and self.peek(1).text == ":":
                break
            sign, first = self._signs(), False
            if self.takes("["):
                self._products(total, sign)
                continue
            value = sign * (self._number() if self.peek().kind == "number" else 1.0)
            self.takes("*")
            names = [self.take().text] if self._is_factor() else []
            if not names and self.tokens[self.place - 1].kind != "number":
                raise self.fault(f"{self.shown} stands where a term is expected")
            total.add(names, value)
        return total

    def _is_factor(self) -> bool:
        """Return whether the next word is a variable of this term: not a label, nor on a line of its own."""
        return self.peek().kind == "name" and self.peek(1).text != ":"

    def _products(self, total: LinearSum, sign: float) -> None:
        """Take `... ]` or `... ] / 2`, the quadratic part of an objective."""
        inner = LinearSum()
        while self and self.peek().text != "]":
            value = self._signs() * (self._number() if self.peek().kind == "number" else 1.0)
            self.takes("*")
            names = [self._name()]
            if self.takes("^"):
                if self.take().text != "2":
                    raise self.fault("a power other than 2 stands between [ and ]")
                names *= 2
            elif self.takes("*"):
                names.append(self._name())
            else:
                raise self.fault(f"`{names[0]}` between [ and ] has no partner", "x * y or x ^ 2")
            inner.add(names, value)
        if not self.takes("]"):
            raise self.fault("the bracket [ is never closed")
        if self.takes("/"):
            if self.take().text != "2":
                raise self.fault("a number other than 2 follows `] /`")
            sign /= 2.0
        for name, value in inner.linear.items():
            total.add([name], sign * value)
        for pair, value in inner.products.items():
            total.add(list(pair), sign * value)

    def _name(self) -> str:
        if self.peek().kind != "name":
            raise self.fault(f"{self.shown} stands where a variable is expected")
        return self.take().text

    def _signs(self) -> float:
        sign = 1.0
        while self.peek().text in ("+", "-"):
            sign = -sign if self.take().text == "-" else sign
        return sign

    def _number(self) -> float:
        value = float(self.peek().text)
        if not math.isfinite(value):
            raise self.fault(f"the number {self.shown} is too large")
        self.take()
        return value
