"""`synthesize_multipliers`: winner-take-all clusters with adaptive lines as a circuit of deck elements."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike

from analoghop.circuit.circuit import Circuit
from analoghop.circuit.elements import (
    GROUND,
    BehaviouralCurrent,
    BehaviouralVoltage,
    Capacitor,
    Element,
    Resistor,
    VoltageSource,
)
from analoghop.circuit.expressions import Expr, Number
from analoghop.circuit.requests import Tran
from analoghop.circuit.sources import Pwl
from analoghop.circuit.synthesis.synthesize import Synthesis
from analoghop.circuit.synthesis.terms import call, initial_voltages, total, volts
from analoghop.errors import InputError
from analoghop.schedules import Constant, Signal
from analoghop.systems.machines.adaptive_lines import AdaptiveLines

KNOTS = 201


def synthesize_multipliers(
    system: AdaptiveLines,
    *,
    start: ArrayLike | None = None,
    impedance: float = 1e6,
    tran: Tran | None = None,
    title: str = "Winner-take-all clusters",
) -> Synthesis:
    """Return a circuit with the trajectories of `system`, volt for volt.

    Nodes: `u<cluster>_<cell>` inputs, each with a resistor of `impedance` divided by its capacity, a
    capacitor, and a B source of the currents of its lines; `v...` outputs, B sources of a winner-take-all
    stage `v_i = 1/(1 + sum_j exp(gain (u_j - u_i)))`; `w<pair>` and `m<line>` weights, capacitors that a B
    source charges while their cells are in conflict; `s<line>` sums of lines; `gain` the gain, in 1/V, as a
    PWL source. `start` (size) are the states at t = 0, as `.ic`.

    Raises `InputError` for a system with noise, which these elements cannot represent.
    """
    if system.sigma:
        raise InputError("clusters with noise cannot be built from parts of a deck: leave it out (`noise=0`)")
    parts = list(_Deck(system, impedance).parts())
    initial = initial_voltages([name[2:-1] for name in system.signal_names[: system.size]], start)
    return Synthesis(Circuit(title, tuple(parts), tran=tran, initial=initial), 1.0, impedance)


def _times(factor: float, *factors: Expr) -> Expr:
    """Return a product, without a factor of 1."""
    terms = [*([] if factor == 1.0 else [Number(factor)]), *factors]
    product = terms[0]
    for term in terms[1:]:
        product = call("mul", product, term)
    return product


class _Deck:
    def __init__(self, system: AdaptiveLines, impedance: float) -> None:
        self.system, self.impedance = system, impedance
        self.names = system.clusters.names
        self.currents: list[list[Expr]] = [[] for _ in self.names]

    def parts(self) -> Iterator[Element]:
        """Yield all elements; the currents of a cell are collected before its source is written."""
        yield VoltageSource("vgain", "gain", GROUND, _gain(self.system.gain, self.system.duration))
        yield from self._outputs()
        yield from self._pairs()
        yield from self._lines()
        self._bias()
        capacity, tau = self.system.C[:, 0], self.system.tau
        for name, size, currents in zip(self.names, capacity.tolist(), self.currents, strict=True):
            node = f"u{name}"
            yield Resistor(f"r{name}", node, GROUND, self.impedance / size)
            yield Capacitor(f"c{name}", node, GROUND, size * tau / self.impedance)
            if currents:
                yield self._source(f"bu{name}", node, total(currents))

    def _source(self, name: str, node: str, amount: Expr) -> BehaviouralCurrent:
        """Return the source of the current `amount` divided by the impedance, into `node`."""
        return BehaviouralCurrent(name, GROUND, node, _times(1.0 / self.impedance, amount))

    def _outputs(self) -> Iterator[Element]:
        starts = self.system.clusters.starts.tolist()
        for begin, end in zip(starts, starts[1:], strict=False):
            for i in range(begin, end):
                differences = [
                    call("sub", volts(f"u{self.names[j]}"), volts(f"u{self.names[i]}"))
                    for j in range(begin, end)
                    if j != i
                ]
                others = [call("exp", _times(1.0, volts("gain"), d)) for d in differences]
                body = call("div", Number(1.0), total([Number(1.0), *others]))
                yield BehaviouralVoltage(f"b{self.names[i]}", f"v{self.names[i]}", GROUND, body)

    def _weight(self, node: str, growth: Expr, eta: float, delta: float) -> Iterator[Element]:
        """Yield a capacitor at `node` that `growth` charges and that decays towards 1 V."""
        yield Capacitor(f"c{node}", node, GROUND, self.system.tau / self.impedance)
        leak = _times(-delta, call("sub", volts(node), Number(1.0)))
        rates = [term for term, rate in ((_times(eta, growth), eta), (leak, delta)) if rate]
        if rates:
            yield self._source(f"b{node}", node, total(rates))

    def _pairs(self) -> Iterator[Element]:
        pairs = self.system.pairs
        for p in range(pairs.count):
            node = f"w{p + 1}"
            strength = float(pairs.strength[p, 0])
            overlap = []
            for c in range(pairs.width):
                i, j = int(pairs.first[p]) + c, int(pairs.second[p]) + c
                a, b = volts(f"v{self.names[i]}"), volts(f"v{self.names[j]}")
                self.currents[i].append(_times(-strength, volts(node), b))
                self.currents[j].append(_times(-strength, volts(node), a))
                overlap.append(call("mul", a, b))
            yield from self._weight(node, total(overlap), float(pairs.eta[p, 0]), float(pairs.delta[p, 0]))

    def _lines(self) -> Iterator[Element]:
        lines = self.system.lines
        for k in range(lines.count):
            node, line = f"m{k + 1}", f"s{k + 1}"
            members = lines.members[lines.starts[k] : lines.starts[k + 1]].tolist()
            shares = lines.coefficients[lines.starts[k] : lines.starts[k + 1], 0].tolist()
            bound, mu = float(lines.bounds[k, 0]), float(lines.stiffness[k, 0])
            outputs = [volts(f"v{self.names[i]}") for i in members]
            body = total([_times(a, v) for a, v in zip(shares, outputs, strict=True)])
            yield BehaviouralVoltage(f"bs{k + 1}", line, GROUND, body)
            drive, excess = _force_and_excess(lines.kinds[k], volts(line), bound)
            for i, a, v in zip(members, shares, outputs, strict=True):
                others = call("sub", drive, _times(a, v)) if lines.kinds[k] == "exclusive" else drive
                self.currents[i].append(_times(-mu * a, volts(node), others))
            yield from self._weight(node, excess, float(lines.eta[k, 0]), float(lines.delta[k, 0]))

    def _bias(self) -> None:
        for i in np.flatnonzero(self.system.bias[:, 0]).tolist():
            self.currents[i].append(Number(float(self.system.bias[i, 0])))
        if self.system.couplings is not None:
            Q = self.system.couplings.matrix.tocoo()
            for i, j, value in zip(Q.row.tolist(), Q.col.tolist(), Q.data.tolist(), strict=True):
                self.currents[i].append(_times(-value, volts(f"v{self.names[j]}")))


def _force_and_excess(kind: str, line: Expr, bound: float) -> tuple[Expr, Expr]:
    """Return the force on a line's cells (for an exclusive line, without the own cell), and its excess."""
    beyond = call("sub", line, Number(bound))
    over = call("max", Number(0.0), beyond)
    if kind == "exclusive":
        return line, over
    if kind == "at_least":
        return call("min", Number(0.0), beyond), call("max", Number(0.0), call("sub", Number(bound), line))
    if kind == "equal":
        return beyond, call("abs", beyond)
    return over, over


def _gain(signal: Signal, end: float) -> Signal:
    if isinstance(signal, Constant):
        return signal
    corners = [c for corner in signal.breakpoints(end) for c in (corner * (1 - 1e-9), corner)]
    times = np.unique(np.concatenate([np.linspace(0.0, end, KNOTS), corners]))
    return Pwl(tuple(times.tolist()), tuple(signal.value(times).tolist()))
