"""`*!analoghop mc`: the parts of a deck that scatter, for studies."""

from __future__ import annotations

import re
from collections.abc import Sequence

from analoghop.circuit.netlist.text.lines import DeckLine
from analoghop.circuit.requests import MonteCarlo

FORM = "*!analoghop mc parts=NUMBER [seed=NUMBER] [elements=PATTERN,...] [tolerance=NUMBER] [law=WORD] ..."
_HEAD = re.compile(r"\s*\*!analoghop\s+mc\b")
_PAIR = re.compile(r"\s*([\w.]+)\s*=\s*(\S+)")


def is_monte_carlo(line: DeckLine) -> bool:
    """Return whether a comment of ours asks for parts that scatter."""
    return _HEAD.match(line.text) is not None


def monte_carlo(lines: Sequence[DeckLine]) -> MonteCarlo | None:
    """Return what the `*!analoghop mc` comment of a deck asks for; None without one.

    The keys beside `parts` and `seed` are those of the table `[tolerance]` of a study; values with commas are
    lists. Raises `NetlistError` for a line that is not of this form, and for a second one.
    """
    found: MonteCarlo | None = None
    for line in filter(is_monte_carlo, lines):
        if found is not None:
            raise line.error("the parts scatter twice: one such line is enough", expected=FORM)
        found = _read(line)
    return found


def _read(line: DeckLine) -> MonteCarlo:
    head = _HEAD.match(line.text)
    assert head is not None
    position, pairs = head.end(), dict[str, str]()
    while line.text[position:].strip():
        pair = _PAIR.match(line.text, position)
        if pair is None:
            raise line.error("this is no setting", position, FORM)
        if pair[1] in pairs:
            raise line.error(f"`{pair[1]}` is given twice", pair.start(1), FORM)
        pairs[pair[1]], position = pair[2], pair.end()
    counts = {
        name: _count(line, pairs.pop(name, default)) for name, default in (("parts", ""), ("seed", "0"))
    }
    return MonteCarlo(counts["parts"], counts["seed"], tuple(pairs.items()))


def _count(line: DeckLine, text: str) -> int:
    if not text.isdigit():
        reason = f"`{text}` is no whole number" if text else "the line does not say how many parts are drawn"
        raise line.error(reason, max(line.text.find(text), 0) if text else len(line.text), FORM)
    return int(text)
