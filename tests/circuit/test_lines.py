"""Lossless lines: parsing, echoes against formulas, `.ac`, rest, energy, delays against a method of steps."""

import math

import numpy as np
import pytest

from analoghop import simulate, simulate_many
from analoghop.activations import Tanh
from analoghop.amplifiers import Amplifiers
from analoghop.analyses.response import ac
from analoghop.analyses.transfer import dc
from analoghop.bench.sources.deck import BenchDeck
from analoghop.circuit.circuit import Circuit
from analoghop.circuit.elements import TransmissionLine
from analoghop.circuit.netlist.writing import format_circuit
from analoghop.circuit.reduction.compile import compile_circuit
from analoghop.circuit.synthesis.builder import CircuitBuilder
from analoghop.couplings import Dense
from analoghop.errors import InputError, NetlistError
from analoghop.study.delay import hopf_delay, simulate_delayed
from analoghop.study.equilibria import equilibrium
from analoghop.systems.circuits.lines.equal_delays import delayed_network
from analoghop.systems.circuits.lines.past import Past
from analoghop.systems.circuits.network import Network


def deck(*lines: str) -> Circuit:
    return Circuit.parse("\n".join(["a line", *lines, ".end"]))


def line_of(text: str, *more: str) -> TransmissionLine:
    circuit = deck("V1 a 0 1", f"T1 a 0 b 0 {text}", "R1 b 0 50", *more)
    assert Circuit.parse(format_circuit(circuit)) == circuit
    return next(e for e in circuit.elements if isinstance(e, TransmissionLine))


def test_a_line_has_its_delay_or_a_frequency_as_in_ngspice() -> None:
    assert line_of("Z0=50 TD=1n") == TransmissionLine("t1", "a", "0", "b", "0", 50.0, 1e-9)
    assert line_of("ZO=75 F=250meg").delay == 1e-9
    assert line_of("Z0={z} F=1g NL=0.5", ".param z=60")[5:] == (60.0, 0.5e-9, None)
    assert line_of("Z0=50 TD=1n IC=1,2m,3 4m").ic == (1.0, 0.002, 3.0, 0.004)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("TD=1n", "the impedance Z0= is missing"),
        ("Z0=50", "the delay is missing: neither TD= nor F="),
        ("Z0=50 TD=0", "the delay is 0"),
        ("Z0=-50 TD=1n", "the impedance is -50"),
        ("Z0=50 TD=1n IC=1,2", "IC= of a line needs four numbers"),
        ("Z0=50 TD=1n m=2", "`m=` has no meaning here"),
    ],
)
def test_a_line_that_is_none_says_why(text: str, reason: str) -> None:
    with pytest.raises(NetlistError, match=reason):
        line_of(text)


def test_calls_in_parallel_and_the_builder_make_lines() -> None:
    called = deck(".subckt s a b", "T1 a 0 b 0 Z0=50 TD=1n", ".ends", "V1 a 0 1", "X1 a b s m=2", "R1 b 0 25")
    assert called.elements[1][5:7] == (25.0, 1e-9)
    built = CircuitBuilder()
    built.v("v1", "a", 0, 1.0)
    built.t("t1", "a", 0, "b", 0, z0=50.0, td="1n", ic=(0.0, 0.0, 1.0, "0.02"))
    built.r("r1", "b", 0, 50.0)
    assert built.circuit().elements[1] == TransmissionLine(
        "t1", "a", "0", "b", "0", 50.0, 1e-9, (0.0, 0.0, 1.0, 0.02)
    )


def test_a_matched_line_is_a_delay_and_nothing_else() -> None:
    circuit = deck("V1 a 0 SIN(0 1 0.3g)", "T1 a 0 b 0 Z0=50 TD=1.3n", "R1 b 0 50", ".tran 0.01n 9n uic")
    run = simulate(circuit, rtol=1e-9)
    late = run.times - 1.3e-9
    assert np.allclose(run["v(b)"], np.sin(2e9 * np.pi * 0.3 * np.maximum(late, 0.0)), atol=1e-9)


def test_echoes_are_those_of_the_diagram_of_bounces() -> None:
    # Reflections of 25/125 at the source and -30/70 at the end, whose lower node floats.
    circuit = deck(
        "V1 s 0 PWL(0 0 0.1n 1)", "Rs s a 75", "T1 a 0 c d Z0=50 TD=1n", "R1 c d 20", "R2 d 0 1k",
        ".tran 0.25n 8n uic",
    )  # fmt: skip
    run = simulate(circuit)
    back, front, sent = -30.0 / 70.0, 25.0 / 125.0, 50.0 / 125.0
    arrived = sum(
        sent * (1 + back) * (back * front) ** k * (run.times > 1e-9 * (1 + 2 * k)) for k in range(4)
    )
    flat = (run.times * 1e9) % 1.0 > 0.2
    assert np.allclose((run["v(c)"] - run["v(d)"])[flat], arrived[flat], atol=1e-12)


