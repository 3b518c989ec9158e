"""`synthesize_successor`: the successor network with its RC networks as a circuit of deck elements."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import column
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
from analoghop.circuit.synthesis.assignment_deck import EMPTY, KNOTS
from analoghop.circuit.synthesis.synthesize import Synthesis
from analoghop.circuit.synthesis.terms import call, total, volts
from analoghop.errors import InputError
from analoghop.schedules import Signal
from analoghop.systems.assignment.delayed_successor import DelayedSuccessor


def synthesize_successor(
    system: DelayedSuccessor,
    *,
    start: ArrayLike | None = None,
    impedance: float = 1e6,
    tran: Tran | None = None,
    title: str = "Successor network",
) -> Synthesis:
    """Return a circuit with the trajectories of `system`, volt for volt.

    Nodes: `u<row>_<column>` inputs, each with a resistor of `impedance` ohms, a capacitor, and a B source of
    -D - mu z + g v; `v...` outputs, B sources of a winner-take-all stage; `m<column>` multipliers;
    `z<row>_<k>` the nodes of RC network k, whose conductances the outputs control; `temp`, `gain` and `mu`
    the temperature, the self-coupling and the strength of the determinant as piecewise linear sources. There
    are no amplifiers on the diagonal. `start` (n^2) are u(0), as `.ic`; the multipliers start at zero, the RC
    networks at rest.

    Raises `InputError` for a network with noise or early costs, which these elements cannot represent.
    """
    ideal = system.ideal
    for name, given in (("noise", ideal.noise is not None), ("early costs", ideal.early is not None)):
        if given:
            raise InputError(f"a successor network with {name} cannot be built from constant parts")
    deck = _Parts(system, impedance)
    first = column(np.zeros(ideal.size) if start is None else start, ideal.size, "start")
    states = dict(zip(system.signal_names, system.start(first)[:, 0].tolist(), strict=False))
    nodes = [*deck.inputs(), *deck.nodes()]
    initial = tuple((node, states[f"v({node})"]) for node in nodes)
    # ngspice's first iterations begin at 0 V: the temperature, a divisor, must not be 0.
    warm = (("temp", float(ideal.temperature.value(0.0))),)
    circuit = Circuit(title, tuple(deck.parts()), tran=tran, initial=(*initial, *warm))
    return Synthesis(circuit, 1.0, impedance)


class _Parts:
    def __init__(self, system: DelayedSuccessor, impedance: float) -> None:
        self.system, self.impedance, self.n = system, impedance, system.rows
        self.numbers = range(1, system.rows + 1)

    def pairs(self) -> Iterator[tuple[int, int]]:
        """Yield row and column of every amplifier."""
        return ((x, y) for x in self.numbers for y in self.numbers if x != y)

    def inputs(self) -> Iterator[str]:
        """Yield the nodes of the inputs."""
        return (f"u{x}_{y}" for x, y in self.pairs())

    def nodes(self) -> Iterator[str]:
        """Yield the nodes of the RC networks."""
        return (f"z{x}_{k}" for x in self.numbers for k in self.numbers)

    def parts(self) -> Iterator[Element]:
        """Yield all elements."""
        ideal = self.system.ideal
        for name, signal in (
            ("temp", ideal.temperature),
            ("gain", ideal.self_coupling),
            ("mu", ideal.determinant),
        ):
            yield VoltageSource(f"v{name}", name, GROUND, _pwl(signal, ideal.duration))
        yield from self._amplifiers()
        yield from self._multipliers()
        yield from self._networks()

    def _source(self, name: str, node: str, amount: Expr) -> BehaviouralCurrent:
        """Return the source of the current `amount` divided by the impedance, into `node`."""
        return BehaviouralCurrent(name, GROUND, node, call("mul", Number(1.0 / self.impedance), amount))

    def _amplifiers(self) -> Iterator[Element]:
        ideal = self.system.ideal
        for x, y in self.pairs():
            node = f"{x}_{y}"
            drive = {j: call("sub", volts(f"u{x}_{j}"), volts(f"m{j}")) for j in self.numbers if j != x}
            others = [
                call("exp", call("div", call("sub", drive[j], drive[y]), volts("temp")))
                for j in drive
                if j != y
            ]
            body = call("div", Number(1.0), total([Number(1.0), *others]))
            yield BehaviouralVoltage(f"b{node}", f"v{node}", GROUND, body)
            against = call("mul", volts("mu"), volts(f"z{y}_{x}"))
            own = call("mul", volts("gain"), volts(f"v{node}"))
            cost = Number(float(ideal.D[x - 1, y - 1]))
            yield Resistor(f"r{node}", f"u{node}", GROUND, self.impedance)
            yield Capacitor(f"c{node}", f"u{node}", GROUND, ideal.tau / self.impedance)
            yield self._source(f"bu{node}", f"u{node}", call("sub", call("sub", own, cost), against))

    def _multipliers(self) -> Iterator[Element]:
        for y in self.numbers:
            outputs = total([volts(f"v{x}_{y}") for x in self.numbers if x != y])
            body = call("ln", call("max", outputs, Number(EMPTY)))
            yield BehaviouralVoltage(f"bq{y}", f"q{y}", GROUND, body)
        mean = call("div", total([volts(f"q{y}") for y in self.numbers]), Number(float(self.n)))
        yield BehaviouralVoltage("bmean", "mean", GROUND, mean)
        for y in self.numbers:
            excess = call("sub", volts(f"q{y}"), volts("mean"))
            yield self._source(f"bm{y}", f"m{y}", call("mul", volts("temp"), excess))
            yield Capacitor(f"cm{y}", f"m{y}", GROUND, self.system.tau_m / self.impedance)

    def _networks(self) -> Iterator[Element]:
        for k in self.numbers:
            mean = call("div", total([volts(f"z{x}_{k}") for x in self.numbers]), Number(float(self.n)))
            yield BehaviouralVoltage(f"bz{k}", f"mean{k}", GROUND, mean)
            for x in self.numbers:
                node = f"z{x}_{k}"
                flows = [call("mul", volts(f"v{x}_{y}"), volts(f"z{y}_{k}")) for y in self.numbers if y != x]
                inflow = total([Number(1.0), *flows] if x == k else flows)
                loss = call("add", volts(node), volts(f"mean{k}"))
                yield self._source(f"b{node}", node, call("sub", inflow, loss))
                yield Capacitor(f"c{node}", node, GROUND, self.system.tau_z / self.impedance)


def _pwl(signal: Signal, end: float) -> Pwl:
    times = np.union1d(np.linspace(0.0, end, KNOTS), signal.breakpoints(end))
    return Pwl(tuple(times.tolist()), tuple(signal.value(times).tolist()))
