"""`.dc`: transfer curves with both branches, their folds, and their laws."""

import math
import shutil

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from analoghop import Circuit, dc
from analoghop.analyses.following import sign_of_determinant
from analoghop.analyses.foreign import COMPARED, compare_dc
from analoghop.circuit.reduction.compile import compile_circuit
from analoghop.errors import InputError, NetlistError
from analoghop.limits import Limits

DIVIDER = """divider
V1 in 0 DC 1
I1 0 out 0
R1 in out 1k
R2 out 0 3k
B1 p 0 V=tanh(2*V(out))
R3 p q 1k
R4 q 0 1k
"""

TRIGGER = """Schmitt trigger
.param gain=10
V1 in 0 0
R1 in u 10k
R2 out u 10k
C1 u 0 1n
B1 out 0 V=tanh(gain*V(u))
.nodeset v(u)=-1
"""

LATCH = """two amplifiers that hold each other
V1 in 0 0
R1 in a 10k
R2 q a 10k
C1 a 0 1n
R3 p b 10k
C2 b 0 1n
B1 p 0 V=tanh(4*V(a))
B2 q 0 V=tanh(4*V(b))
.ic v(a)=-1 v(b)=-1
"""


def test_a_circuit_without_states_is_a_formula():
    x = np.linspace(-2.0, 2.0, 9)
    curve = dc(Circuit.parse(DIVIDER), {"v1": x})
    np.testing.assert_allclose(curve["out"], 0.75 * x, rtol=1e-13)
    np.testing.assert_allclose(curve["v(q)"], np.tanh(1.5 * x) / 2, rtol=1e-12)
    np.testing.assert_allclose(curve["i(v1)"], -x / 4e3, rtol=1e-12)
    np.testing.assert_array_equal(curve.forward, curve.backward)
    assert curve.folds == ()
    assert curve.message == ""
    assert curve.stable.all()


def test_a_current_source_a_resistor_and_a_parameter_are_swept(tmp_path):
    circuit = Circuit.parse(DIVIDER)
    np.testing.assert_allclose(dc(circuit, {"i1": [0.0, 1e-3]})["out"], [0.75, 0.75 + 0.75], rtol=1e-13)
    np.testing.assert_allclose(dc(circuit, {"R2": [1e3, 3e3]})["out"], [0.5, 0.75], rtol=1e-13)
    deck = tmp_path / "x.cir"
    deck.write_text(TRIGGER)
    curve = dc(deck, {"gain": [1.0, 1.5]}, parameters={"gain": 3})
    assert curve.axes[0].unit == ""
    np.testing.assert_allclose(curve["out"], 0.0, atol=1e-12)


@given(gain=st.floats(2.5, 40.0))
@example(gain=5.5)  # a fold just behind a value of the sweep
@settings(max_examples=8, deadline=None)
def test_branches_of_a_schmitt_trigger_meet_its_folds(gain):
    # u = (vin + v)/2, v = tanh(g u): the slope of the loop is one where g (1 - v^2) = 2.
    v = math.sqrt(1.0 - 2.0 / gain)
    fold = v - 2.0 * math.atanh(v) / gain
    curve = dc(
        Circuit.parse(TRIGGER.replace("gain=10", f"gain={gain!r}")), {"v1": np.linspace(-1.5, 1.5, 31)}
    )
    assert [one.direction for one in curve.folds] == ["forward", "backward"]
    assert curve.folds[0].value == pytest.approx(fold, rel=1e-9)
    assert curve.folds[1].value == pytest.approx(-fold, rel=1e-9)
    inside = np.abs(curve.values) < fold
    apart = np.abs(curve["out"] - curve.branch("out", "backward")) > 1e-6
    np.testing.assert_array_equal(apart, inside)
    assert (curve.stable == 1).all()
    # By symmetry the way back is the way there, turned.
    np.testing.assert_allclose(curve["out"], -curve.branch("out", "backward")[::-1], rtol=1e-9, atol=1e-12)


