"""The package's exceptions and warnings: bad input, numerical failure, a missing program."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


class AnalogHopError(Exception):
    """Base class of every exception that the package raises on purpose."""


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
    """The position of a piece of text: file name, 1-based line and column, and the text of the line."""

    file: str
    line: int
    column: int = 1
    text: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


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
            shown = where.text if len(where.text) <= 120 else where.text[:117] + "..."
            message += f"\n    {shown}"
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
