"""`.noise`: densities against formulas and dense solutions, kT/C, and ngspice."""

import shutil

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analoghop import Circuit, ac, netlist, noise
from analoghop.analyses.foreign import compare_noise
from analoghop.analyses.spectrum import integrated
from analoghop.errors import InputError, NetlistError
from analoghop.limits import Limits

K, T = 1.380649e-23, 300.15
RC = "low pass\nV1 in 0 DC 0.2\nR1 in out 1k\nC1 out 0 1n\n"
AMPLIFIED = """amplifier
V1 in 0 DC 0.1 AC 1
R1 in a 1k
R2 a 0 5k
C1 a 0 1u
B1 p 0 V=tanh(3*V(a))
R3 p b 2k
R4 b c 1k
R5 c 0 3k
C3 b 0 0.5u
"""


def test_a_low_pass_has_the_noise_of_its_resistor():
    f = np.geomspace(1.0, 1e7, 30)
    found = noise(Circuit.parse(RC), f, output="v(out)", referred_to="v1")
    h = 1 / (1 + 2j * np.pi * f * 1e-6)
    np.testing.assert_allclose(found.output, np.sqrt(4 * K * T * 1e3) * np.abs(h), rtol=1e-12)
    np.testing.assert_allclose(found.input, np.sqrt(4 * K * T * 1e3), rtol=1e-12)
    np.testing.assert_allclose(found.gain, h, rtol=1e-12)
    assert found.elements == ("r1",)
    assert found.celsius == pytest.approx(27.0)


@pytest.mark.parametrize("ohms", ["50", "1k", "1meg"])
def test_over_all_frequencies_it_is_kt_over_c(ohms):
    circuit = Circuit.parse(RC.replace("1k", ohms))
    found = noise(circuit, np.geomspace(1e-4, 1e15, 4000), output="v(out)", referred_to="v1")
    assert found.output_rms**2 == pytest.approx(K * T / 1e-9, rel=2e-5)


def test_every_element_contributes_its_current_through_its_transfer():
    # The second road: one forward solution for each resistor, with a current of 1 A across it.
    f = np.array([1.0, 100.0, 1e4])
    circuit = Circuit.parse(AMPLIFIED)
    found = noise(circuit, f, output="v(c,p)", referred_to="v1")
    ends = {"r1": "in a", "r2": "a 0", "r3": "p b", "r4": "b c", "r5": "c 0"}
    ohms = {"r1": 1e3, "r2": 5e3, "r3": 2e3, "r4": 1e3, "r5": 3e3}
    assert found.elements == tuple(ends)
    for k, name in enumerate(found.elements):
        probed = ac(Circuit.parse(AMPLIFIED + f"I9 {ends[name]} 0\n"), f, inputs={"i9": 1.0})
        expected = np.abs(probed["c"] - probed["p"]) ** 2 * 4 * K * T / ohms[name]
        np.testing.assert_allclose(found.contributions[k], expected, rtol=1e-9, atol=1e-40)
    gain = ac(circuit, f)
    np.testing.assert_allclose(found.gain, gain["c"] - gain["p"], rtol=1e-9)
    np.testing.assert_allclose(found.output**2, found.contributions.sum(axis=0), rtol=1e-14)
    assert found.element_rms @ found.element_rms == pytest.approx(found.output_rms**2)


@given(st.lists(st.floats(0.1, 10.0), min_size=2, max_size=5), st.floats(1.0, 1e5))
@settings(max_examples=15, deadline=None)
def test_a_network_of_resistors_has_the_noise_of_its_impedance(kilohms, frequency):
    # Nyquist 1928: at one temperature the density is 4 k T Re Z, whatever is inside.
    lines = [f"R{k} n{k - 1} n{k} {r!r}k\nC{k} n{k} 0 {k}n" for k, r in enumerate(kilohms, 1)]
    deck = "ladder\nV1 n0 0 0\nI1 0 n1 0\n" + "\n".join(lines) + "\n"
    circuit = Circuit.parse(deck)
    found = noise(circuit, [frequency], output="v(n1)", referred_to="v1")
    impedance = ac(circuit, [frequency], inputs={"i1": 1.0})["n1"][0]
    assert found.output[0] ** 2 == pytest.approx(4 * K * T * impedance.real, rel=1e-9)