def test_a_line_with_a_capacitor_at_its_end_follows_the_formula() -> None:
    # The step arrives at R beside C as twice itself behind Z0; what comes back meets a matched source.
    tau = 1e-12 * 50 * 200 / 250
    circuit = deck(
        "V1 s 0 PWL(0 0 1n 0 1.000001n 1)", "Rs s a 50", "T1 a 0 b 0 Z0=50 TD=1n", "R1 b 0 200", "C1 b 0 1p",
        ".tran 10p 5n uic",
    )  # fmt: skip
    run = simulate(circuit, rtol=1e-9)
    since = np.maximum(run.times - 2.0000005e-9, 0.0)
    assert np.allclose(run["v(b)"], 0.8 * -np.expm1(-since / tau), atol=1e-5)
    assert run.audit is not None
    assert run.audit.current_error < 1e-6
    assert run.joules["sources"] == pytest.approx(run.joules["heat"] + run.joules["stored"], rel=1e-5)


def test_small_signals_have_the_delay_exactly() -> None:
    circuit = deck("V1 s 0 AC 1", "Rs s a 30", "T1 a 0 b 0 Z0=50 TD=1n", "R1 b 0 200", "C1 b 0 1p")
    f = np.geomspace(1e6, 3e10, 40)
    s = 2j * np.pi * f
    load = 1 / (1 / 200 + s * 1e-12)
    reflected, front = (load - 50) / (load + 50), (30 - 50) / (30 + 50)
    once = np.exp(-s * 1e-9)
    expected = 50 / 80 * once * (1 + reflected) / (1 - front * reflected * once**2)
    assert np.abs(ac(circuit, f)["v(b)"] - expected).max() < 1e-12


def test_at_rest_a_line_is_a_wire() -> None:
    lines = ("V1 s 0 3", "Rs s a 30", "T1 a 0 b 0 Z0=50 TD=1n", "R1 b 0 60", "C1 b 0 1p")
    curve = dc(deck(*lines, ".dc V1 0 6 3"))
    for name in ("v(a)", "v(b)"):
        assert np.allclose(curve.branch(name, "forward"), [0.0, 2.0, 4.0], atol=1e-12)
    run = simulate(deck(*lines, ".tran 1n 5n"))  # from the operating point, where the waves are those of rest
    assert np.abs(run["v(b)"] - 2.0).max() < 1e-6


def test_no_theorem_is_claimed_where_signals_are_delayed() -> None:
    circuit = deck("C1 a 0 1p ic=1", "R1 a 0 1k", "T1 a 0 b 0 Z0=50 TD=1n", "R2 b 0 1k", ".tran 1n 9n uic")
    run = simulate(circuit)
    assert run.energy is None
    assert "lines delay signals (t1)" in str(run.system.theorem.reason)
    assert run.system.network is None


INHIBITED = """three that inhibit each other
.param td=1
C1 u1 0 1 ic=0.1
C2 u2 0 1 ic=0.1
C3 u3 0 1 ic=0.1
{stages}
.tran 0.05 {stop} uic
.end"""
_STAGES = "\n".join(
    f"B{k} v{k} 0 V=tanh({{gain}}*V(u{k}))\nT{k} v{k} 0 w{k} 0 Z0=0.1 TD={{td}} IC={{ic}}\nR{k} w{k} 0 0.1\n"
    f"E{k} n{k} 0 w{k} 0 -1\n" + "\n".join(f"R{k}{j} n{j} u{k} 2" for j in (1, 2, 3) if j != k)
    for k in (1, 2, 3)
)


def inhibited(gain: float, delay: float, stop: float, start: float = 0.1) -> Circuit:
    v = math.tanh(gain * start)
    stages = _STAGES.replace("{gain}", repr(gain)).replace("{ic}", f"{v},{v / 0.1},{v},{-v / 0.1}")
    text = (
        INHIBITED.replace("{stages}", stages).replace("{stop}", repr(stop)).replace("0.1\nC", f"{start}\nC")
    )
    return Circuit.parse(text.replace("ic=0.1\n", f"ic={start}\n"), parameters={"td": delay})


def test_lines_are_the_delays_of_the_method_of_steps() -> None:
    T = -(np.ones((3, 3)) - np.eye(3)) / 2.0
    network = Network(Dense(T), Amplifiers.uniform(Tanh(), 3, gain=4.0))
    times = np.arange(0.0, 10.05, 0.1)
    ours = simulate(inhibited(4.0, 0.9, 10.0), times=times, rtol=1e-8)
    other = simulate_delayed(network, 0.9, np.full(3, 0.1), 10.0, step=0.02, points=10_000, check=False)
    assert np.abs(ours.states - other.states[::5, :, 0].T).max() < 1e-6


