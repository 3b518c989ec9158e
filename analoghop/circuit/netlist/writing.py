"""From a `Circuit` to a deck that ngspice runs, and that is read back as an equal `Circuit`."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator

from analoghop.circuit.circuit import Circuit
from analoghop.circuit.elements import (
    BehaviouralCurrent,
    BehaviouralVoltage,
    Capacitor,
    CurrentControlledCurrent,
    CurrentControlledVoltage,
    CurrentSource,
    Diode,
    DiodeModel,
    Element,
    Inductor,
    MutualInductance,
    Resistor,
    Switch,
    SwitchModel,
    TransmissionLine,
    VoltageControlledCurrent,
    VoltageControlledVoltage,
    VoltageSource,
)
from analoghop.circuit.expressions import Call, Current, Expr, Number, Voltage, format_expression, simplify
from analoghop.circuit.netlist.text.lines import lower
from analoghop.circuit.requests import (
    Crossing,
    DerivedMeasure,
    FindMeasure,
    Frequencies,
    Instant,
    IntervalMeasure,
    Measure,
    StatisticMeasure,
    Sweep,
    When,
)
from analoghop.circuit.sources import Pwl, Waveform
from analoghop.circuit.transient_noise import TransientNoise
from analoghop.errors import InputError
from analoghop.schedules import Constant, Signal

WIDTH = 110
_NAME = re.compile(r"[^\s(){},='\"A-Z;]+")
_UNTITLED = re.compile(r"[\x00-\x08\x0a\x0d-\x1f\x7f]|^\ufeff")
_LETTERS = {
    Resistor: "r",
    Capacitor: "c",
    CurrentSource: "i",
    VoltageSource: "v",
    VoltageControlledVoltage: "e",
    VoltageControlledCurrent: "g",
    BehaviouralVoltage: "beh",
    BehaviouralCurrent: "bgfr",
    CurrentControlledVoltage: "h",
    CurrentControlledCurrent: "f",
    Inductor: "l",
    Diode: "d",
    Switch: "sw",
    TransmissionLine: "t",
}


def format_circuit(circuit: Circuit, *, foreach: bool = False) -> str:
    """Return the deck of `circuit`; lines longer than 110 characters are continued with `+`.

    An F or H source with a polynomial is written as `cur=` or `vol=`, which E and G have but not F and H of
    ngspice; `ngspice_deck` gives it another name. Sweeps are written as comments, or with `foreach` as a
    `.control` block of loops that ngspice executes; this needs sweeps of elements, since a circuit has no
    parameters. Raises `InputError` for names that a deck cannot hold and for values that are not finite.
    """
    if _UNTITLED.search(circuit.title):
        raise InputError("the title of a deck is one line of text")
    lines = [circuit.title]
    models = _models(circuit)
    lines += [_element(element, models) for element in circuit.elements]
    lines += map(_coupling, circuit.couplings)
    lines += [_model(name, model, letter) for (letter, model), name in models.items()]
    lines += _settings(circuit)
    lines += [_measure("tran", measure) for measure in circuit.measures]
    lines += [_measure("dc", measure) for measure in circuit.dc_measures]
    lines += [_measure("ac", measure) for measure in circuit.ac_measures]
    lines += _loops(circuit) if foreach else map(_sweep, circuit.sweeps)
    return "\n".join([*lines[:1], *map(_wrapped, lines[1:]), ".end", ""])


def number(value: float) -> str:
    """Return a finite number so that it is read back exactly."""
    if not math.isfinite(value):
        raise InputError(f"a deck cannot hold the value {value}")
    return repr(float(value)).removesuffix(".0")


def _word(text: str, what: str) -> str:
    if text.isidentifier() and text.islower() and text != "gnd" and text.isascii():
        return text  # the usual case, and faster than the pattern
    plain = _NAME.fullmatch(text) and "//" not in text and not text.startswith("$")
    if not plain or text == "gnd" or text != lower(text):
        raise InputError(f"{text!r} cannot be the {what} in a deck: a lower-case word is needed")
    return text


_Models = dict[tuple[str, DiodeModel | SwitchModel], str]


def _models(circuit: Circuit) -> _Models:
    """Return a name for each model, by its kind and values."""
    found: _Models = {}
    for element in circuit.elements:
        if isinstance(element, (Diode, Switch)):
            found.setdefault((element.name[0], element.model), f"model{len(found) + 1}")
    return found


def _model(name: str, model: DiodeModel | SwitchModel, letter: str) -> str:
    if isinstance(model, SwitchModel):
        kind, control = ("sw", "vt") if letter == "s" else ("csw", "it")
        values = {control: model.threshold, "ron": model.ron, "roff": model.roff}
        values |= {control.replace("t", "h"): model.hysteresis} if model.hysteresis else {}
    else:
        kind, values = "d", {"is": model.isat, "n": model.n, "rs": model.rs, "cjo": model.cjo}
        values |= {"m": model.grading, "vj": model.vj, "fc": model.fc, "tt": model.tt}
        values |= {} if model.bv is None else {"bv": model.bv, "ibv": model.ibv}
    given = " ".join(f"{key}={number(value)}" for key, value in values.items())
    return f".model {name} {kind}({given})"


def _coupling(coupling: MutualInductance) -> str:
    name = _word(coupling.name, "name of a coupling")
    ends = [_word(inductor, "inductor") for inductor in (coupling.first, coupling.second)]
    return " ".join([name, *ends, number(coupling.factor)])


def _element(element: Element, models: _Models) -> str:
    letters = _LETTERS[type(element)]
    name = _word(element.name, "name of an element")
    if name[0] not in letters:
        kind = type(element).__name__
        raise InputError(
            f"{name!r} cannot be the name of a {kind}: it must start with {' or '.join(letters)}"
        )
    head = f"{name} {_word(element.a, 'node')} {_word(element.b, 'node')}"
    if isinstance(element, TransmissionLine):
        return f"{head} {_line(element)}"
    if isinstance(element, (Diode, Switch)):
        control = f" {_control(element.control)}" if isinstance(element, Switch) else ""
        state = " on" if isinstance(element, Switch) and element.on else ""
        return f"{head}{control} {models[name[0], element.model]}{state}"
    if isinstance(element, (CurrentControlledVoltage, CurrentControlledCurrent)):
        source = _word(element.source, "source")
        if source in ("poly", "value", "vol", "cur"):
            raise InputError(f"{source!r} cannot be a controlling source: it is a keyword there")
        return f"{head} {source} {number(element.gain)}"
    if isinstance(element, (Resistor, Capacitor, Inductor)):
        initial = None if isinstance(element, Resistor) else element.ic
        ic = "" if initial is None else f" ic={number(initial)}"
        if not element.value > 0:
            raise InputError(f"`{name}` has the value {element.value:g}: a positive one is needed")
        return f"{head} {number(element.value)}{ic}"
    if isinstance(element, (VoltageSource, CurrentSource)):
        return f"{head} {_source(element)}"
    if isinstance(element, (VoltageControlledVoltage, VoltageControlledCurrent)):
        c, d = _word(element.c, "node"), _word(element.d, "node")
        if c in _KEYWORDS:
            raise InputError(f"{c!r} cannot be a controlling node: it is a keyword there")
        return f"{head} {c} {d} {number(element.gain)}"
    if name[0] == "r":
        return f"{head} R='{_expression(_resistance(element))}'"
    key = "vol=" if isinstance(element, BehaviouralVoltage) else "cur="
    key = {"vol=": "V=", "cur=": "I="}[key] if name[0] == "b" else key
    text = _expression(element.expression)
    return f"{head} {key}{text}" if name[0] == "b" else f"{head} {key}'{text}'"


def _line(line: TransmissionLine) -> str:
    for what, value in (("impedance", line.impedance), ("delay", line.delay)):
        if not value > 0:
            raise InputError(f"`{line.name}` has the {what} {value:g}: a positive one is needed")
    ends = f"{_word(line.c, 'node')} {_word(line.d, 'node')}"
    ic = "" if line.ic is None else f" ic={','.join(map(number, line.ic))}"
    return f"{ends} z0={number(line.impedance)} td={number(line.delay)}{ic}"


def _control(control: Expr) -> str:
    match control:
        case Voltage(c, d):
            return f"{_word(c, 'node')} {_word(d, 'node')}"
        case Current(source):
            return _word(source, "source")
    raise InputError("the control of a switch is V(c,d) or I(source)")


def _resistance(element: Element) -> Expr:
    match element:
        case BehaviouralCurrent(_, a, b, Call("div", (Voltage() as across, resistance))):
            if across == Voltage(a, b):
                return resistance
    raise InputError(
        f"the current of `{element.name}` is no voltage divided by a resistance: call it b... instead"
    )


def _expression(expr: Expr) -> str:
    text = format_expression(expr)
    if "^" in text:
        simplify(expr, strict=True)  # raises for an expression that could not be read back
    return text


_KEYWORDS = ("value", "vol", "cur", "table", "poly")


def _source(source: VoltageSource | CurrentSource) -> str:
    level = "" if source.dc is None else f"DC {number(source.dc)} "
    phasor = "" if source.ac is None else f" AC {' '.join(map(number, source.ac))}"
    return f"{level}{_signal(source.signal)}{phasor}"


def _signal(signal: Signal) -> str:
    if isinstance(signal, Constant):
        return f"DC {number(signal.level)}"
    if isinstance(signal, Waveform):
        level = f"DC {number(signal.level)} " if isinstance(signal, TransientNoise) and signal.level else ""
        repeat = signal.repeat if isinstance(signal, Pwl) else None
        again = "" if repeat is None else f" r={number(repeat)}"
        return f"{level}{signal.keyword.upper()}({' '.join(map(number, signal.arguments()))}){again}"
    raise InputError(
        f"a deck cannot hold the source {type(signal).__name__}: use PULSE, PWL, SIN, EXP or TRNOISE"
    )


def _settings(circuit: Circuit) -> Iterator[str]:
    for command, pairs in ((".ic", circuit.initial), (".nodeset", circuit.nodeset)):
        if pairs:
            yield " ".join([command, *(f"v({_word(node, 'node')})={number(value)}" for node, value in pairs)])
    if circuit.johnson is not None:
        yield f"*!analoghop johnson {number(circuit.johnson)}"
    drawn = circuit.monte_carlo
    if drawn is not None:
        settings = (("parts", drawn.parts), ("seed", drawn.seed), *drawn.scatter)
        yield " ".join(["*!analoghop mc", *(f"{key}={value}" for key, value in settings)])
    if circuit.options:
        yield " ".join([".options", *map(_option, circuit.options)])
    if circuit.saves:
        yield " ".join([".save", *circuit.saves])
    if circuit.op:
        yield ".op"
    yield from _analyses(circuit)
    if circuit.tran:
        tran = circuit.tran
        times = [tran.step, tran.stop]
        if tran.start or tran.max_step:
            times.append(tran.start)
        if tran.max_step:
            times.append(tran.max_step)
        yield " ".join([".tran", *map(number, times), *(["uic"] if tran.uic else [])])


def _analyses(circuit: Circuit) -> Iterator[str]:
    if circuit.dc:
        yield " ".join([".dc", *(f"{_word(name, 'source')} {_numbers(rest)}" for name, *rest in circuit.dc)])
    if circuit.ac:
        yield f".ac {_frequencies(circuit.ac)}"
    if circuit.noise:
        node, reference, source, frequencies, celsius = circuit.noise
        if celsius != 27.0 or "temp" in dict(circuit.options):
            yield f".temp {number(celsius)}"
        nodes = ",".join(_word(name, "node") for name in (node, reference) if name != "0" or name is node)
        yield f".noise v({nodes}) {_word(source, 'source')} {_frequencies(frequencies)}"


def _numbers(values: Iterable[float]) -> str:
    return " ".join(map(number, values))


def _frequencies(frequencies: Frequencies) -> str:
    return f"{frequencies.kind} {frequencies.points} {_numbers(frequencies[2:])}"


def _option(option: tuple[str, str]) -> str:
    name, value = (_word(text, "option") if text else "" for text in option)
    return f"{name}={value}" if value else name


def _sweep(sweep: Sweep) -> str:
    return " ".join(
        ["*!analoghop step param", _word(sweep.name, "parameter"), "list", *map(number, sweep.values)]
    )


def _loops(circuit: Circuit) -> Iterator[str]:
    kinds = {element.name: element for element in circuit.elements}
    yield ".control"
    for k, sweep in enumerate(circuit.sweeps):
        element = kinds.get(sweep.name)
        if element is None:
            raise InputError(
                f"`{sweep.name}` is no element: a circuit has no parameters that ngspice could sweep"
            )
        yield " ".join([f"foreach value{k}", *map(number, sweep.values)])
        target = _TARGETS.get(type(element))
        moving = isinstance(element, (VoltageSource, CurrentSource)) and not isinstance(
            element.signal, Constant
        )
        if target is None or moving:
            raise InputError(f"`{sweep.name}` has no single value that ngspice can alter")
        yield f"alter {sweep.name}{target} = $value{k}"
    yield "run"
    yield from ["end"] * len(circuit.sweeps)
    yield ".endc"


_TARGETS = {
    Resistor: "",
    Capacitor: "",
    VoltageSource: " dc",
    CurrentSource: " dc",
    VoltageControlledVoltage: " gain",
    VoltageControlledCurrent: " gain",
}


def _measure(analysis: str, measure: Measure) -> str:
    everything = 0.0 if analysis == "tran" else -math.inf  # the lower bound that leaves nothing out
    name = _word(measure.name, "name of a measurement")
    if not name.isidentifier():
        raise InputError(f"{name!r} cannot be the name of a measurement: letters and digits are needed")
    head = f".meas {analysis} {name}"
    if isinstance(measure, DerivedMeasure):
        return f"{head} PARAM='{_expression(measure.expression)}'"
    if isinstance(measure, IntervalMeasure):
        return f"{head} TRIG {_event(measure.trigger, everything)} TARG {_event(measure.target, everything)}"
    if isinstance(measure, FindMeasure) and isinstance(measure.when, Instant):
        return f"{head} {_find(measure, everything)}"
    limits = f" FROM={number(measure.start)}" if measure.start != everything else ""
    limits += "" if measure.stop is None else f" TO={number(measure.stop)}"
    if isinstance(measure, StatisticMeasure):
        return f"{head} {measure.statistic.upper()} {_observed(measure.quantity)}{limits}"
    return f"{head} {_find(measure, everything)}{limits}"


def _find(measure: FindMeasure, everything: float) -> str:
    found = f"FIND {_observed(measure.quantity)} " if measure.quantity is not None else ""
    when = measure.when
    if isinstance(when, Instant):
        if not found or measure.start not in (0.0, everything) or measure.stop is not None:
            raise InputError(f"the measurement {measure.name} needs a quantity, and no range beside its time")
        return f"{found}AT={number(when.time)}"
    return f"{found}WHEN {_observed(when.left)}={_observed(when.right)}{_edge(when, everything)}"


_PARTS = {"mag": "m", "phase": "p", "real": "r", "imag": "i", "db": "db"}


def _event(when: When, everything: float) -> str:
    if isinstance(when, Instant):
        return f"AT={number(when.time)}"
    return f"{_observed(when.left)} VAL={_observed(when.right)}{_edge(when, everything)}"


def _edge(when: Crossing, everything: float) -> str:
    after = f" TD={number(when.after)}" if when.after != everything else ""
    return f" {when.edge.upper()}={when.count or 'LAST'}{after}"


def _observed(expr: Expr) -> str:
    if isinstance(expr, Call) and expr.function in _PARTS:
        (leaf,) = expr.arguments
        inside = f"({leaf.a},{leaf.b})" if isinstance(leaf, Voltage) and leaf.b != "0" else ""
        inside = inside or f"({leaf.a if isinstance(leaf, Voltage) else leaf.source})"  # type: ignore[union-attr]
        return f"{'v' if isinstance(leaf, Voltage) else 'i'}{_PARTS[expr.function]}{inside}"
    if isinstance(expr, (Number, Current)) or (isinstance(expr, Voltage) and expr.b == "0"):
        return format_expression(expr)
    return f"par('{_expression(expr)}')"


def _wrapped(line: str) -> str:
    if len(line) <= WIDTH or line.startswith("*"):
        return line
    rows, row = [], ""
    for word in line.split(" "):
        if row and len(row) + len(word) >= WIDTH:
            rows.append(row)
            row = "+"
        row = f"{row} {word}" if row else word
    return "\n".join([*rows, row])