def test_below_the_critical_gain_there_is_no_hysteresis():
    curve = dc(Circuit.parse(TRIGGER.replace("gain=10", "gain=1.9")), {"v1": np.linspace(-1, 1, 41)})
    assert curve.folds == ()
    assert curve.hysteresis("out") < 1e-9


def test_a_fold_of_two_amplifiers_is_where_the_determinant_vanishes():
    circuit = Circuit.parse(LATCH)
    curve = dc(circuit, {"v1": np.linspace(-1.5, 1.5, 61)})
    assert len(curve.folds) == 2
    k = int(np.searchsorted(curve.values, curve.folds[0].value)) - 1
    near = dc(circuit, {"v1": [*curve.values[: k + 1], curve.folds[0].value - 1e-10]}, backward=False)
    a, b = near.forward_states[0, :, -1]
    slopes = 4.0 * (1 - np.tanh(4 * a) ** 2), 4.0 * (1 - np.tanh(4 * b) ** 2)
    assert slopes[0] * slopes[1] / 2.0 == pytest.approx(1.0, abs=1e-3)


@st.composite
def networks(draw):
    """Decks of amplifiers with random couplings, some strong enough for a memory, with two sources."""
    n = draw(st.integers(1, 4))
    gain = draw(st.sampled_from([0.7, 2.0, 6.0]))
    lines = ["network", "V1 in 0 0", "I1 0 u1 0"]
    for i in range(1, n + 1):
        r = draw(st.sampled_from([1, 2, 5]))
        lines += [f"C{i} u{i} 0 {i}n", f"Ri{i} in u{i} {r}k", f"B{i} v{i} 0 V=tanh({gain}*V(u{i}))"]
        for j in range(1, n + 1):
            sign = draw(st.sampled_from([0, 1, -1]))
            if sign:
                lines.append(f"G{i}_{j} u{i} 0 v{j} 0 {-sign * draw(st.sampled_from([0.1, 0.4, 1.0]))}m")
    return "\n".join(lines) + "\n"


@given(networks(), st.sampled_from(["v1", "i1"]))
@settings(max_examples=6, deadline=None)
def test_at_every_point_nothing_moves(deck, name):
    circuit = Circuit.parse(deck)
    values = np.linspace(-1, 1, 11) * (1.0 if name == "v1" else 1e-3)
    curve = dc(circuit, {name: values})
    lure = compile_circuit(circuit)
    for states in (curve.forward_states, curve.backward_states):
        for k, value in enumerate(values):
            if not np.isfinite(states[0, :, k]).all():
                assert curve.message  # an oscillation behind a fold
                continue
            level = repr(float(value))
            text = deck.replace("V1 in 0 0", f"V1 in 0 {level}" if name == "v1" else "V1 in 0 0")
            text = text.replace("I1 0 u1 0", f"I1 0 u1 {level}" if name == "i1" else "I1 0 u1 0")
            still = compile_circuit(Circuit.parse(text))
            x = states[0, :, k][:, None]
            movement = still.rhs(0.0, x) * lure.time_constants
            assert np.abs(movement).max() < 1e-9


def test_a_second_source_gives_a_family_of_curves():
    curve = dc(Circuit.parse(DIVIDER), {"v1": [0.0, 1.0], "i1": [0.0, 1e-3, 2e-3]})
    assert curve["out"].shape == (3, 2)
    np.testing.assert_allclose(curve["out"], [[0, 0.75], [0.75, 1.5], [1.5, 2.25]], atol=1e-13)
    table = curve.table
    assert table.names[:2] == ("v(v-sweep)", "i(i-sweep)-2")
    np.testing.assert_array_equal(table.data[0], [0, 1, 1, 0] * 3)
    np.testing.assert_array_equal(table.data[1], np.repeat([0.0, 1e-3, 2e-3], 4))