def test_a_ring_of_lines_begins_to_swing_at_the_delay_of_the_formula() -> None:
    # At the threshold a small uniform swing neither grows nor dies: Marcus & Westervelt (1989).
    gain = 1.5
    delay, period = hopf_delay(gain), 2.0 * math.pi / math.sqrt(gain**2 - 1)
    times = np.linspace(0.0, 6 * period, 601)
    swing = {}
    for share in (0.95, 1.0, 1.05):
        u = simulate(inhibited(gain, share * delay, 6 * period, 1e-4), times=times, rtol=1e-6)["v(u1)"]
        swing[share] = np.ptp(u[501:]) / np.ptp(u[301:401])
        if share == 1.0:
            assert np.abs(u[501:] - u[401:501]).max() < 2e-3 * np.ptp(u[501:])
    assert swing[0.95] < 0.98
    assert swing[1.0] == pytest.approx(1.0, abs=2e-3)
    assert swing[1.05] > 1.02


def test_a_ring_of_lines_is_a_network_whose_connections_delay() -> None:
    network, delay = delayed_network(compile_circuit(inhibited(1.5, 0.7, 5.0)))
    assert delay == 0.7
    assert np.allclose(network.T.toarray(), -(np.ones((3, 3)) - np.eye(3)) / 2.0)
    assert np.allclose(network.G, 1.0)
    head = "C1 u 0 1\nR1 u 0 1\nR2 v u 1\n"
    stages = head + "E1 o 0 u 0 1\nT1 o 0 w 0 Z0=1 TD=2\nRw w 0 {}\nB1 v 0 V=tanh(3*V(w))"
    network, delay = delayed_network(compile_circuit(deck(*stages.format(1).split("\n"))))  # a line before it
    assert (delay, network.T.toarray().item(), network.G.item()) == (2.0, pytest.approx(1.0), 2.0)
    with pytest.raises(InputError, match="lines send echoes"):
        delayed_network(compile_circuit(deck(*stages.format(2).split("\n"))))
    beside = stages.format(1) + "\nB2 q 0 V=tanh(V(u))\nR3 q u 1"
    with pytest.raises(InputError, match="expected one line of the same delay in every connection"):
        delayed_network(compile_circuit(deck(*beside.split("\n"))))


RING = inhibited(1.5, 1.0, 5.0)


@pytest.mark.parametrize(
    "use",
    [
        lambda: simulate_many(RING, 3, tstop=5.0),
        lambda: simulate(RING, engine="ensemble"),
        lambda: equilibrium(compile_circuit(RING), np.zeros(3)),
        lambda: BenchDeck(format_circuit(RING)).build({}, ()),
    ],
    ids=["many runs", "another engine", "an equilibrium", "the bench"],
)
def test_who_cannot_delay_says_so(use) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(InputError, match="delay"):
        use()


def test_a_line_far_shorter_than_the_run_is_refused() -> None:
    with pytest.raises(InputError, match="has more than 1e\\+06 of the shortest delay, 1e-09 s"):
        simulate(deck("V1 a 0 1", "T1 a 0 b 0 Z0=50 TD=1n", "R1 b 0 50", ".tran 1 1"))


def test_what_arrives_charges_no_capacitor_without_a_resistor() -> None:
    with pytest.raises(NetlistError, match="through the line t1 charges a capacitor without a resistor"):
        compile_circuit(
            deck("V1 a 0 1", "T1 a 0 b 0 Z0=50 TD=1n", "R1 b 0 50", "E1 e 0 b 0 1", "C1 e f 1p", "R2 f 0 1k")
        )


def test_the_past_keeps_waves_their_rates_and_their_squares() -> None:
    past = Past(0.0, 4.0, np.array([1.0, 0.5]), np.array([0.0, 2.0]), 1e-10)
    for a, b in ((0.0, 0.5), (0.5, 1.5), (1.5, 2.0)):
        past.add(a, b, lambda t: np.array([np.sin(3 * t), np.cos(5 * t)]))
    t = np.array([0.2, 0.9, 1.7, 2.4])
    first, second = past.arriving(t)
    assert np.allclose(first, np.where(t < 1, 0.0, np.sin(3 * (t - 1))), atol=1e-11)
    assert np.allclose(second, np.where(t < 0.5, 2.0, np.cos(5 * (t - 0.5))), atol=1e-11)
    assert np.allclose(past.rates(t)[0], np.where(t < 1, 0.0, 3 * np.cos(3 * (t - 1))), atol=1e-8)
    squares = np.array(
        [0.5 - (np.sin(12.0) - np.sin(6.0)) / 12.0, 0.25 + (np.sin(20.0) - np.sin(15.0)) / 20.0]
    )
    assert np.allclose(past.under_way(2.0), squares, atol=1e-10)
    assert np.allclose(past.under_way(0.25)[1], 0.25 * 4.0 + 0.125 + np.sin(2.5) / 20.0, atol=1e-10)
