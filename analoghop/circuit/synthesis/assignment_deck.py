"""`synthesize_assignment`: the assignment network with its multipliers as a circuit of deck elements."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from analoghop.activations import Softmax
from analoghop.amplifiers import Amplifiers
from analoghop.arrays import Array
from analoghop.circuit.elements import (
    GROUND,
    BehaviouralCurrent,
    BehaviouralVoltage,
    Capacitor,
    Element,
    VoltageSource,
)
from analoghop.circuit.expressions import Number
from analoghop.circuit.requests import Tran
from analoghop.circuit.sources import Pwl
from analoghop.circuit.synthesis.synthesize import Synthesis, synthesize
from analoghop.circuit.synthesis.terms import call, total, volts
from analoghop.couplings import Dense
from analoghop.errors import InputError
from analoghop.schedules import Signal
from analoghop.systems.assignment.delayed_assignment import DelayedAssignment
from analoghop.systems.circuits.network import Network

KNOTS = 101
EMPTY = 1e-200  # lower bound of a column's sum, so that its logarithm stays finite


def synthesize_assignment(
    system: DelayedAssignment,
    *,
    start: ArrayLike | None = None,
    impedance: float = 1e6,
    tran: Tran | None = None,
    title: str = "Assignment network",
) -> Synthesis:
    """Return a circuit with the trajectories of `system`, its input voltages multiplied by `scale`.

    The couplings are resistors, as in `synthesize`, in units of `impedance` ohms. Nodes:
    `u<row>_<column>` inputs, `v...` outputs, `n...` inverted ones, `m<column>` multipliers, `temp` and `gain`
    the temperature (times the scale) and the self-coupling as piecewise linear sources. Each output is a
    B source V_x. = softmax_i((u_xi - m_i) / temp); each multiplier a capacitor fed with
    temp (ln(column sum) - mean). `start` (n^2) are u(0), as `.ic`; the multipliers start at zero.

    Raises `InputError` for a network with a kernel, a blend of distances or noise, which constant elements
    cannot represent, and for one with a bias.
    """
    ideal = system.ideal
    n, end = system.rows, ideal.duration
    for name, moves in (
        ("a kernel", ideal.places.width is not None),
        ("an early matrix", ideal.early is not None),
        ("noise", ideal.noise is not None),
        ("a bias", ideal.bias is not None),
    ):
        if moves:
            raise InputError(f"an assignment network with {name} cannot be built from constant parts")
    B = ideal.places.matrix(0.0)
    network = Network(
        Dense(-(np.kron(ideal.A, B) + np.kron(ideal.A.T, B.T))),
        Amplifiers(tuple((Softmax(n), 1) for _ in range(n))),
        C=np.array(ideal.tau),
        names=tuple(f"{x + 1}_{i + 1}" for x in range(n) for i in range(n)),
    )
    built = synthesize(network, impedance=impedance, start=start, tran=tran, title=title)
    kept = [e for e in built.circuit.elements if not isinstance(e, BehaviouralVoltage)]
    s = built.scale
    parts: list[Element] = [
        *_outputs(n),
        *_self_coupling(n, s / impedance),
        *_multipliers(n, system.tau_m / impedance, 1.0 / impedance),
        VoltageSource("vtemp", "temp", GROUND, _pwl(ideal.temperature, end, s)),
        VoltageSource("vgain", "gain", GROUND, _pwl(ideal.self_coupling, end, 1.0)),
    ]
    # ngspice's iterations for the first point start at 0 V at nodes without .ic: the temperature, a divisor,
    # must not be 0.
    warm = ("temp", s * float(ideal.temperature.value(0.0)))
    circuit = replace(built.circuit, elements=(*kept, *parts), initial=(*built.circuit.initial, warm))
    return replace(built, circuit=circuit)


def _outputs(n: int) -> list[Element]:
    """Return the clusters: 1/(1 + sum_j exp((u_xj - m_j - u_xi + m_i)/temp)), which avoids inf/inf."""
    parts: list[Element] = []
    for x in range(1, n + 1):
        drive = {i: call("sub", volts(f"u{x}_{i}"), volts(f"m{i}")) for i in range(1, n + 1)}
        for i in range(1, n + 1):
            others = [
                call("exp", call("div", call("sub", drive[j], drive[i]), volts("temp")))
                for j in range(1, n + 1)
                if j != i
            ]
            body = call("div", Number(1.0), total([Number(1.0), *others]))
            parts.append(BehaviouralVoltage(f"b{x}_{i}", f"v{x}_{i}", GROUND, body))
    return parts


def _self_coupling(n: int, unit: float) -> list[Element]:
    parts: list[Element] = []
    for x in range(1, n + 1):
        for i in range(1, n + 1):
            current = call("mul", Number(unit), call("mul", volts("gain"), volts(f"v{x}_{i}")))
            parts.append(BehaviouralCurrent(f"bg{x}_{i}", GROUND, f"u{x}_{i}", current))
    return parts


def _multipliers(n: int, capacitance: float, conductance: float) -> list[Element]:
    """Return the logarithms `q` of the column sums, their `mean`, and the multipliers `m`."""
    parts: list[Element] = []
    columns = range(1, n + 1)
    for i in columns:
        outputs = total([volts(f"v{x}_{i}") for x in columns])
        body = call("ln", call("max", outputs, Number(EMPTY)))
        parts.append(BehaviouralVoltage(f"bq{i}", f"q{i}", GROUND, body))
    mean = call("div", total([volts(f"q{i}") for i in columns]), Number(float(n)))
    parts.append(BehaviouralVoltage("bmean", "mean", GROUND, mean))
    for i in columns:
        excess = call("sub", volts(f"q{i}"), volts("mean"))
        current = call("mul", Number(conductance), call("mul", volts("temp"), excess))
        parts.append(BehaviouralCurrent(f"bm{i}", GROUND, f"m{i}", current))
        parts.append(Capacitor(f"cm{i}", f"m{i}", GROUND, capacitance))
    return parts


def _pwl(signal: Signal, end: float, factor: float) -> Pwl:
    times: Array = np.linspace(0.0, end, KNOTS)
    return Pwl(tuple(times.tolist()), tuple((factor * signal.value(times)).tolist()))
