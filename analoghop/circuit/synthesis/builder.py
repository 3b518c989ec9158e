"""`CircuitBuilder`: a circuit put together in Python, element by element, that reads as a deck does."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from numbers import Integral, Real
from pathlib import Path
from typing import Any

from analoghop.circuit.circuit import Circuit
from analoghop.circuit.netlist.writing import number
from analoghop.errors import InputError

Value = float | str
"""A number in SI units, or text as in a deck: `"10k"`, `"{gain}"`, `"PULSE(0 1 1m)"`."""

KINDS = ("tanh", "logistic")


class CircuitBuilder:
    """The lines of a deck, made by calls: nodes are names or numbers, ground is 0, values are in SI units.

        c = CircuitBuilder("Flip-flop of two amplifiers")
        c.r("r12", "v2", "u1", 10e3)
        c.r("r21", "v1", "u2", 10e3)
        c.c("c1", "u1", 0, 100e-9, ic=0.3)
        c.c("c2", "u2", 0, 100e-9, ic=-0.2)
        c.amplifier("x1", "u1", "v1", gain=2.0)
        c.amplifier("x2", "u2", "v2", gain=2.0)
        c.tran(20e-6, 30e-3, uic=True)
        simulate(c.circuit())

    Wherever a value is asked for, a text may stand as in a deck, an expression in braces with the
    parameters that `param` sets. The reader of decks judges everything, with the same sentences, when
    `circuit` is called: there a `NetlistError` names the line of `deck`. A call itself raises `InputError`
    for a number that is not finite, for a text of several lines, and for a name whose first letter is not
    that of its element in SPICE.
    """

    def __init__(self, title: str = "circuit") -> None:
        self._title = _one_line(title, "title")
        self._lines: list[str] = []
        self._library = False

    def __repr__(self) -> str:
        return f"CircuitBuilder({self._title!r}: {len(self._lines)} lines)"

    @property
    def deck(self) -> str:
        """The text of the deck."""
        library = [".include amplifiers.lib"] if self._library else []
        return "\n".join([self._title, *library, *self._lines, ".end", ""])

    def circuit(
        self,
        *,
        parameters: Mapping[str, str | float] | None = None,
        include_dirs: Sequence[str | Path] = (),
    ) -> Circuit:
        """Return the `Circuit`; `parameters` and `include_dirs` as in `Circuit.parse`, which raises."""
        return Circuit.parse(self.deck, parameters=parameters, include_dirs=include_dirs)

    def r(self, name: str, a: object, b: object, ohms: Value) -> None:
        """Add a resistor between the nodes `a` and `b`."""
        self._element("r", name, (a, b), _braced(ohms))

    def c(self, name: str, a: object, b: object, farads: Value, *, ic: Value | None = None) -> None:
        """Add a capacitor between `a` and `b`; `ic` is V(a,b) at t = 0 for a run with `uic`."""
        self._element("c", name, (a, b), _braced(farads), *_pairs(ic=ic))

    def l(  # noqa: E743 - SPICE's letter
        self, name: str, a: object, b: object, henries: Value, *, ic: Value | None = None
    ) -> None:
        """Add an inductor; `ic` is its current from `a` to `b` in ampere at t = 0 for a run with `uic`."""
        self._element("l", name, (a, b), _braced(henries), *_pairs(ic=ic))

    def k(self, name: str, first: str, second: str, factor: Value) -> None:
        """Couple two inductors by name; |factor| < 1."""
        self._element("k", name, (first, second), _braced(factor))

    def v(self, name: str, a: object, b: object, volts: Value) -> None:
        """Add a voltage source: V(a,b) = `volts`, or a text such as `"SIN(0 1 1k)"` or `"PULSE(0 1 1m)"`."""
        self._element("v", name, (a, b), _value(volts))

    def i(self, name: str, a: object, b: object, amperes: Value) -> None:
        """Add a current source: `amperes`, or a text as for `v`, from `a` through the source to `b`."""
        self._element("i", name, (a, b), _value(amperes))

    def e(self, name: str, a: object, b: object, c: object, d: object, gain: Value) -> None:
        """Add a voltage source V(a,b) = gain V(c,d)."""
        self._element("e", name, (a, b, c, d), _braced(gain))

    def g(self, name: str, a: object, b: object, c: object, d: object, siemens: Value) -> None:
        """Add a current source of `siemens` V(c,d) from `a` through the source to `b`."""
        self._element("g", name, (a, b, c, d), _braced(siemens))

    def f(self, name: str, a: object, b: object, source: str, gain: Value) -> None:
        """Add a current source of gain I(source), `source` being a voltage source."""
        self._element("f", name, (a, b, source), _braced(gain))

    def h(self, name: str, a: object, b: object, source: str, ohms: Value) -> None:
        """Add a voltage source of `ohms` I(source), `source` being a voltage source."""
        self._element("h", name, (a, b, source), _braced(ohms))

    def t(
        self,
        name: str,
        a: object,
        b: object,
        c: object,
        d: object,
        *,
        z0: Value,
        td: Value,
        ic: Sequence[Value] | None = None,
    ) -> None:
        """Add a lossless line from `a`, `b` to `c`, `d`: `z0` in ohms, its delay `td` in seconds.

        `ic` are V(a,b), the current into `a`, V(c,d) and the current into `c` before t = 0, for a run with
        `uic`.
        """
        waves = () if ic is None else (f"ic={','.join(map(_braced, ic))}",)
        self._element("t", name, (a, b, c, d), *_pairs(z0=z0, td=td), *waves)

    def b(self, name: str, a: object, b: object, *, v: str | None = None, i: str | None = None) -> None:
        """Add a behavioural source, of the voltage `v` or the current `i`: `v="tanh(5*V(u1))"`.

        Raises `InputError` where not exactly one of the two is given.
        """
        if (v is None) == (i is None):
            raise InputError(f"behavioural source {name}: give either `v` or `i`, an expression as in a deck")
        text = f"V={_one_line(v, 'v')}" if v is not None else f"I={_one_line(str(i), 'i')}"
        self._element("b", name, (a, b), text)

    def amplifier(
        self,
        name: str,
        input: object,
        output: object,
        inverted: object | None = None,
        *,
        gain: Value = 10.0,
        vsat: Value = 1.0,
        offset: Value = 0.0,
        kind: str = "tanh",
        rout: Value | None = None,
        pole: Value | None = None,
    ) -> None:
        """Add an amplifier of the library `amplifiers.lib`: a sigmoid of V(input) at `output`.

        `kind` is "tanh" (vsat tanh(gain (u - offset) / vsat)) or "logistic" (between 0 and vsat);
        `inverted` is the node of its inverting output. `rout` is the output resistance in ohm, `pole` the
        time constant in seconds with which the output follows. The input draws no current: its resistor and
        capacitor to ground are elements of their own. The name begins with x, as for every subcircuit.
        """
        if kind not in KINDS:
            raise InputError(f"amplifier {name}: `kind` must be one of {', '.join(KINDS)}, not {kind!r}")
        extra = {"rout": rout, "pole": pole}
        form = {(False, False): "", (True, False): "_rout", (False, True): "_pole", (True, True): "_real"}
        self._library = True
        unused = f"{name}_inverted" if inverted is None else inverted
        values = _pairs(gain=gain, vsat=vsat, offset=offset, **extra)
        cell = f"{kind}_amp{form[rout is not None, pole is not None]}"
        self._element("x", name, (input, output, unused), cell, "PARAMS:", *values)

    def param(self, **values: Value) -> None:
        """Set parameters, for expressions in braces."""
        self._lines.append(" ".join([".param", *_pairs(**values)]))

    def ic(self, volts: Mapping[str, Value] | None = None, /, **more: Value) -> None:
        """Set voltages of nodes at t = 0: `c.ic(u1=0.3, u2=-0.2)`, or `c.ic({"x1.p": 1.0})`."""
        pairs = {**(volts or {}), **more}
        self._lines.append(" ".join([".ic", *(f"v({_node(n)})={_braced(x)}" for n, x in pairs.items())]))

    def tran(self, step: Value, stop: Value, *, uic: bool = False) -> None:
        """Ask for a run until `stop` seconds; `uic` starts from the given voltages, not from rest."""
        self._lines.append(f".tran {_value(step)} {_value(stop)}{' uic' if uic else ''}")

    def line(self, text: str) -> None:
        """Add a line as it would stand in a deck, for all that has no method: `c.line(".op")`."""
        self._lines.append(_one_line(text, "text"))

    def _element(self, letter: str, name: str, nodes: Sequence[object], *rest: str) -> None:
        if not isinstance(name, str) or name[:1].lower() != letter:
            raise InputError(f"the name of this element must begin with {letter!r}, not be {name!r}")
        self._lines.append(" ".join([_node(name), *(_node(node) for node in nodes), *rest]))


def _one_line(text: str, what: str) -> str:
    if not isinstance(text, str) or len(text.splitlines()) > 1 or text != text.strip():
        raise InputError(
            f"`{what}` must be one line of text without blanks around it, not {str(text)[:80]!r}"
        )
    return text


def _node(name: Any) -> str:
    named = isinstance(name, str) or (isinstance(name, Integral) and name is not True and name is not False)
    text = str(name) if named else ""
    if not text or any(sign.isspace() or sign in "(){}=,;" for sign in text):
        raise InputError(f"a node or a name must be a word or a whole number, not {str(name)[:80]!r}")
    return text


def _value(value: Any) -> str:
    if isinstance(value, str):
        return _one_line(value, "value")
    if isinstance(value, bool) or not isinstance(value, Real) or not math.isfinite(value):
        raise InputError(f"a value must be a finite number or a text as in a deck, not {str(value)[:80]!r}")
    return number(float(value))


def _braced(value: Value) -> str:
    """Return a value whose place a reader takes for a model's name, were it no number: in braces, if text."""
    text = _value(value)
    plain = not isinstance(value, str) or text[:1] in "{'\"" or text[:1].isdigit() or text[:1] in "+-."
    return text if plain else f"{{{text}}}"


def _pairs(**values: Value | None) -> list[str]:
    return [f"{_node(name)}={_braced(value)}" for name, value in values.items() if value is not None]
