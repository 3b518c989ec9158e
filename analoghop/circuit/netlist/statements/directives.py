"""Top-level commands of a deck: `.tran`, `.options`, `.save`, `.temp`, and `*!analoghop` comments."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence

from analoghop.circuit.elements import Element
from analoghop.circuit.netlist.scopes import Scope, quantity
from analoghop.circuit.netlist.statements.parts import FORM as MC
from analoghop.circuit.netlist.statements.parts import is_monte_carlo
from analoghop.circuit.netlist.text.fields import Word, pairs, words
from analoghop.circuit.netlist.text.lines import DeckLine
from analoghop.circuit.netlist.text.places import Place
from analoghop.circuit.requests import Sweep, Tran
from analoghop.errors import NetlistError

TRAN = ".tran step stop [start [max_step]] [uic], or .tran stop"
DEFAULT_POINTS = 1000
"""Recorded times where `.tran` gives no step, or the step 0."""
OPTIONS = ".options name=value ... flag ..."
JOHNSON = "*!analoghop johnson [temperature in Celsius]"
SWEEP = "*!analoghop step param NAME list a b c, or start stop increment"
MAX_VALUES = 100_000
"""Largest number of values of one sweep."""
_NODE = r"\s*([^\s(),{}'\"=]+)\s*"
_SIGNAL = re.compile(rf"(?:([vi])\s*\({_NODE}(?:,{_NODE})?\)|(@\S+)|([^\s(),{{}}'\"=]+))[\s,]*")
_EXPECTED = re.compile(r"\*\s?expect\s+([vi]\([^\s()]+\))\s+at\s")


def tran(lines: Sequence[DeckLine], scope: Scope) -> Tran | None:
    """Return the deck's transient; raises `NetlistError` for two `.tran` lines and for impossible times."""
    if not lines:
        return None
    line = lines[-1]
    if len(lines) > 1:
        raise line.error(f"there is a second .tran, after {lines[0].at()}", expected="one .tran in a deck")
    return _tran(line, scope)


def control_tran(lines: Sequence[DeckLine], scope: Scope) -> Tran | None:
    """Return the transient of the first `tran` in a block `.control`, None without a readable one.

    It is the only command of such a block that is followed; a notice says so.
    """
    for line in lines[:1]:
        try:
            found = _tran(line, scope)
        except NetlistError as error:
            line.notice(f"`tran` in the block `.control` cannot be read, {error.reason}", line.start)
            return None
        line.notice("`tran` is taken from the block `.control`, of which nothing else is run", line.start)
        return found
    return None


def other_analyses(lines: Sequence[DeckLine], instead: Mapping[str, str], transient: bool) -> None:
    """Skip other analyses than the transient with a notice; raises `NetlistError` where they stand alone."""
    for line in lines:
        name = line.text.split(None, 1)[0]
        if not transient:
            raise line.error(f"`{name}` is not supported: {instead[name]}", line.start)
        line.notice(f"`{name}` is skipped: {instead[name]}", line.start)


def _tran(line: DeckLine, scope: Scope) -> Tran:
    fields = words(line)[1:]
    ignored = [field for field in fields if field.text in ("startup", "steady", "nodiscard")]
    for field in ignored:
        line.notice(f"`{field.text}` of .tran is not used", field.offset)
    fields = [field for field in fields if field not in ignored]
    uic = bool(fields) and fields[-1].text == "uic"
    fields = fields[:-1] if uic else fields
    if not 1 <= len(fields) <= 4:
        raise line.error(f".tran has {len(fields)} times", fields[4].offset if len(fields) > 4 else 0, TRAN)
    times = [scope.number(quantity(line, field, TRAN)) for field in fields]
    if len(fields) == 1:  # `.tran stop`
        fields, times = [fields[0], *fields], [0.0, *times]
    step, stop, start, max_step = [*times, *(0.0, 0.0)[len(times) - 2 :]]
    if step == 0 and 0 < stop < math.inf:
        step = stop / DEFAULT_POINTS
    for value, field, name in ((stop, fields[1], "stop"), (step, fields[0], "step")):
        if not 0 < value < math.inf:
            raise line.error(f"the {name} of .tran is {value:g}", field.offset, "a positive time")
    if not 0 <= start < stop:
        raise line.error(f"the start of .tran is {start:g}", fields[2].offset, "a time from 0 to the stop")
    if max_step < 0:
        raise line.error(f"the largest step of .tran is {max_step:g}", fields[3].offset, "a positive time")
    return Tran(step, stop, start, max_step or None, uic)


