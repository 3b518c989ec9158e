"""Measurements come from the dense output of the solver's steps: two roads to each number."""

import math
import shutil

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analoghop.circuit.expressions import Number, Voltage
from analoghop.circuit.measure import SignalValues, evaluate_measures, measured_signals
from analoghop.circuit.measuring import Measuring
from analoghop.circuit.measuring.step_search import Curve, crossings, extreme, integral
from analoghop.circuit.netlist import parse, read
from analoghop.circuit.ngspice import run_ngspice_text
from analoghop.circuit.reduction.compile import compile_circuit
from analoghop.circuit.transient import transient
from analoghop.engines import ScipyIVP
from analoghop.limits import Limits
from analoghop.simulate import run_measured, run_transient

METHODS = ("LSODA", "RK45", "DOP853", "Radau", "BDF")


def measured(deck, rtol=1e-9, method="auto", stop=None, limits=None):
    circuit = parse(deck) if "\n" in deck else read(deck)
    lure = compile_circuit(circuit)
    return run_measured(
        circuit, lure, transient(circuit, lure, stop), ScipyIVP(method, rtol=rtol), None, limits
    )[1]


def low_pass(*measures, step="20u", stop="5m", start=""):
    lines = [f".meas tran {line}" for line in measures]
    head = ["RC", "V1 a 0 SIN(0 1 1k)", "R1 a b 1k", "C1 b 0 0.1u IC=0", f".tran {step} {stop} {start} uic"]
    return "\n".join([*head, *lines, ".end", ""])


TAU, OMEGA = 1e-4, 2e3 * np.pi
SIZE = 1 / math.hypot(1, OMEGA * TAU)
LAG = math.atan(OMEGA * TAU)


def exact(t):
    """The voltage of the capacitor, by hand."""
    return SIZE * (np.sin(OMEGA * t - LAG) + math.sin(LAG) * np.exp(-t / TAU))


def dense(first, last):
    t = np.linspace(first, last, 2_000_001)
    return t, exact(t)


@pytest.mark.parametrize("method", METHODS)
def test_a_low_pass_gives_the_numbers_that_are_computed_by_hand(method):
    first, last = 0.3712e-3, 2.8391e-3
    window = f"from={first} to={last}"
    deck = low_pass(
        f"top MAX v(b) {window}",
        f"low MIN v(b) {window}",
        f"span PP v(b) {window}",
        f"when MAX_AT v(b) {window}",
        f"area INTEG v(b) {window}",
        f"mean AVG v(b) {window}",
        f"rms RMS v(b) {window}",
        "at FIND v(b) AT=0.7773m",
        "third WHEN v(b)=0.5 RISE=3",
        "last WHEN v(b)=-0.25 FALL=LAST",
        "both FIND v(a) WHEN v(b)=0.5 CROSS=4",
        "sum PARAM='top+low'",
        stop="5m",
    )
    got = measured(deck, 1e-10, method)
    t, y = dense(first, last)
    whole, z = dense(0, 5e-3)
    cross = whole[1:][(z[:-1] < 0.5) != (z[1:] < 0.5)]
    rise = whole[1:][(z[:-1] < 0.5) & (z[1:] >= 0.5)]
    fall = whole[1:][(z[:-1] >= -0.25) & (z[1:] < -0.25)]
    expected = {
        "top": y.max(),
        "low": y.min(),
        "span": np.ptp(y),
        "area": np.trapezoid(y, t),
        "mean": np.trapezoid(y, t) / (last - first),
        "rms": math.sqrt(np.trapezoid(y * y, t) / (last - first)),
        "at": exact(0.7773e-3),
        "both": math.sin(OMEGA * cross[3]),
        "sum": y.max() + y.min(),
    }
    for name, value in expected.items():
        assert got[name] == pytest.approx(value, abs=3e-6 if name == "both" else 2e-8), name
    times = {"when": t[y.argmax()], "third": rise[2], "last": fall[-1]}
    for name, value in times.items():
        assert got[name] == pytest.approx(value, abs=1e-8 if name != "when" else 5e-8), name


def test_the_recorded_times_do_not_matter():
    measures = ["m MAX v(b)", "w WHEN v(b)=0.3 FALL=2", "r RMS v(b) from=0.1m", "f FIND v(b) AT=4.99m"]
    fine, coarse = (measured(low_pass(*measures, step=step), 1e-10) for step in ("1u", "1m"))
    assert fine == pytest.approx(coarse, rel=1e-8)
    assert measured("circuits/flipflop.cir", 1e-6, stop=2000.0)["decided"] == pytest.approx(
        0.00043031, abs=1e-8
    )
    assert measured("circuits/flipflop.cir", 1e-11)["decided"] == pytest.approx(0.00043031, abs=1e-8)