def test_the_deck_says_what_is_swept_and_measured():
    deck = (
        DIVIDER
        + """.dc v1 2 -2 -0.5
.meas dc at_one FIND v(out) AT=1
.meas dc where WHEN v(out)=0.3
.meas dc most MAX v(q)
.meas dc twice PARAM='2*at_one'
.meas dc never WHEN v(out)=9
.meas dc span PP v(out) FROM=-1 TO=1
"""
    )
    curve = dc(Circuit.parse(deck))
    np.testing.assert_array_equal(curve.values, np.arange(2.0, -2.1, -0.5))
    assert curve.measurements == {
        "at_one": pytest.approx(0.75),
        "where": pytest.approx(0.4),
        "most": pytest.approx(np.tanh(3.0) / 2),
        "twice": pytest.approx(1.5),
        "never": None,
        "span": pytest.approx(1.5),
    }


def test_the_level_of_dc_counts_not_the_beginning_of_the_waveform():
    deck = "levels\nV1 a 0 DC 2 SIN(0 1 1k)\nV2 b 0 0\nR1 a c 1k\nR2 b c 1k\n"
    np.testing.assert_allclose(dc(Circuit.parse(deck), {"v2": [0.0, 1.0]})["c"], [1.0, 1.5], rtol=1e-13)


def test_a_start_selects_the_branch():
    high = dc(Circuit.parse(LATCH.replace("=-1", "=1")), {"v1": [0.0]})
    low = dc(Circuit.parse(LATCH), {"v1": [0.0]})
    assert high["p"][0] == pytest.approx(-low["p"][0], rel=1e-9)
    assert high["p"][0] > 0.9
    saddle = dc(Circuit.parse(LATCH.replace(".ic", "*")), {"v1": [0.0]})
    assert saddle["p"][0] == pytest.approx(0.0, abs=1e-12)
    assert saddle.stable[0, 0, 0] == 0


def test_where_the_circuit_oscillates_the_sweep_ends_and_says_so():
    ring = """ring with an offset
V1 in 0 0
.param g=4
B1 a 0 V=tanh(g*(V(w)+V(in)))
B2 b 0 V=-tanh(g*V(u))
B3 c 0 V=-tanh(g*V(v))
R1 a u 1k
C1 u 0 1n
R2 b v 1k
C2 v 0 1n
R3 c w 1k
C3 w 0 1n
"""
    curve = dc(Circuit.parse(ring.replace("V=tanh", "V=-tanh")), {"v1": np.linspace(-2, 0, 5)})
    assert (curve.stable[0, 0] == 0).any()  # followed through a Hopf bifurcation
    assert curve.stable[0, 0, 0] == 1


def test_limits_keep_what_was_reached():
    limits = Limits(1e-9)
    curve = dc(Circuit.parse(DIVIDER), {"v1": [0.0, 1.0]}, limits=limits)
    assert "time was over" in curve.message
    assert np.isnan(curve.forward).all()


@pytest.mark.parametrize(
    ("swept", "reason"),
    [
        ({}, "0 quantities, expected one or two"),
        ({"v1": [0], "i1": [0], "r1": [1]}, "3 quantities"),
        ({"v9": [0, 1]}, "no element `v9`"),
        ({"v1": []}, "not finite"),
        ({"v1": [math.nan]}, "not finite"),
        ({"b1": [1.0]}, "is an expression"),
        ({"r1": [-1.0]}, "a positive value is needed"),
        (None, "no .dc line"),
    ],
)
def test_bad_sweeps_are_refused(swept, reason):
    with pytest.raises(InputError, match=reason):
        dc(Circuit.parse(DIVIDER), swept)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (".dc v1 0 1", r"\.dc has 3 words"),
        (".dc v1 0 1 -0.1", "no step of -0.1 leads from 0 to 1"),
        (".dc v1 0 1 0", "no step of 0"),
        (".dc v1 0 1 1n", "more than 100000 points"),
        (".dc v1 0 1 0.1 v1 0 1 0.1", "swept twice"),
        (".dc v1 0 1 0.1\n.dc v1 0 1 0.1", r"second \.dc"),
        (".meas dc m FIND v(nowhere) AT=1\n.dc v1 0 1 1", "asks for v"),
    ],
)
def test_bad_lines_are_refused(line, reason):
    with pytest.raises((NetlistError, InputError), match=reason):
        dc(Circuit.parse(DIVIDER + line + "\n"))


