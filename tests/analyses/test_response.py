"""`.ac`: responses against formulas, difference quotients, transients, `.dc` and ngspice."""

import shutil

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analoghop import Circuit, ac, dc
from analoghop.analyses.foreign import compare_ac
from analoghop.analyses.grid import frequencies_of
from analoghop.analyses.response import response, resting
from analoghop.circuit.reduction.compile import compile_circuit
from analoghop.circuit.requests import Frequencies
from analoghop.errors import InputError, NetlistError
from analoghop.limits import Limits

RC = "low pass\nV1 in 0 DC 0.2 AC 2 30\nR1 in out 1k\nC1 out 0 1u\n"

AMPLIFIED = """amplifiers in a row, one without a capacitor between, and a capacitor from the source
V1 in 0 DC 0.1 AC 1
R1 in a 1k
C1 a 0 1u
C2 in a 0.2u
B1 p 0 V=tanh(3*V(a))
B2 q 0 V=2*tanh(V(p)-V(b))
R2 q b 2k
C3 b 0 0.5u
R3 b c 1k
R4 c 0 1k
G1 0 c a 0 0.1m
"""


@st.composite
def networks(draw):
    """Decks of amplifiers, stable and unstable at 0, with input from a voltage source."""
    n = draw(st.integers(1, 4))
    number = st.floats(-1.0, 1.0)
    lines = ["network", f"V1 in 0 DC {draw(number)!r} AC 1"]
    for i in range(1, n + 1):
        lines += [f"C{i} u{i} 0 {i}u", f"Ri{i} in u{i} {i}k", f"B{i} v{i} 0 V=tanh(1.3*V(u{i}))"]
        lines += [f"G{i}_{j} 0 u{i} v{j} 0 {draw(number) * 0.3!r}m" for j in range(1, n + 1)]
    return "\n".join(lines) + "\n"


def test_a_low_pass_is_its_formula():
    f = np.geomspace(1.0, 1e5, 40)
    found = ac(Circuit.parse(RC), f)
    s = 2j * np.pi * f
    given_ = 2.0 * np.exp(1j * np.pi / 6)
    np.testing.assert_allclose(found["out"], given_ / (1 + 1e-3 * s), rtol=1e-13)
    np.testing.assert_allclose(found["i(v1)"], -given_ * 1e-6 * s / (1 + 1e-3 * s), rtol=1e-12)
    np.testing.assert_allclose(found.db("out"), 20 * np.log10(np.abs(found["v(out)"])), rtol=1e-12)
    np.testing.assert_allclose(found.phase("out"), 30 - np.degrees(np.arctan(2e-3 * np.pi * f)), rtol=1e-10)
    assert found.levels["v(out)"] == pytest.approx(0.2)
    assert found.stable is True


def test_nodes_without_states_and_amplifiers_that_read_amplifiers():
    f = np.array([0.0, 10.0, 1e3])
    found = ac(Circuit.parse(AMPLIFIED), f)
    s = 2j * np.pi * f
    a = (1e-3 + 0.2e-6 * s) / (1e-3 + 1.2e-6 * s)
    at = found.levels
    p = 3 * (1 - np.tanh(3 * at["v(a)"]) ** 2) * a
    k = 2 * (1 - np.tanh(at["v(p)"] - at["v(b)"]) ** 2)
    # c is the middle of R3 and R4 with the current of G1; b sees 2k, its capacitor and R3.
    load = 0.5e-3 + 0.5e-6 * s + 0.5e-3
    b = (0.5e-3 * k * p + 0.05e-3 * a) / (load + 0.5e-3 * k)
    np.testing.assert_allclose(found["p"], p, rtol=1e-12)
    np.testing.assert_allclose(found["b"], b, rtol=1e-12)
    np.testing.assert_allclose(found["c"], (b * 1e-3 + 0.1e-3 * a) / 2e-3, rtol=1e-12)


@given(networks())
@settings(max_examples=20, deadline=None)
def test_at_low_frequency_it_is_the_slope_of_the_transfer_curve(deck):
    circuit = Circuit.parse(deck)
    found = ac(circuit, [0.0])
    level = found.levels["v(in)"]
    h = 1e-4 / max(1.0, float(np.abs(found.values).max()))  # a steep curve bends within millivolts
    curve = dc(circuit, {"v1": [level, level + h, level + 2 * h, level - h, level - 2 * h]}, backward=False)
    for name in found.signals:
        middle, up, up2, down, down2 = curve[name]
        scale = np.abs(found.values).max()
        if curve.message or curve.folds or abs(middle - found.levels[name]) > 1e-9:
            continue
        slope = (8 * (up - down) - (up2 - down2)) / (12 * h)
        assert found[name][0].real == pytest.approx(slope, rel=1e-5, abs=1e-7 * scale)
        assert found[name][0].imag == 0