def test_trnoise_sources_are_white():
    deck = "noise\nV1 in 0 0\nI1 0 out TRNOISE(1m 10u)\nR1 in out 1k\nC1 out 0 1n\n"
    found = noise(Circuit.parse(deck), [1.0], output="v(out)", referred_to="v1")
    assert found.elements == ("r1", "i1")
    assert found.contributions[1, 0] == pytest.approx(2 * 1e-6 * 1e-5 * 1e6, rel=1e-6)


def test_a_run_with_noise_has_the_variance_of_the_spectrum():
    from analoghop.circuit.reduction.compile import compile_circuit

    circuit = Circuit.parse(RC + "*!analoghop johnson\n")
    lure = compile_circuit(circuit)
    variance = float(lure.noise[0, 0] ** 2 / (2 * lure.decay[0, 0]))
    found = noise(circuit, np.geomspace(1e-2, 1e13, 3000), output="v(out)", referred_to="v1")
    assert found.output_rms**2 == pytest.approx(variance, rel=2e-5)


def test_integrals_of_powers_are_exact():
    f = np.geomspace(1.0, 100.0, 7)
    powers = np.stack([f**0, f**-1, f**-2, f**1.5, 0 * f])
    exact = [99.0, np.log(100.0), 0.99, (100**2.5 - 1) / 2.5, 0.0]
    np.testing.assert_allclose(integrated(f, powers), exact, rtol=1e-12)
    lin = np.array([0.0, 1.0, 2.0])
    np.testing.assert_allclose(integrated(lin, np.array([[2.0, 2.0, 2.0]])), [4.0])


def test_the_deck_says_what_is_wanted_and_how_warm_it_is():
    deck = RC + ".temp 100\n.noise v(out) v1 dec 5 10 1k\n"
    circuit = Circuit.parse(deck)
    found = noise(circuit)
    assert (len(found.frequencies), found.celsius) == (11, pytest.approx(100.0))
    assert found.output[0] == pytest.approx(np.sqrt(4 * K * 373.15 * 1e3), rel=1e-6)
    assert noise(circuit, celsius=27.0).output[0] < found.output[0]
    assert Circuit.parse(netlist.format(circuit)) == circuit


def test_where_nothing_is_transferred_the_input_is_infinite():
    deck = RC + "V2 x 0 1\nR9 x 0 1k\n"
    found = noise(Circuit.parse(deck), [1.0, 2.0], output="v(out)", referred_to="v2")
    assert np.isinf(found.input).all()
    assert np.isinf(found.input_rms)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"output": "out", "referred_to": "v1"}, "expected one such as"),
        ({"output": "v(out)"}, "give the source"),
        ({"output": "v(q)", "referred_to": "v1"}, "no node `q`"),
        ({"output": "v(out)", "referred_to": "v7"}, "no source `v7`"),
        ({"output": "v(out)", "referred_to": "v1", "celsius": -300.0}, "expected a temperature"),
    ],
)
def test_bad_options_are_refused(options, reason):
    with pytest.raises(InputError, match=reason):
        noise(Circuit.parse(RC), [1.0], **options)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (".noise out v1 dec 1 1 10", "no output voltage"),
        (".noise v(out) v1 dec 1 1", "has 4 words"),
        (".noise v(out) v1 dec 1 0 10", "go from 0"),
        (".noise v(out) v1 dec 1 1 10\n.noise v(out) v1 dec 1 1 10", r"second \.noise"),
    ],
)
def test_bad_lines_are_refused(line, reason):
    with pytest.raises(NetlistError, match=reason):
        Circuit.parse(RC + line + "\n")


def test_the_picture_has_the_noisiest_elements():
    found = noise(Circuit.parse(AMPLIFIED), np.geomspace(1, 1e5, 11), output="v(c)", referred_to="v1")
    ax = found.plot()
    assert len(ax.lines) == 6
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), found.output)
    assert ax.get_xlabel() == "frequency (Hz)"


@pytest.mark.ngspice
@pytest.mark.skipif(shutil.which("ngspice") is None, reason="ngspice is not installed")
@pytest.mark.parametrize("grid", ["dec 7 10 350k", "oct 2 10 90", "lin 5 10 1k"])
@pytest.mark.parametrize("output", ["v(c)", "v(b,a)"])
def test_ngspice_has_the_same_noise(output, grid):
    found = compare_noise(Circuit.parse(f"{AMPLIFIED}.temp 60\n.noise {output} v1 {grid}\n"), Limits(), 60.0)
    assert found.largest < 1e-6  # ngspice has Boltzmann's constant of 2014, which is 3.5e-7 smaller
    assert set(found.relative) == {"onoise_spectrum", "inoise_spectrum", "onoise_total"}