def test_a_source_that_no_state_reads_is_seen_between_the_steps():
    got = measured(
        "t\nV1 a 0 SIN(0 1 100k)\nR1 a 0 1\nC1 b 0 1m IC=1\nR2 b 0 1k\n.tran 1u 10m uic\n"
        ".meas tran m MAX v(a) from=2m to=3m\n.meas tran w WHEN v(a)=0 RISE=7 TD=1.003m\n.end\n"
    )
    assert got["m"] == pytest.approx(1.0, abs=1e-9)
    assert got["w"] == pytest.approx(1.07e-3, abs=1e-9)


def test_a_level_that_a_peak_barely_passes_is_crossed_twice_and_one_above_it_never():
    level = 1 - 1e-7
    text = "t\nV1 a 0 SIN(0 1 1k)\nR1 a 0 1\n.tran 10u 0.9m\n"
    got = measured(
        f"{text}.meas tran up WHEN v(a)={level!r} RISE=1\n.meas tran down WHEN v(a)={level!r} FALL=1\n"
        ".meas tran more WHEN v(a)=1.0000001 CROSS=1\n.meas tran third WHEN v(a)=0.9999999 CROSS=3\n.end\n"
    )
    half = math.acos(level) / (2e3 * np.pi)
    assert got["up"] == pytest.approx(0.25e-3 - half, abs=1e-9)
    assert got["down"] == pytest.approx(0.25e-3 + half, abs=1e-9)
    assert got["more"] is None
    assert got["third"] is None


@pytest.mark.parametrize("method", METHODS)
def test_no_crossing_is_counted_twice_where_two_steps_meet(method):
    deck = low_pass(
        "late WHEN v(b)=0 RISE=LAST", "none WHEN v(b)=0 RISE=61", "one WHEN v(b)=0 RISE=50", stop="60m"
    )
    got = measured(deck, 1e-5, method)
    lag = LAG / OMEGA
    assert got["one"] == pytest.approx(50e-3 + lag, abs=2e-6)
    assert got["late"] == pytest.approx(59e-3 + lag, abs=2e-6)
    assert got["none"] is None


def test_a_jump_of_a_source_is_crossed_at_its_own_time():
    deck = (
        "t\nV1 a 0 PWL(0 0 1m 0 1.0000001m 2 3m 2 3.0000001m -1)\nR1 a b 1k\nC1 b 0 1u\n.tran 0.1m 5m\n"
        ".meas tran up WHEN v(a)=1 RISE=1\n.meas tran down WHEN v(a)=1 FALL=1\n"
        ".meas tran n WHEN v(a)=1 CROSS=3\n"
        ".meas tran area INTEG v(a)\n.meas tran top MAX v(b)\n.meas tran when MAX_AT v(b)\n.end\n"
    )
    got = measured(deck)
    assert got["up"] == pytest.approx(1.00000005e-3, rel=1e-9)
    assert got["down"] == pytest.approx(3e-3 + 1e-10 / 3, rel=1e-9)
    assert got["n"] is None
    assert got["area"] == pytest.approx(2 * 2e-3 - 2e-3, rel=1e-6)
    assert got["top"] == pytest.approx(2 * (1 - math.exp(-2)), rel=1e-6)
    assert got["when"] == pytest.approx(3e-3, rel=1e-6)


def test_a_run_that_records_late_is_measured_from_there_on():
    measures = ["m MAX v(b)", "w WHEN v(b)=0 RISE=1", "f FIND v(b) AT=1m", "a AVG v(b)"]
    got = measured(low_pass(*measures, stop="5m", start="2.5m"))
    t, y = dense(2.5e-3, 5e-3)
    assert got["m"] == pytest.approx(y.max(), abs=1e-8)
    assert got["w"] == pytest.approx(t[1:][(y[:-1] < 0) & (y[1:] >= 0)][0], abs=1e-8)
    assert got["f"] is None
    assert got["a"] == pytest.approx(np.trapezoid(y, t) / 2.5e-3, abs=1e-8)


def test_a_run_that_ends_early_is_measured_to_its_end():
    within = Limits()
    within.interrupt()
    got = measured(low_pass("f FIND v(b) AT=4m", "m MAX v(b)", "p PARAM='f+m'"), limits=within)
    assert got["f"] is None
    assert got["p"] is None
    assert got["m"] is None or got["m"] < 0.9


