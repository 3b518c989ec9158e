"""`ddt`: rates by the chain rule, of states, moving sources, amplifiers and currents, and in `.ac`."""

import numpy as np
import pytest

from analoghop import ac, simulate
from analoghop.circuit import netlist
from analoghop.circuit.reduction.compile import compile_circuit
from analoghop.engines import ScipyIVP
from analoghop.errors import NetlistError

FILTER = "t\nV1 a 0 SIN(0 1 1k) AC 1\nR1 a b 1k\nC1 b 0 100n IC=0.2\n"


def read(text, tail=".tran 1u 1m uic\n.ac dec 5 10 100k"):
    circuit = netlist.parse(f"{FILTER}{text}\n{tail}\n.end\n")
    assert netlist.parse(netlist.format(circuit)) == circuit
    return circuit


def run(text):
    return simulate(read(text), engine=ScipyIVP(rtol=1e-9, atol=1e-12, sampled=True))


def rates(solution):
    """Return the rates of v(a) and v(b), in volts per millisecond, from the equations of the filter."""
    a, b = solution["v(a)"], solution["v(b)"]
    return 2.0 * np.pi * np.cos(2e3 * np.pi * solution.times), 10.0 * (a - b)


@pytest.mark.parametrize(
    ("x", "expected"),
    [
        ("V(b)", lambda a, b, da, db: db),
        ("V(a)", lambda a, b, da, db: da),
        ("V(a,b)", lambda a, b, da, db: da - db),
        ("V(a)*V(b)", lambda a, b, da, db: da * b + a * db),
        ("tanh(2*V(b))+3", lambda a, b, da, db: 2 * (1 - np.tanh(2 * b) ** 2) * db),
        ("V(t)", lambda a, b, da, db: 2 * (1 - np.tanh(2 * b) ** 2) * db),
        ("V(e)", lambda a, b, da, db: 3 * db),
        ("1k*time", lambda a, b, da, db: 1.0),
        ("5", lambda a, b, da, db: 0.0),
    ],
)  # fmt: skip
def test_rates_follow_the_chain_rule(x, expected):
    solution = run(f"B1 q 0 V=1m*ddt({x})\nR2 q 0 1k\nB3 t 0 V=tanh(2*V(b))\nE4 e 0 b 0 3\nR4 e 0 1k")
    a, b = solution["v(a)"], solution["v(b)"]
    assert solution["v(q)"] == pytest.approx(expected(a, b, *rates(solution)) + 0.0 * a, abs=1e-9)
    assert solution.system.size == 1  # rates add no states
    assert solution.audit.reason is None


def test_one_sensor_serves_all_who_read_a_rate():
    circuit = read("B1 q 0 V=ddt(V(b))+ddt(V(b)*V(b))\nR2 q 0 1k\nB2 p 0 I=1m*ddt(V(b))\nR3 p 0 1k")
    assert sum(e.name.startswith("cb") for e in circuit.elements) == 1
    sensor = next(e for e in circuit.elements if e.name.startswith("cb"))
    assert sensor.ic == 0.2  # as C1, from which ngspice need not charge it


def test_rates_of_small_signals_turn_their_phase():
    response = ac(read("B1 q 0 V=1m*ddt(V(b))\nR2 q 0 1k\nB2 p 0 V=1m*ddt(V(a))\nR3 p 0 1k"))
    s = 2e-3j * np.pi * response.frequencies
    assert response["v(q)"] == pytest.approx(s / (1 + 0.1 * s), rel=1e-9)
    assert response["v(p)"] == pytest.approx(s, rel=1e-9)


def test_at_the_operating_point_nothing_changes():
    solution = simulate(read("B1 q 0 V=1m*ddt(V(a))\nR2 q c 1k\nC3 c 0 1u", ".tran 1u 1u"))
    assert solution["v(c)"][0] == pytest.approx(0.0, abs=1e-12)


def test_a_source_reads_the_current_into_a_capacitor_that_a_source_charges():
    solution = run("Vs a c 0\nC2 c 0 1n\nH1 q 0 Vs 1meg\nR2 q 0 1k")
    assert solution["v(q)"] == pytest.approx(rates(solution)[0], abs=1e-9)
    response = ac(read("Vs a c 0\nC2 c 0 1n\nH1 q 0 Vs 1meg\nR2 q 0 1k"))
    assert response["v(q)"] == pytest.approx(2e-3j * np.pi * response.frequencies, rel=1e-9)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("B1 q 0 V=ddt(V(q))", "the rate of V(q) is defined by itself"),
        ("B1 q 0 V=ddt(ddt(V(b)))", "the rate of a rate is not simulated: `ddt` takes the rates of voltages"),
        ("B1 q 0 V=ddt(V(b)*I(V1))", "the rate of I(v1) is not simulated"),
        ("B1 q 0 V=ddt(V(b), 1)", "`ddt` takes 1 argument, not 2"),
        ("R2 b 0 {ddt(1)}", "ddt"),
        ("B2 m 0 I=1m*tanh(V(b))\nR2 m 0 1k\nB1 q 0 V=ddt(V(m))", "`ddt` reads a node that amplifiers"),
    ],
)  # fmt: skip
def test_what_is_refused(text, reason):
    with pytest.raises(NetlistError) as caught:
        compile_circuit(read(text))
    assert reason in str(caught.value)
