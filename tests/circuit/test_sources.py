import math
import shutil
import subprocess

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from analoghop.circuit.expressions import parse_number
from analoghop.circuit.source_arguments import from_deck
from analoghop.circuit.sources import Exponential, Pulse, Pwl, Sine
from analoghop.errors import InputError
from analoghop.schedules import Constant

STEP, STOP = 1e-3, 1e-2

DECKS = [
    "PULSE(0 1)",
    "PULSE(0 1 1m)",
    "PULSE(0 1 1m 0 0 0 0)",
    "PULSE(0 1 1m 1m 1m 2m)",
    "PULSE(0 1 0 0.1m 0.1m 0.3m 1m)",
    "PULSE(0 1 0 1m 1m 5m 4m)",
    "PULSE(2 -1 -0.5m 1m 1m 1m 4m)",
    "PULSE(1 1)",
    "PWL(1m 1 2m 2)",
    "PWL(0 0 1m 3 1.001m -1 8m 2)",
    "PWL(3m 2)",
    "SIN(0 1)",
    "SIN(0 1 0)",
    "SIN(0.5 1 200 1m 100 90)",
    "SIN(0 1 200 0 0 45)",
    "EXP(0 1)",
    "EXP(0 1 0 1m)",
    "EXP(3 1 2m 1m 5m 2m)",
]


def signal(text, step=STEP, stop=STOP):
    kind, numbers = text.rstrip(")").split("(")
    return from_deck(kind, [parse_number(word) for word in numbers.split()], step, stop)


