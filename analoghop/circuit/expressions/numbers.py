"""Numbers as decks write them: `4.7k`, `1meg`, `2k2`, `10kOhm`."""

from __future__ import annotations

import math
import re

_SUFFIXES = {
    "t": 12,
    "g": 9,
    "k": 3,
    "m": -3,
    "u": -6,
    "\N{MICRO SIGN}": -6,
    "\N{GREEK SMALL LETTER MU}": -6,
    "n": -9,
    "p": -12,
    "f": -15,
}
_MIL = 25.4  # micrometres in a thousandth of an inch

NUMBER = r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eEdD][+-]?[0-9]+)?[^\W\d_]*"
"""Pattern of a number without its sign; letters that are not a suffix are a unit and are ignored."""
_FULL = re.compile(r"([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+))(?:[eEdD]([+-]?[0-9]+))?([^\W\d_]*)")
INFIX = re.compile(
    r"([+-]?[0-9]+)(meg|[tgkmunpfr\N{MICRO SIGN}\N{GREEK SMALL LETTER MU}])([0-9]+)", re.IGNORECASE
)
"""Pattern of a number whose suffix stands in the place of the decimal point, such as `4k7`."""


def _clipped(exponent: str) -> int:
    """Return the exponent; a very long one becomes a shorter one that overflows too."""
    return (
        int(exponent) if len(exponent) < 9 else int(f"{exponent[0]}99999" if exponent[0] in "+-" else 99999)
    )


def _scaled(digits: str, exponent: int, letters: str) -> float:
    """Return the number with its suffix, which is added to the exponent, so that 10u is 1e-05 exactly."""
    letters = letters.lower()
    if letters.startswith("mil"):
        return float(f"{digits}e{exponent - 6}") * _MIL
    power = 6 if letters.startswith("meg") else _SUFFIXES.get(letters[:1], 0)
    return float(f"{digits}e{exponent + power}")


def parse_number(text: str) -> float | None:
    """Return the value of `text` if it is a number with an optional suffix and nothing else, otherwise None.

    `1M` is 1e-3, `1meg` 1e6, `1mil` 25.4e-6, `1F` 1e-15; letters after a suffix are ignored; `2k2` is 2200
    and `4R7` is 4.7. A number that overflows gives None.
    """
    try:
        value = float(text) if text.isascii() and text[-1:].isdigit() and "_" not in text else None
    except ValueError:
        value = None
    if value is None:
        if found := _FULL.fullmatch(text):
            digits, exponent, letters = found.groups()
            value = _scaled(digits, _clipped(exponent or "0"), letters)
        elif found := INFIX.fullmatch(text):
            whole, letter, decimals = found.groups()
            value = _scaled(f"{whole}.{decimals}", 0, letter)
        else:
            return None
    return value if math.isfinite(value) else None


_UNITS = re.compile(
    r"(?:s|secs?|seconds?|v|volts?|a|amps?|amperes?|ohms?|\N{GREEK CAPITAL LETTER OMEGA}|hz|f|h)?"
)


def parse_quantity(text: str) -> float | None:
    """Return the value of a number as `parse_number` does, None too where letters are no suffix and no unit.

    A deck ignores such letters, as in `20q`, since ngspice does; behind an option they are a mistake.
    """
    if found := _FULL.fullmatch(text):
        letters = found[3].lower()
        suffix = next((s for s in ("meg", "mil") if letters.startswith(s)), letters[:1])
        known = suffix in (*_SUFFIXES, "meg", "mil")
        if not (_UNITS.fullmatch(letters) or (known and _UNITS.fullmatch(letters[len(suffix) :]))):
            return None
    return parse_number(text)