def temperature(lines: Sequence[DeckLine], options: Sequence[DeckLine], option: str = "temp") -> float:
    """Return the temperature in Celsius from `.temp`, else from `.options temp=`, else 27, as in ngspice.

    With the `option` "tnom" the nominal temperature.
    """
    for line in lines[-1:]:
        fields = words(line)[1:]
        if len(fields) == 1 and isinstance(value := quantity(line, fields[0], ".temp value"), float):
            return value
        raise line.error("the temperature is no single number", expected=".temp value")
    given = [(line, pair) for line in options for pair in pairs(line)[1] if pair.name == option]
    for line, pair in given[-1:]:
        first = words(line, pair.offset, pair.offset + len(pair.text))[0]
        form = f".options {option}=value"
        if isinstance(value := quantity(line, first, form), float):
            return value
        raise line.error("the temperature is no single number", pair.offset, form)
    return 27.0


def options(lines: Sequence[DeckLine], scope: Scope) -> tuple[tuple[str, str], ...]:
    """Return names and values of `.options`, "" for flags; a later one replaces an earlier one."""
    found: dict[str, str] = {}
    for line in lines:
        head, given = pairs(line)
        _flags(line, words(line, 0, head)[1:], found)
        for pair in given:
            first, *flags = words(line, pair.offset, pair.offset + len(pair.text))
            value = quantity(line, first, OPTIONS) if first.braced else first.text
            found[pair.name] = value if isinstance(value, str) else repr(scope.number(value))
            _flags(line, flags, found)
    return tuple(found.items())


def _flags(line: DeckLine, fields: Sequence[Word], found: dict[str, str]) -> None:
    for field in fields:
        if field.braced or field.text == "=":
            raise line.error(f"`{field.text}` is no option", field.offset, OPTIONS)
        found[field.text] = ""


def saves(lines: Sequence[DeckLine], place: Place) -> tuple[str, ...]:
    """Return the signals of `.save`, as "v(a)" and "i(v1)"; () for all signals."""
    found: dict[str, None] = {}
    everything = not lines
    for line in lines:
        position = line.start + len(".save")
        position += len(line.text[position:]) - len(line.text[position:].lstrip())
        while position < len(line.text):
            match = _SIGNAL.match(line.text, position)
            if not match:
                raise line.error("this is no signal", position, ".save v(node) i(source) all ...")
            position = match.end()
            kind, a, b, inner, bare = match.groups()
            if inner:
                line.notice(f"`{inner}` is not kept: only voltages, and currents of sources", match.start())
            elif bare == "all":
                everything = True
            elif kind == "i":
                found[f"i({a})"] = None
            else:
                nodes = map(place.node, filter(None, (a, b, bare)))
                found.update((f"v({node})", None) for node in nodes if node != "0")
    return () if everything else tuple(found)


def expected(lines: Sequence[DeckLine]) -> tuple[str, ...]:
    """Return the signals that comments `* expect SIGNAL at TIME ...` name, in their order."""
    found = (_EXPECTED.match(line.text) for line in lines)
    return tuple(dict.fromkeys(match[1] for match in found if match))


