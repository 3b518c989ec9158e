"""The package's exceptions and warnings: bad input, numerical failure, a missing program."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

QUOTE = 200
"""Most characters of a text from outside that a message quotes."""
LONGEST_MESSAGE = 2000
# C0 and C1 controls but tabs and the ends of lines, separators of lines, marks and overrides of the direction
# of writing, surrogates, and characters without a width.
_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff]"
)
_LONG_QUOTE = re.compile("|".join(rf"{mark}[^{mark}\n]{{{QUOTE},}}{mark}" for mark in "`'\""))


def visible(text: str) -> str:
    """Return `text` with the characters that steer a terminal written as escapes, but for ends of lines."""
    return _CONTROL.sub(lambda sign: ascii(sign[0])[1:-1], text)


def shown(text: str, length: int = QUOTE) -> str:
    """Return a text from outside for a message: one visible line of at most `length` characters."""
    line = visible(" ".join(text[: 2 * length].splitlines()))
    return line if len(line) <= length and len(text) <= 2 * length else line[: length - 3] + "..."


class AnalogHopError(Exception):
    """Root of every exception that the package raises on purpose.

    Its message is visible text: control characters are escapes, and what it quotes is cut to 200 characters.
    """

    def __init__(self, message: str = "") -> None:
        words = visible(_LONG_QUOTE.sub(lambda found: f"{found[0][: QUOTE - 4]}...{found[0][-1]}", message))
        super().__init__(words if len(words) <= LONGEST_MESSAGE else words[: LONGEST_MESSAGE - 3] + "...")


class InputError(AnalogHopError, ValueError):
    """A value, a file or a circuit that cannot be accepted; the message is one sentence for the user."""


def check_kind(value: object, kind: type, name: str, expected: str) -> None:
    """Raise `InputError`, naming `name` and the `expected` value, unless `value` is of the type `kind`."""
    if not isinstance(value, kind):
        words = "the class" if isinstance(value, type) else "of the type"
        got = (value if isinstance(value, type) else type(value)).__name__
        raise InputError(f"`{name}` is {words} {got}, expected {expected}")


@dataclass(frozen=True, slots=True)
class Location:
    """The position of a piece of text: file name, 1-based line and column, and the text of the line.

    `line` 0 is the file as a whole.
    """

    file: str
    line: int
    column: int = 1
    text: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


class UnsafeStepWarning(UserWarning):
    """A fixed step exceeds the stability limit of the circuit, and the user set it nevertheless."""


class FileFormatError(InputError):
    """A file that does not follow its format.

    Attributes: `reason`, one sentence; `where`, a `Location` or None; `expected`, the right form or "".
    """

    def __init__(self, reason: str, where: Location | None = None, expected: str = "") -> None:
        self.reason, self.where, self.expected = reason, where, expected
        parts = [f"{where}: {reason}" if where else reason]
        if expected:
            parts.append(f"expected {expected}")
        message = "; ".join(parts)
        if where and where.text:
            message += f"\n    {shown(where.text, 120)}"
        super().__init__(message)


class NetlistError(FileFormatError):
    """A deck that cannot be parsed, or whose circuit cannot be reduced to equations."""


class NumericalError(AnalogHopError):
    """The input is valid, but the computation failed; the message suggests a change."""


class MissingProgram(AnalogHopError):
    """An optional program or package is not installed; the message says how to get it."""


def nearest(word: object, known: Iterable[str]) -> str:
    """Return "; did you mean 'x'?" for the known word that is most like `word`, "" where none is."""
    import difflib

    close = difflib.get_close_matches(str(word).lower(), list(known), n=1)
    return f"; did you mean {close[0]!r}?" if close else ""