def test_the_sign_of_a_sparse_determinant_is_that_of_the_dense_one():
    from scipy.sparse import csc_array

    rng = np.random.default_rng(0)
    for n in (1, 2, 3, 5, 8, 13):
        for _ in range(10):
            A = np.where(rng.random((n, n)) < 0.6, rng.normal(size=(n, n)), 0.0)
            sign = np.linalg.slogdet(A)[0]
            if abs(np.linalg.det(A)) > 1e-9:
                assert sign_of_determinant(csc_array(A)) == sign


def test_the_picture_has_both_ways(tmp_path):
    curve = dc(Circuit.parse(TRIGGER), {"v1": np.linspace(-1, 1, 21)})
    ax = curve.plot("out")
    full, dashed, *folds = ax.lines
    np.testing.assert_array_equal(full.get_ydata(), curve["out"])
    np.testing.assert_array_equal(dashed.get_ydata(), curve.branch("out", "backward"))
    assert len(folds) == 2
    assert ax.get_xlabel() == "v1 (V)"
    assert ax.get_ylabel() == "voltage (V)"
    with pytest.raises(InputError, match="no signal 'x'"):
        curve.plot("x")


@pytest.mark.ngspice
@pytest.mark.skipif(shutil.which("ngspice") is None, reason="ngspice is not installed")
@pytest.mark.parametrize(
    "deck",
    [
        DIVIDER + ".dc v1 -2 2 0.25\n",
        DIVIDER + ".dc v1 -1 1 0.5 i1 0 1m 0.5m\n",
        DIVIDER + ".dc r2 1k 5k 1k\n",
        TRIGGER + ".dc v1 -1 1 0.02\n",
        LATCH + ".dc v1 -1.5 1.5 0.1\n",
    ],
)
def test_ngspice_sweeps_the_same(deck):
    found = compare_dc(Circuit.parse(deck), Limits(), 60.0)
    assert found.largest < 1e-6
    assert len(found.relative) >= 3


@pytest.mark.ngspice
@pytest.mark.skipif(shutil.which("ngspice") is None, reason="ngspice is not installed")
@pytest.mark.parametrize("seed", range(6))
def test_ngspice_agrees_about_random_networks(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 6))
    lines = ["network", "V1 in 0 DC 0.3 AC 1", f"Ro v{n} o 1k", "Co o 0 2n"]
    for i in range(1, n + 1):
        kind = ("tanh", "atan")[int(rng.integers(2))]
        lines += [f"C{i} u{i} 0 {rng.uniform(0.1, 3)}n", f"Ri{i} in u{i} {rng.uniform(1, 9)}k"]
        lines += [f"B{i} v{i} 0 V={kind}({rng.uniform(0.5, 6)}*V(u{i}))"]
        lines += [f"R{i}_{j} v{j} u{i} {rng.uniform(1, 9)}k" for j in range(1, n + 1) if rng.random() < 0.5]
    lines += [".nodeset " + " ".join(f"v(u{i})=-1" for i in range(1, n + 1))]
    lines += [".dc v1 -2 2 0.1", ".ac dec 5 10 10meg", ".noise v(o) v1 dec 5 10 10meg", ""]
    circuit = Circuit.parse("\n".join(lines))
    for compare in COMPARED.values():
        assert compare(circuit, Limits(), 60.0).largest < 1e-6
