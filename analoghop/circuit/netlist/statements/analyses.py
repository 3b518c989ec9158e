"""`.dc`, `.ac` and `.noise`: the analyses at a standstill that a deck requests."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Literal, cast

from analoghop.circuit.elements import GROUND
from analoghop.circuit.netlist.scopes import Scope, quantity
from analoghop.circuit.netlist.text.fields import Word, words
from analoghop.circuit.netlist.text.lines import DeckLine
from analoghop.circuit.netlist.text.places import Place
from analoghop.circuit.requests import Frequencies, NoiseRequest, SweptSource

DC = ".dc source start stop step [source2 start2 stop2 step2]"
AC = ".ac dec|oct|lin points start stop"
NOISE = ".noise v(node[,reference]) source dec|oct|lin points start stop"
MAX_POINTS = 100_000
"""Largest number of points of one analysis."""
_OUTPUT = re.compile(r"\s*v\s*\(\s*([^\s(),{}'\"=]+)\s*(?:,\s*([^\s(),{}'\"=]+)\s*)?\)\s*")


def dc(lines: Sequence[DeckLine], scope: Scope) -> tuple[SweptSource, ...]:
    """Return the swept quantities of `.dc`, () without it; `NetlistError` for steps that lead nowhere."""
    line = _only(lines, ".dc")
    if line is None:
        return ()
    fields = words(line)[1:]
    if len(fields) not in (4, 8):
        raise line.error(f".dc has {len(fields)} words", len(line.text), DC)
    swept = tuple(_swept(line, fields[k : k + 4], scope) for k in range(0, len(fields), 4))
    if len({one.name for one in swept}) < len(swept):
        raise line.error(f"`{swept[0].name}` is swept twice", fields[4].offset, DC)
    if math.prod(steps(one) for one in swept) > MAX_POINTS:
        raise line.error(f"the sweep has more than {MAX_POINTS} points", expected=DC)
    return swept


def _swept(line: DeckLine, fields: Sequence[Word], scope: Scope) -> SweptSource:
    start, stop, step = (scope.number(quantity(line, field, DC)) for field in fields[1:])
    if not all(map(math.isfinite, (start, stop, step))):
        raise line.error("the numbers of .dc are not finite", fields[1].offset, DC)
    if step == 0 or (stop - start) / step < 0:
        reason = f"no step of {step:g} leads from {start:g} to {stop:g}"
        raise line.error(reason, fields[3].offset, DC)
    one = SweptSource(fields[0].text, start, stop, step)
    if not abs(stop - start) / abs(step) < MAX_POINTS:
        raise line.error(f"the sweep has more than {MAX_POINTS} points", fields[3].offset, DC)
    return one


def steps(swept: SweptSource) -> int:
    """Return the number of values of a swept quantity."""
    return math.floor((swept.stop - swept.start) / swept.step * (1 + 1e-12) + 1e-9) + 1


def ac(lines: Sequence[DeckLine], scope: Scope) -> Frequencies | None:
    """Return the frequencies of `.ac`, None without it."""
    line = _only(lines, ".ac")
    return None if line is None else _frequencies(line, words(line)[1:], scope, AC)


def noise(lines: Sequence[DeckLine], place: Place, celsius: float) -> NoiseRequest | None:
    """Return what `.noise` asks for, None without it."""
    line = _only(lines, ".noise")
    if line is None:
        return None
    position = line.start + len(".noise")
    output = _OUTPUT.match(line.text, position)
    if not output:
        raise line.error("this is no output voltage", position, NOISE)
    node, reference = (place.node(name) if name else GROUND for name in output.groups())
    fields = words(line, output.end(), len(line.text))
    if not 5 <= len(fields) <= 6:
        raise line.error(f"after its output .noise has {len(fields)} words", len(line.text), NOISE)
    frequencies = _frequencies(line, fields[1:5], place.scope, NOISE)
    return NoiseRequest(node, reference, fields[0].text, frequencies, celsius)


def _frequencies(line: DeckLine, fields: Sequence[Word], scope: Scope, form: str) -> Frequencies:
    if len(fields) != 4:
        raise line.error(f"there are {len(fields)} words for the frequencies", len(line.text), form)
    kind = fields[0].text
    if kind not in ("dec", "oct", "lin"):
        raise line.error(f"`{kind}` is no kind of steps", fields[0].offset, form)
    points, start, stop = (scope.number(quantity(line, field, form)) for field in fields[1:])
    if not (points >= 1 and points == int(min(points, 1e18))):
        raise line.error(f"the number of points is {points:g}", fields[1].offset, "a whole number from 1")
    least = 0.0 if kind == "lin" else 5e-324
    if not least <= start <= stop < math.inf:
        reason = f"the frequencies go from {start:g} to {stop:g} Hz"
        raise line.error(reason, fields[2].offset, "start to stop, from 0 with lin, else from above 0")
    octaves = math.log2(stop) - math.log2(start) if kind != "lin" else 1.0
    if points * octaves * (math.log10(2.0) if kind == "dec" else 1.0) > MAX_POINTS:
        raise line.error(f"there are more than {MAX_POINTS} frequencies", fields[1].offset, form)
    return Frequencies(cast(Literal["dec", "oct", "lin"], kind), int(points), start, stop)


def _only(lines: Sequence[DeckLine], name: str) -> DeckLine | None:
    if len(lines) > 1:
        raise lines[-1].error(
            f"there is a second {name}, after {lines[0].at()}", expected=f"one {name} in a deck"
        )
    return lines[0] if lines else None
