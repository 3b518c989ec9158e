"""`Net`: a circuit that grows by one element after the other, and the tables of elements and waveforms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

MODES = ("uic", "ic", "op")
"""Starts: from IC= of the capacitors; from an operating point with held nodes; from the operating point."""
SPANS = (10e-6, 1e-3, 0.1)
OHMS = (1e3, 10e3, 1e6)


@dataclass
class Net:
    """A circuit that grows: its lines, its dynamic nodes, and the nodes that amplifiers may read.

    `span` is the length of the run in s, `ohms` a typical resistance, `mode` one of `MODES`. Outputs of
    amplifiers are `outputs`, nodes of sources `sources`, names of V sources `currents`.
    """

    random: Random
    span: float
    ohms: float
    mode: str
    lines: list[str] = field(default_factory=list)
    nodes: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    outputs: list[str] = field(default_factory=list)
    currents: list[str] = field(default_factory=list)
    initial: list[str] = field(default_factory=list)
    definitions: dict[str, str] = field(default_factory=dict)
    count: int = 0

    def name(self, letter: str) -> str:
        """Return a new name that begins with `letter`."""
        self.count += 1
        return f"{letter}{self.count}"

    def add(self, line: str) -> None:
        """Append a line."""
        self.lines.append(line)

    def number(self, low: float, high: float) -> str:
        """Return a number between two, with six digits."""
        return f"{self.random.uniform(low, high):.6g}"

    def time(self, low: float, high: float) -> str:
        """Return a time, given as fractions of the run."""
        return self.number(low * self.span, high * self.span)

    def resistance(self) -> str:
        """Return a resistance."""
        return self.number(0.5 * self.ohms, 3.0 * self.ohms)

    def capacitance(self) -> str:
        """Return a capacitance, for time constants of a twentieth of the run up to half of it."""
        return self.number(0.05 * self.span / self.ohms, 0.5 * self.span / self.ohms)

    def inductance(self) -> str:
        """Return an inductance, for time constants as those of `capacitance`."""
        return self.number(0.05 * self.span * self.ohms, 0.5 * self.span * self.ohms)

    @property
    def gain(self) -> str:
        """A gain of an amplifier; a small one where several operating points would leave the start open."""
        sign = self.random.choice(("", "-"))
        return sign + (self.number(0.2, 0.8) if self.mode == "op" else self.number(0.3, 8.0))

    def node(self) -> str:
        """Return a dynamic node."""
        return self.random.choice(self.nodes)

    def voltage(self) -> str:
        """Return a voltage that an expression may read."""
        pool = self.nodes * 3 + self.sources * 2 + self.outputs
        a = self.random.choice(pool)
        if self.random.random() < 0.2:
            return f"V({a},{self.random.choice([*self.nodes, '0'])})".replace(f"({a},{a})", f"({a})")
        return f"V({a})"

    def moving(self) -> str:
        """Return the voltage of a source."""
        return f"V({self.random.choice(self.sources)})"

    def dynamic(self) -> str:
        """Add a node with a capacitor and a resistor to ground; return its name."""
        node = self.name("u")
        self.nodes.append(node)
        start = self.number(-0.5, 0.5)
        given = f" IC={start}" if self.mode == "uic" and self.random.random() < 0.8 else ""
        self.add(f"{self.name('C')} {node} 0 {self.capacitance()}{given}")
        self.add(f"{self.name('R')} {node} 0 {self.resistance()}")
        if self.mode == "ic":
            self.initial.append(f"v({node})={start}")
        return node

    def feed(self, output: str) -> None:
        """Let an output drive one or two dynamic nodes through resistors, and be read by others."""
        for _ in range(self.random.choice((1, 1, 2))):
            self.add(f"{self.name('R')} {output} {self.node()} {self.resistance()}")
        self.outputs.append(output)


Add = Callable[[Net], None]
ELEMENTS: list[Add] = []
"""The elements, each as often as its weight says."""
WAVEFORMS: list[Callable[[Net, float], str]] = []
"""Waveforms: functions of a net and an amplitude."""


def element(weight: int = 1) -> Callable[[Add], Add]:
    """Enter a function into `ELEMENTS`."""

    def enter(function: Add) -> Add:
        ELEMENTS.extend([function] * weight)
        return function

    return enter


def waveform(function: Callable[[Net, float], str]) -> Callable[[Net, float], str]:
    """Enter a function into `WAVEFORMS`."""
    WAVEFORMS.append(function)
    return function