def johnson(lines: Sequence[DeckLine], scope: Scope, temperature: float) -> float | None:
    """Return the temperature in Celsius of the resistors' noise by `*!analoghop johnson`, None without it.

    By default the deck's `temperature`.
    """
    celsius = None
    for line in lines:
        fields = words(line)[1:]
        if not fields or fields[0].text != "johnson":
            continue
        if len(fields) > 2:
            raise line.error(f"`{fields[2].text}` is unexpected", fields[2].offset, JOHNSON)
        celsius = scope.number(quantity(line, fields[1], JOHNSON)) if len(fields) == 2 else temperature
        if not -273.15 <= celsius < math.inf:
            raise line.error(f"the temperature is {celsius:g} Celsius", fields[-1].offset, JOHNSON)
    return celsius


def sweeps(lines: Sequence[DeckLine], place: Place, elements: Iterable[Element]) -> tuple[Sweep, ...]:
    """Return the sweeps that `*!analoghop step` comments and `.step` lines ask for.

    Any other `*!analoghop` comment, and a name that is neither a parameter nor one of `elements`, gives a
    notice.
    """
    found: dict[str, Sweep] = {}
    for line in lines:
        fields = words(line)
        fields = [fields[0]._replace(text="step"), *fields[1:]] if fields[0].text == ".step" else fields[1:]
        if (fields and fields[0].text == "johnson") or is_monte_carlo(line):
            continue
        if not fields or fields[0].text != "step":
            line.notice(f"this comment is not understood, expected {SWEEP}; {JOHNSON}; or {MC}")
            continue
        sweep = _sweep(line, fields[1:], place.scope)
        if sweep.name in found:
            raise line.error(f"`{sweep.name}` is swept twice", expected=SWEEP)
        found[sweep.name] = sweep
        known = sweep.name in place.scope.definitions or any(e.name == sweep.name for e in elements)
        if not known:
            line.notice(f"`{sweep.name}` is no parameter and no element: sweeping it changes nothing")
    return tuple(found.values())


def _sweep(line: DeckLine, fields: list[Word], scope: Scope) -> Sweep:
    kind = fields.pop(0).text if fields and fields[0].text in ("dec", "oct", "lin") else "lin"
    if fields and fields[0].text == "param":
        fields.pop(0)
    if len(fields) < 2:
        raise line.error("the sweep is incomplete", len(line.text), SWEEP)
    name, *rest = fields
    if rest[0].text in ("dec", "oct", "lin") and len(rest) > 1:
        kind = rest.pop(0).text
    if rest[0].text == "list":
        values = tuple(scope.number(quantity(line, field, SWEEP)) for field in rest[1:])
    elif len(rest) == 3:
        values = _steps(line, kind, [scope.number(quantity(line, field, SWEEP)) for field in rest])
    else:
        raise line.error("this is no list and no range", rest[0].offset, SWEEP)
    if not values:
        raise line.error("the list is empty", len(line.text), SWEEP)
    return Sweep(name.text, values)


def _steps(line: DeckLine, kind: str, numbers: Sequence[float]) -> tuple[float, ...]:
    start, stop, step = numbers
    if kind == "lin":
        if step == 0 or (stop - start) / step < 0:
            raise line.error(f"no step of {step:g} leads from {start:g} to {stop:g}", expected=SWEEP)
        intervals = (stop - start) / step
        ratio = 0.0
    else:
        if not (0 < start <= stop and 1 <= step <= MAX_VALUES):
            raise line.error("a logarithmic sweep goes from a positive number up", expected=SWEEP)
        ratio = (10.0 if kind == "dec" else 2.0) ** (1.0 / step)
        intervals = math.log(stop / start) / math.log(ratio)
    if not intervals < MAX_VALUES:
        raise line.error(f"the sweep has more than {MAX_VALUES} values", expected=SWEEP)
    count = math.floor(intervals * (1 + 1e-12) + 1e-9) + 1
    return tuple(start * ratio**k if ratio else start + k * step for k in range(count))