def test_recorded_waveforms_agree_as_their_steps_shrink():
    names = [
        "m MAX v(b)",
        "i INTEG v(b)",
        "w WHEN v(b)=0.2 RISE=2",
        "t TRIG v(a) VAL=0 RISE=2 TARG v(b) VAL=0 RISE=2",
    ]
    deck = low_pass(*names, step="0.2u")
    circuit = parse(deck)
    lure = compile_circuit(circuit)
    measuring = Measuring(circuit.measures, lure)
    run = run_transient(lure, transient(circuit, lure), ScipyIVP(rtol=1e-10, follower=measuring))
    waves = run.to_waveforms(measured_signals(circuit.measures))
    assert measuring.results() == pytest.approx(evaluate_measures(circuit.measures, waves), abs=1e-7)


@pytest.mark.ngspice
@pytest.mark.skipif(shutil.which("ngspice") is None, reason="ngspice is not installed")
def test_results_are_those_of_ngspice():
    lines = (
        "m MAX v(b)", "n MIN v(b) from=1m to=3m", "p PP v(b)", "a AVG v(b) from=1m to=3m", "r RMS v(b)",
        "i INTEG v(b) from=0.3m to=2.2m", "x MAX_AT v(b) from=1m to=2m", "f FIND v(b) AT=1.777m",
        "w WHEN v(b)=0.3 RISE=3", "l WHEN v(b)=0.3 FALL=LAST", "c FIND v(a) WHEN v(b)=0.1 CROSS=5",
        "t TRIG v(a) VAL=0.5 RISE=1 TARG v(b) VAL=0.5 RISE=2", "e WHEN v(b)=2 RISE=1", "d PARAM='w-l'",
    )  # fmt: skip
    deck = low_pass(*lines, step="1u")
    options = ".options method=trap reltol=1e-7 vntol=1e-11 abstol=1e-16 chgtol=1e-22 trtol=1\n"
    theirs = run_ngspice_text(deck.replace(".end\n", f"{options}.end\n")).record["measurements"]
    ours = measured(deck)
    assert set(ours) == set(theirs) == {line.split()[0] for line in lines}
    for name, value in theirs.items():
        if value is None:
            assert ours[name] is None, name
        else:
            scale = 5e-3 if name in "xwltd" else 1.0
            assert ours[name] == pytest.approx(value, abs=2e-4 * scale), name


class Polynomials(Curve):
    """One polynomial in each piece, with the rounding of a solver between them."""

    def __init__(self, edges, rows):
        self.a, self.b = np.array(edges[:-1]), np.array(edges[1:])
        self.parts = np.full(len(self.a), 8)
        self.fresh = np.zeros(len(self.a), bool)
        self.rows = rows

    def signals(self, t, piece):
        y = np.array([np.polyval(self.rows[int(k)], x) for x, k in zip(t, piece, strict=True)])
        return SignalValues(t, {"v(a)": y})


@settings(max_examples=60)
@given(
    st.lists(st.floats(-1, 1), min_size=3, max_size=4, unique=True),
    st.floats(-0.9, 0.9),
    st.integers(2, 6),
    st.floats(-1e-9, 1e-9),
)
def test_a_polynomial_has_the_roots_the_peak_and_the_area_that_it_has(roots, level, pieces, noise):
    row = np.poly(roots)
    edges = np.linspace(-1.25, 1.25, pieces + 1)
    curve = Polynomials(
        edges, [row + np.append(np.zeros(len(row) - 1), noise * (k % 2)) for k in range(pieces)]
    )
    real = [r.real for r in np.roots(row - np.append(np.zeros(len(row) - 1), level)) if abs(r.imag) < 1e-12]
    real = sorted(r for r in real if -1.25 < r < 1.25)
    slopes = [abs(np.polyval(np.polyder(row), r)) for r in real]
    times, rises, _, above = crossings(curve, Voltage("a"), Number(level), None)
    assert (np.diff(times) >= 0).all()
    assert list(rises[1:]) == list(~rises[:-1])
    assert above == (np.polyval(row, 1.25) + noise * ((pieces - 1) % 2) >= level)
    turns = [r.real for r in np.roots(np.polyder(row)) if abs(r.imag) < 1e-9]
    heights = [abs(np.polyval(row, x) - level) for x in (*turns, *edges)]
    apart = np.diff(real).min(initial=np.inf) > 2.5 / pieces / 8  # two crossings between nodes are not seen
    if min(slopes, default=1.0) > 1e-3 and min(heights) > 1e-6 and apart:
        assert len(times) == len(real)
        assert times == pytest.approx(real, abs=1e-5)
    parts = (curve.a, curve.b, np.arange(pieces))
    t = np.linspace(-1.25, 1.25, 20001)
    top, _ = extreme(curve, Voltage("a"), 1.0, parts, (-np.inf, np.nan))
    assert top == pytest.approx(np.polyval(row, t).max(), abs=1e-6)
    area = np.diff(np.polyval(np.polyint(row), [-1.25, 1.25]))[0]
    assert integral(curve, Voltage("a"), 1, parts) == pytest.approx(area, abs=1e-8)