@given(networks(), st.floats(1.0, 1e4))
@settings(max_examples=20, deadline=None)
def test_it_is_the_resolvent_of_the_jacobian(deck, frequency):
    circuit = Circuit.parse(deck)
    found = ac(circuit, [frequency])
    lure = compile_circuit(circuit)
    x = np.array([[found.levels[name]] for name in lure.states])
    J = np.asarray(lure.jacobian(0.0, x))
    into = lure.linear[2] @ np.eye(len(lure.signals))[:, [1]]
    expected = np.linalg.solve(2j * np.pi * frequency * np.eye(lure.size) - J, into)[:, 0]
    got = [found[name][0] for name in lure.states]
    np.testing.assert_allclose(got, expected, rtol=1e-9)


def test_it_is_the_fourier_component_of_a_small_transient():
    from analoghop import simulate

    deck = AMPLIFIED.replace("DC 0.1 AC 1", "SIN(0.1 1e-4 200)")
    times = np.linspace(0, 0.1, 20 * 64 + 1)
    run = simulate(Circuit.parse(deck + ".tran 1u 0.1 uic\n"), times=times, rtol=1e-10, atol=1e-14)
    last = slice(-64 * 4 - 1, -1)  # four periods, long after the start
    t, b = times[last], run.observe(["v(b)"])[0, last]
    component = 2 * np.mean(b * np.exp(-2j * np.pi * 200 * t)) / (-1j * 1e-4)
    assert component == pytest.approx(ac(Circuit.parse(AMPLIFIED), [200.0])["b"][0], rel=1e-5)


def test_a_sparse_circuit_gives_what_a_dense_one_gives(monkeypatch):
    from analoghop.analyses import linear

    n, f = 60, np.geomspace(10, 1e6, 9)
    lines = [f"R{k} n{k - 1} n{k} 1k\nC{k} n{k} 0 1n" for k in range(1, n + 1)]
    circuit = Circuit.parse("ladder\nV1 n0 0 AC 1\n" + "\n".join(lines) + "\n")
    together = ac(circuit, f)
    monkeypatch.setattr(linear, "_DENSE", 0)
    np.testing.assert_allclose(ac(circuit, f).values, together.values, rtol=1e-9, atol=1e-30)


def test_inputs_replace_those_of_the_deck():
    circuit = Circuit.parse("two\nV1 a 0 0\nI1 0 b 0\nR1 a b 1k\nR2 b 0 1k\n")
    np.testing.assert_allclose(ac(circuit, [1.0], inputs={"v1": 1j})["b"], [0.5j])
    np.testing.assert_allclose(ac(circuit, [1.0], inputs={"I1": 1e-3, "V1": 1.0})["b"], [1.0])
    with pytest.raises(InputError, match="no source has a small signal"):
        ac(circuit, [1.0])
    with pytest.raises(InputError, match="no source `r1`"):
        ac(circuit, [1.0], inputs={"r1": 1.0})
    with pytest.raises(InputError, match="finite"):
        ac(circuit, [1.0], inputs={"v1": np.nan})


def test_measurements_are_those_of_parts():
    deck = (
        RC
        + """.ac lin 101 0 1k
.meas ac m FIND vm(out) AT=100
.meas ac r FIND v(out) AT=100
.meas ac p FIND vp(out) AT=100
.meas ac db FIND vdb(in,out) AT=100
.meas ac corner WHEN vdb(out)=3.0103 FALL=1
.meas ac most MAX vm(out)
.meas ac span TRIG vm(out) VAL=1.9 FALL=1 TARG vm(out) VAL=1 FALL=1
.meas ac i FIND im(v1) AT=500
.meas ac twice PARAM='2*m'
"""
    )
    found = ac(Circuit.parse(deck))
    k = 10
    at = found.measurements
    assert at["m"] == pytest.approx(abs(found["out"][k]))
    assert at["r"] == pytest.approx(found["out"][k].real)
    assert at["p"] == pytest.approx(np.angle(found["out"][k]))
    assert at["db"] == pytest.approx(20 * np.log10(abs(found["in"][k] - found["out"][k])))
    assert at["corner"] == pytest.approx(159.15, rel=1e-3)
    assert at["most"] == pytest.approx(2.0)
    assert at["span"] == pytest.approx(159.15 * (3**0.5 - (1 / 0.95**2 - 1) ** 0.5), rel=1e-2)
    assert at["i"] == pytest.approx(abs(found["i(v1)"][50]))
    assert at["twice"] == pytest.approx(2 * at["m"])


