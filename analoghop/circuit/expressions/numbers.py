"""Numbers as decks write them: `4.7k`, `1meg`, `2k2`, `10kOhm`."""

from __future__ import annotations

import math
import re

_SUFFIXES = {
    "t": 1e12,
    "g": 1e9,
    "k": 1e3,
    "m": 1e-3,
    "u": 1e-6,
    "\N{MICRO SIGN}": 1e-6,
    "\N{GREEK SMALL LETTER MU}": 1e-6,
    "n": 1e-9,
    "p": 1e-12,
    "f": 1e-15,
}
_LONG = {"meg": 1e6, "mil": 25.4e-6}

NUMBER = r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eEdD][+-]?[0-9]+)?[^\W\d_]*"
"""Pattern of a number without its sign; letters that are no suffix are a unit and mean nothing."""
_FULL = re.compile(r"([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+))(?:[eEdD]([+-]?[0-9]+))?([^\W\d_]*)")
_INFIX = re.compile(
    r"([+-]?[0-9]+)(meg|[tgkmunpfr\N{MICRO SIGN}\N{GREEK SMALL LETTER MU}])([0-9]+)", re.IGNORECASE
)


def scale(letters: str) -> float:
    """Return the factor that the letters behind a number stand for, 1 where they are only a unit."""
    letters = letters.lower()
    return _LONG.get(letters[:3]) or _SUFFIXES.get(letters[:1], 1.0)


def parse_number(text: str) -> float | None:
    """Return the value of a whole number with its suffix, or None if `text` is something else.

    `1M` is 1e-3, `1meg` 1e6, `1mil` 25.4e-6, `1F` 1e-15; letters after a suffix are ignored; `2k2` is 2200
    and `4R7` is 4.7. What overflows is None.
    """
    try:
        value = float(text) if text.isascii() and text[-1:].isdigit() and "_" not in text else None
    except ValueError:
        value = None
    if value is None:
        if found := _FULL.fullmatch(text):
            digits, exponent, letters = found.groups()
            value = float(f"{digits}e{exponent or 0}") * scale(letters)
        elif found := _INFIX.fullmatch(text):
            whole, letter, decimals = found.groups()
            value = float(f"{whole}.{decimals}") * scale(letter)
        else:
            return None
    return value if math.isfinite(value) else None
