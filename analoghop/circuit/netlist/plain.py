"""The fast path for plain lines: a resistor or capacitor, two nodes and a number, nothing else."""

from __future__ import annotations

import math
import re

from analoghop.circuit.elements import GROUND, Capacitor, Resistor
from analoghop.circuit.expressions import parse_number
from analoghop.circuit.netlist.statements.bodies import MAX_ELEMENTS, Body
from analoghop.circuit.netlist.text.lines import DeckSource

_PLAIN = re.compile(r"[\w.]+")


class _Suffixed(dict[str, float]):
    """Numbers with suffixes by their text; 0 for a text that the full parser must read."""

    def __missing__(self, text: str) -> float:
        value = parse_number(text) or 0.0
        plain = text[-1:].isalpha() and (value >= 1.0 or "m" not in text)
        self[text] = result = value if plain else 0.0
        return result


class _Nodes(dict[str, str]):
    """Node names, each string stored once; `KeyError` for a name that is not plain."""

    def __missing__(self, text: str) -> str:
        if not _PLAIN.fullmatch(text):
            raise KeyError(text)
        self[text] = text
        return text


class PlainLines:
    """Reads plain lines."""

    def __init__(self) -> None:
        self.nodes = _Nodes({GROUND: GROUND, "gnd": GROUND})
        self.suffixed = _Suffixed()

    def read(self, source: DeckSource, body: Body, start: int, stop: int) -> int:
        """Add the plain lines from `start` on to `body`; return the first line that is not plain."""
        if not source.ascii:
            return start
        lines, nodes, suffixed, add = source.lines, self.nodes, self.suffixed, body.items.append
        new, inf = tuple.__new__, math.inf  # NamedTuple's own constructor takes three times as long
        index, stop = start, min(stop, start + MAX_ELEMENTS - len(body.items))
        while index < stop:
            fields = lines[index].split()
            if len(fields) != 4:
                break
            name, a, b, number = fields
            letter = name[0]
            if letter not in "rc" or not (name.isidentifier() or name.replace(".", "_").isidentifier()):
                break
            try:
                a, b = nodes[a], nodes[b]
                value = float(number)
            except KeyError:
                break
            except ValueError:
                value = suffixed[number]
            if not 0.0 < value < inf or "_" in number:
                break
            if letter == "r":
                add(new(Resistor, (name, a, b, value)))
            else:
                add(new(Capacitor, (name, a, b, value, None)))
            index += 1
        body.numbers.extend(range(source.base + start, source.base + index))
        return index