def test_frequencies_are_those_of_ngspice():
    np.testing.assert_allclose(frequencies_of(Frequencies("lin", 3, 0.0, 10.0)), [0, 5, 10])
    np.testing.assert_allclose(frequencies_of(Frequencies("oct", 1, 10.0, 90.0)), [10, 20, 40, 80])
    dec = frequencies_of(Frequencies("dec", 7, 10.0, 350.0))
    assert (len(dec), dec[0], dec[-1]) == (11, 10.0, 350.0)
    plain = frequencies_of(Frequencies("dec", 7, 10.0, 350.0), ending=False)
    assert (len(plain), plain[7]) == (11, pytest.approx(100.0))


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (".ac dec 10 1", "there are 3 words"),
        (".ac log 10 1 10", "`log` is no kind of steps"),
        (".ac dec 0 1 10", "the number of points is 0"),
        (".ac dec 1.5 1 10", "the number of points is 1.5"),
        (".ac dec 10 0 10", "go from 0 to 10 Hz"),
        (".ac dec 10 10 1", "go from 10 to 1 Hz"),
        (".ac dec 99999 1 1g", "more than 100000"),
        (".meas ac m FIND par('v(out)*2') AT=1", "no part of a signal and no number"),
        (".meas ac m FIND im(a,b) AT=1", "that of one source"),
        ("V9 out 0 AC 1 2 3", "AC has 3 numbers"),
    ],
)
def test_bad_lines_are_refused(line, reason):
    with pytest.raises(NetlistError, match=reason):
        Circuit.parse(RC + line + "\n")


def test_limits_keep_what_was_reached():
    found = response(resting(Circuit.parse(RC), Limits()), np.array([1.0, 2.0]), Limits(1e-9))
    assert found.message == "the time was over after 0 of 2 frequencies"
    assert np.isnan(found.values).all()


def test_the_picture_is_a_bode_plot():
    found = ac(Circuit.parse(RC), np.geomspace(1, 1e5, 11))
    top, bottom = found.plot("out").axes
    np.testing.assert_array_equal(top.lines[0].get_ydata(), found.db("out"))
    np.testing.assert_array_equal(bottom.lines[0].get_ydata(), found.phase("out"))
    assert (top.get_ylabel(), bottom.get_xlabel()) == ("magnitude (dB)", "frequency (Hz)")


def test_a_long_ladder_is_the_product_of_its_sections():
    n, f = 300, np.array([10.0, 1e3, 1e5])
    lines = [f"R{k} n{k - 1} n{k} 1k\nC{k} n{k} 0 1n" for k in range(1, n + 1)]
    found = ac(Circuit.parse("ladder\nV1 n0 0 AC 1\n" + "\n".join(lines) + "\n"), f)
    for k, s in enumerate(2j * np.pi * f):
        section = np.array([[1 + 1e-6 * s, 1e3], [1e-9 * s, 1.0]])
        chain = np.linalg.matrix_power(section, n)
        assert found[f"n{n}"][k] == pytest.approx(1 / chain[0, 0], rel=1e-9)
        assert found["i(v1)"][k] == pytest.approx(-chain[1, 0] / chain[0, 0], rel=1e-9)


@pytest.mark.ngspice
@pytest.mark.skipif(shutil.which("ngspice") is None, reason="ngspice is not installed")
@pytest.mark.parametrize("grid", ["dec 7 10 350k", "oct 2 10 90", "lin 5 0 1k"])
@pytest.mark.parametrize("deck", [RC, AMPLIFIED])
def test_ngspice_responds_the_same(deck, grid):
    found = compare_ac(Circuit.parse(f"{deck}.ac {grid}\n"), Limits(), 60.0)
    assert found.largest < 1e-6
    assert len(found.relative) >= 3