@pytest.mark.ngspice
@pytest.mark.skipif(shutil.which("ngspice") is None, reason="ngspice is not installed")
def test_waveforms_are_those_of_ngspice(tmp_path):
    sources = "".join(f"V{k} n{k} 0 {text}\nR{k} n{k} 0 1k\n" for k, text in enumerate(DECKS))
    names = " ".join(f"v(n{k})" for k in range(len(DECKS)))
    control = f".control\nrun\nset wr_singlescale\nset numdgt=15\nwrdata out.txt {names}\n.endc\n"
    deck = f"title\n{sources}.tran 1m 10m\n{control}.end\n"
    run = subprocess.run(
        ["ngspice", "-b"], input=deck, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert run.returncode in (0, 1), run.stderr
    data = np.loadtxt(tmp_path / "out.txt")
    assert len(data) > 50
    t = data[:, 0]
    for column, text in zip(data[:, 1:].T, DECKS, strict=True):
        np.testing.assert_allclose(signal(text).value(t), column, atol=2e-12, err_msg=text)


def test_a_pulse_by_hand():
    pulse = Pulse(1.0, 3.0, 1.0, 0.5, 0.25, 2.0, 4.0)
    t = np.array([0.0, 1.0, 1.25, 1.5, 3.0, 3.5, 3.625, 3.75, 4.9, 5.0, 5.25])
    np.testing.assert_allclose(pulse.value(t), [1, 1, 2, 3, 3, 3, 2, 1, 1, 1, 2])
    np.testing.assert_allclose(pulse.rate(t), [0, 4, 4, 0, 0, -8, -8, 0, 0, 4, 4])
    assert pulse.breakpoints(6.0) == (1.0, 1.5, 3.5, 3.75, 5.0, 5.5)
    assert pulse.quiet_after() == math.inf


def test_a_pulse_keeps_its_end():
    assert signal("PULSE(0 1)").value(STOP) == 1.0
    assert Pulse(0.0, 1.0, 0.0, 0.1, 0.1, 5.0, 1.0).value(1.0 + 1e-9) == pytest.approx(1e-8)


def test_exponential_and_sine_by_hand():
    there = Exponential(1.0, 3.0, 1.0, 0.5, 2.0, 0.25)
    full = 1.0 - math.exp(-2.0)
    np.testing.assert_allclose(there.value([0.5, 1.0, 2.0]), [1.0, 1.0, 1.0 + 2.0 * full])
    np.testing.assert_allclose(there.rate([0.5, 1.0]), [0.0, 4.0])
    assert there.breakpoints(3.0) == (1.0, 2.0)
    wave = Sine(0.5, 2.0, 1.0, td=1.0, theta=0.5, phase=30.0)
    np.testing.assert_allclose(wave.value([0.0, 1.0, 2.0]), [1.5, 1.5, 0.5 + math.exp(-0.5)])
    assert wave.rate(0.5) == 0.0
    assert wave.breakpoints(3.0) == (1.0,)


@pytest.mark.parametrize("text", DECKS)
def test_rates_are_right_sided_slopes(text):
    wave = signal(text)
    corners = np.array([0.0, *wave.breakpoints(STOP)])
    t = np.sort(np.concatenate([corners, np.linspace(0.0, 0.99 * STOP, 101) + 3e-8]))
    h = 1e-10
    slope = (wave.value(t + 2 * h) - wave.value(t + h)) / h
    scale = np.abs(slope).max() + 1.0
    np.testing.assert_allclose(wave.rate(t) / scale, slope / scale, atol=2e-5)


@pytest.mark.parametrize("text", DECKS)
def test_nothing_jumps_between_breakpoints(text):
    wave = signal(text)
    corners = np.array([0.0, *wave.breakpoints(STOP), STOP])
    assert (np.diff(corners) > 1e-12).all()
    for a, b in zip(corners, corners[1:], strict=False):
        inside = np.linspace(a, b, 500)[1:-1]
        bends = np.diff(wave.rate(inside))
        smooth = isinstance(wave, (Sine, Exponential))
        assert np.abs(bends).max() <= (0.2 * np.abs(wave.rate(inside)).max() if smooth else 0.0)


@pytest.mark.parametrize("text", DECKS)
def test_signals_rest_when_they_say_so(text):
    wave = signal(text)
    rest = wave.quiet_after()
    if rest < math.inf:
        t = rest + np.linspace(0.0, 1.0, 20)
        np.testing.assert_array_equal(wave.value(t), wave.value(rest))
        np.testing.assert_array_equal(wave.rate(t), 0.0)


@pytest.mark.parametrize("text", DECKS)
def test_shapes_follow_the_time(text):
    wave = signal(text)
    for t in (0.5e-3, np.zeros(3), np.ones((2, 4))):
        assert np.shape(wave.value(t)) == np.shape(wave.rate(t)) == np.shape(t)


@pytest.mark.parametrize(
    ("text", "rest"), [("PWL(0 1 1m 2 3m 2)", 1e-3), ("PWL(3m 2)", 0.0), ("PULSE(1 1)", 0.0)]
)
def test_rest(text, rest):
    assert signal(text).quiet_after() == rest


@given(
    st.sampled_from([("pulse", 2, 7), ("sin", 2, 6), ("exp", 2, 6), ("pwl", 4, 4), ("dc", 1, 1)]),
    st.lists(st.one_of(st.just(0.0), st.floats(1e-6, 1e3)), min_size=7, max_size=7),
    st.integers(1, 7),
)
@settings(max_examples=200, deadline=None)
def test_what_is_written_is_read_back(kind, numbers, count):
    name, fewest, most = kind
    try:
        wave = from_deck(name, numbers[: min(max(count, fewest), most)], 1e-5, 2.0)
    except InputError:
        return
    if not isinstance(wave, Constant):
        assert wave.keyword == name
        assert from_deck(wave.keyword, wave.arguments(), 7.0, 8.0) == wave
        assert hash(from_deck(wave.keyword, wave.arguments(), 7.0, 8.0)) == hash(wave)


def test_defaults_come_from_the_analysis():
    assert from_deck("PULSE", [0, 5], 1e-6, 2.0) == Pulse(0, 5, 0, 1e-6, 1e-6, 2.0, 2.0)
    assert from_deck("sin", [0, 1], 1e-6, 2.0) == Sine(0, 1, 0.5)
    assert from_deck("exp", [0, 1, 0, 3.0], 0.5, 2.0) == Exponential(0, 1, 0.5, 3.0, 1.0, 0.5)
    assert from_deck("pwl", [0, 1, 2, 3], 0.5, 2.0) == Pwl((0.0, 2.0), (1.0, 3.0))
    assert from_deck("dc", [3], 0.5, 2.0) == Constant(3.0)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("AM(1 2)", "no source `am`"),
        ("PULSE(1)", "PULSE has 1 numbers, expected v1 v2"),
        ("PULSE(0 1 0 1 1 1 1 3 4)", "PULSE has 9 numbers"),
        ("PULSE(0 1 0 -1)", "`tr` of PULSE must be positive"),
        ("SIN(0 1 -5)", "`freq` of SIN must be positive"),
        ("EXP(0 1 2 1 1 1)", "`td2` of EXP is 1, before `td1`, 2"),
        ("PWL(0 1 2)", "PWL has 3 numbers, expected pairs"),
        ("PWL(0 1 0 2)", "times of PWL must increase"),
    ],
)
def test_numbers_that_do_not_fit(text, reason):
    with pytest.raises(InputError, match=reason):
        signal(text)


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_numbers_are_finite(bad):
    with pytest.raises(InputError, match="`va` of SIN is not finite"):
        Sine(0.0, bad, 1.0)
    with pytest.raises(InputError, match="finite"):
        Pwl((0.0, 1.0), (0.0, bad))


def test_breakpoints_are_bounded_in_number():
    fast = signal("PULSE(0 1 0 0.1n 0.1n 0.3n 1n)")
    assert len(fast.breakpoints(1e-6)) == 3999
    with pytest.raises(InputError, match="period of 1e-09 s has more than 1000000 corners in 1 s"):
        fast.breakpoints(1.0)
