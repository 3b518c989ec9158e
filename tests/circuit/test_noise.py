"""Noise in decks: what of each source and resistor reaches the states, and in which amount."""

import shutil
from dataclasses import replace

import numpy as np
import pytest
from scipy.linalg import solve_continuous_lyapunov

from analoghop.activations import Tanh
from analoghop.amplifiers import Amplifiers
from analoghop.circuit import netlist
from analoghop.circuit.ngspice import run_ngspice_text
from analoghop.circuit.reduction.compile import compile_circuit
from analoghop.circuit.synthesis.synthesize import synthesize
from analoghop.circuit.transient_noise import TransientNoise
from analoghop.engines import Ensemble, ScipyIVP
from analoghop.ensembles import GivenStarts
from analoghop.errors import InputError, NetlistError
from analoghop.schedules import Schedule
from analoghop.simulate import simulate
from analoghop.systems.circuits.network import Network

BOLTZMANN = 1.380649e-23

PAIR = """two amplifiers
B1 v1 0 V=tanh(3*V(u1))
B2 v2 0 V=tanh(3*V(u2))
R1 v2 u1 1k
R2 v1 u2 2k
R3 u1 0 4k
C1 u1 0 1u
C2 u2 0 2u
{lines}
.tran 10u 20m uic
.end
"""


def compiled(lines, deck=PAIR):
    return compile_circuit(netlist.parse(deck.format(lines=lines)))


def chi_square(x, variance):
    return np.mean(x**2 / variance), np.sqrt(2.0 / x.size)


@pytest.mark.parametrize(
    ("lines", "densities"),
    [
        ("I1 0 u1 TRNOISE(2m 1u)", (2e-3 * 1e-3 / 1e-6, 0)),
        ("I1 0 u1 DC 3m TRNOISE(2m 1u 0 0)", (2e-3 * 1e-3 / 1e-6, 0)),
        ("I1 u2 0 TRNOISE(2m 1u)", (0, 2e-3 * 1e-3 / 2e-6)),
        ("V1 n 0 TRNOISE(2 1u)\nR4 n u1 500", (2 / 500 * 1e-3 / 1e-6, 0)),
        ("V1 n 0 TRNOISE(2 1u)\nG1 0 u2 n 0 1m", (0, 2e-3 * 1e-3 / 2e-6)),
        ("V1 n 0 TRNOISE(2 1u)\nB3 0 u2 I=1m*V(n)+1u*tanh(3*V(u2))", (0, 2e-3 * 1e-3 / 2e-6)),
        ("V1 n 0 TRNOISE(2 1u)\nE1 m 0 n 0 -3\nR4 m u1 1k", (6e-3 * 1e-3 / 1e-6, 0)),
        # Independent sources add in power.
        ("I1 0 u1 TRNOISE(3m 1u)\nI2 0 u1 TRNOISE(1m 16u)", (5e-6 / 1e-6, 0)),
        ("I1 0 u1 TRNOISE(2m 1u)\nI2 0 u2 TRNOISE(2m 1u)", (2e-6 / 1e-6, 2e-6 / 2e-6)),
    ],
)
def test_the_noise_of_sources(lines, densities):
    lure = compiled(lines)
    assert lure.noise[:, 0] == pytest.approx(densities, rel=1e-12)
    assert lure.network.noise[:, 0] == pytest.approx(densities, rel=1e-12)
    assert "noise" in lure.theorem.reason


def test_a_deck_without_noise_has_none():
    for lines in ("", "I1 0 u1 TRNOISE(0 1u)", "I1 0 u1 DC 1m", "*!analoghop johnson -273.15"):
        lure = compiled(lines)
        assert lure.noise is None
        assert "noise" not in (lure.theorem.reason or "")
        assert ScipyIVP(audit=False).integrate(lure, [0.1, 0.1], (0.0, 1e-3)).times[-1] == 1e-3


def test_the_level_beside_noise_is_a_current():
    lure, plain = compiled("I1 0 u1 DC 3m TRNOISE(2m 1u)"), compiled("I1 0 u1 DC 3m")
    assert np.allclose(lure.rhs(0.0, np.zeros((2, 1))), plain.rhs(0.0, np.zeros((2, 1))))


@pytest.mark.parametrize(
    ("lines", "celsius"),
    [
        ("*!analoghop johnson", 27.0),
        (".temp 85\n*!analoghop johnson", 85.0),
        (".options temp=85\n*!analoghop johnson", 85.0),
        (".temp 85\n*!analoghop johnson 10", 10.0),
        (".param hot=1meg\n*!analoghop johnson {hot}", 1e6),
    ],
)
def test_the_noise_of_resistors(lines, celsius):
    """du = ... + sqrt(2 k T G)/C dW with the sum G of all conductances at a node."""
    lure = compiled(lines)
    T, G, C = celsius + 273.15, np.array([1e-3 + 0.25e-3, 0.5e-3]), np.array([1e-6, 2e-6])
    assert lure.noise[:, 0] == pytest.approx(np.sqrt(2 * BOLTZMANN * T * G) / C, rel=1e-12)
    assert np.allclose(lure.network.noise, replace_temperature(lure.network, T).noise, rtol=1e-12)


def replace_temperature(network, T):
    return Network(network.T, network.amplifiers, network.C, network.G, temperature=T)


def test_nodes_without_capacitors_pass_noise_on_as_the_resistance_that_they_make():
    """Nyquist: whatever the network of resistors, its noise is that of the conductance which a state sees."""
    ladder = "R4 u1 m 1k\nR5 m 0 2k\nR6 m q 3k\nR7 q 0 4k\n*!analoghop johnson"
    lure = compiled(ladder)
    G = 1e-3 + 0.25e-3 + 1 / (1e3 + 1 / (1 / 2e3 + 1 / 7e3))
    assert lure.network.G[0, 0] == pytest.approx(G, rel=1e-12)
    assert lure.noise[0, 0] == pytest.approx(np.sqrt(2 * BOLTZMANN * 300.15 * G) / 1e-6, rel=1e-12)


def test_the_variance_of_an_rc_node_is_kT_over_C():
    deck = """one node
B1 v 0 V=tanh(1u*V(u))
R1 u 0 1k
C1 u 0 1p
R2 v u 1e15
*!analoghop johnson
.tran 1n 100n uic
.end
"""
    lure = compile_circuit(netlist.parse(deck))
    found = Ensemble("exponential", noise_seed=1).integrate_many(
        lure, GivenStarts(np.zeros((1, 4000))), (0.0, 2e-8)
    )
    mean, deviation = chi_square(found.states, BOLTZMANN * 300.15 / 1e-12)
    assert abs(mean - 1.0) < 4.0 * deviation


def test_noise_in_a_circuit_that_is_no_network():
    """Beside its rest a noisy circuit is linear, and J P + P J' + N N' = 0 is its covariance (Lyapunov)."""
    lure = compiled("R4 u1 q 1k\nC4 q 0 1u\nI1 0 q TRNOISE(1n 1u)")
    assert lure.network is None
    noisy = lure.states.index("v(q)")
    assert lure.noise[noisy, 0] == pytest.approx(1e-9 * 1e-3 / 1e-6)
    assert np.count_nonzero(lure.noise) == 1
    quiet = replace(lure, noise_density=None)
    rest = ScipyIVP(rtol=1e-10, audit=False).integrate(quiet, np.full(3, 0.5), (0.0, 50e-3)).states
    J = lure.jacobian(0.0, rest[:, -1:])
    expected = solve_continuous_lyapunov(J, -(lure.noise @ lure.noise.T))
    starts = GivenStarts(np.repeat(rest[:, -1:], 3000, axis=1))
    found = Ensemble("exponential").integrate_many(lure, starts, (0.0, 20e-3))
    measured = np.cov(found.states)
    size = np.sqrt(np.outer(np.diag(expected), np.diag(expected)))
    # A step decays by up to a fifth; beside that, four standard deviations of a sample of 3000.
    assert np.abs(measured - expected).max() < (0.1 + 4 * np.sqrt(2 / 3000)) * size.max()
    assert np.abs((measured - expected) / size).max() < 0.1 + 4 * np.sqrt(2 / 3000)
    assert simulate(lure, tstop=1e-3, x0=np.zeros(3)).record["method"] == "exponential"


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("V1 n 0 TRNOISE(1 1u)\nR4 n u1 1k\nR5 n u2 1k", r"noise reaches v\(u\d\) and v\(u\d\) together"),
        ("R4 u1 u2 1k\n*!analoghop johnson", "together, from a source or a resistor that acts on both"),
        ("V1 n 0 TRNOISE(1 1u)\nB3 w 0 V=tanh(V(n))\nR4 w u1 1k", "b3 reads noise in a way"),
        (
            "V1 n 0 TRNOISE(1 1u)\nRa n m 1k\nRb m 0 1k\nB3 w 0 V=tanh(V(m))\nR4 w u1 1k",
            "an amplifier reads the noise of v1 without a capacitor between",
        ),
        ("V1 n 0 TRNOISE(1 1u)\nC4 n u1 1n", "a capacitor joins the noise of v1 to a state"),
        (
            "Rd u1 d 1k\nRe d 0 1k\nB3 w 0 V=tanh(V(d))\nR4 w u2 1k\n*!analoghop johnson",
            "b3 reads a node without a capacitor, whose thermal noise has no bound",
        ),
        ("V1 n 0 TRNOISE(1 1u)\nB3 0 u1 I=V(n)*V(n)", "b3 reads noise in a way that is not simulated"),
        ("V1 n 0 TRNOISE(1 1u)\nB3 0 u1 I=V(n)*V(u1)", "b3 reads noise in a way that is not simulated"),
        (
            "V1 n 0 DC 1 TRNOISE(1 1u)\nV2 s 0 PWL(0 1 1m 0)\nB3 0 u1 I=V(n)*V(s)",
            "the noise of v1, which is multiplied, has a level",
        ),
        (
            "V1 n 0 TRNOISE(1 1u)\nV2 s 0 PWL(0 1 1m 0)\nB3 0 u1 I=V(n)*V(s)\nI1 0 u2 TRNOISE(1m 1u)",
            "all noise has one factor in time: that of i1 does not",
        ),
        (
            "V1 n 0 TRNOISE(1 1u)\nV2 s 0 PWL(0 1 1m 0)\nB3 0 u1 I=V(n)*V(s)\nR4 n u2 1k",
            "all noise has one factor in time: that of r4 does not",
        ),
        (
            "V1 n 0 TRNOISE(1 1u)\nV2 s 0 PWL(0 1 1m 0)\nB3 0 u1 I=V(n)*V(s)\n*!analoghop johnson",
            "all noise has one factor in time: that of the resistors does not",
        ),
        ("I1 0 u1 TRNOISE(1m)", "TRNOISE has 1 numbers, expected NA NT"),
        ("I1 0 u1 TRNOISE(1m 0)", "the time step of TRNOISE is 0, expected a positive time"),
        ("I1 0 u1 TRNOISE(-1m 1u)", "the rms value of TRNOISE is -0.001"),
        ("I1 0 u1 TRNOISE(1m 1u 1 1m)", "TRNOISE asks for 1/f noise; only white noise is simulated"),
        ("I1 0 u1 TRNOISE(1m 1u 0 0 1m 1u 1u)", "TRNOISE asks for random telegraph noise"),
        ("*!analoghop johnson -300", "the temperature is -300 Celsius"),
        ("*!analoghop johnson 10 20", "`20` is left over"),
    ],
)
def test_noise_that_is_not_simulated_is_refused(lines, message):
    with pytest.raises(NetlistError, match=message):
        compiled(lines)


def test_the_factor_of_noise_is_a_schedule():
    lines = "V1 n 0 TRNOISE(2 1u)\nV2 s 0 PWL(0 1 10m 0.25)\nB3 0 u1 I=1m*V(s)*V(n)+1u*tanh(3*V(u1))"
    lure = compiled(lines)
    assert lure.noise[:, 0] == pytest.approx([2e-3 * 1e-3 / 1e-6, 0.0], rel=1e-12)
    t = np.linspace(0.0, 20e-3, 9)
    assert np.allclose(lure.noise_factor.value(t), np.interp(t, [0.0, 10e-3], [1.0, 0.25]))
    assert lure.network.noise_factor is lure.noise_factor
    assert lure.quiet_after() == pytest.approx(10e-3)
    # The rest of the expression is what it was.
    plain = compiled("B3 0 u1 I=1u*tanh(3*V(u1))")
    x = np.array([[0.3], [-0.2]])
    assert np.allclose(lure.rhs(0.0, x), plain.rhs(0.0, x), rtol=1e-12)


def test_scheduled_noise_has_the_variance_of_its_factor():
    """A capacitor without leak: the variance is the integral of the squared density."""
    deck = """one node
B1 v 0 V=tanh(V(u))
R1 v u 1e12
C1 u 0 1u
V1 n 0 TRNOISE(1 1u)
V2 s 0 PWL(0 1 1m 0)
B2 0 u I=V(s)*V(n)*1m
.tran 10u 2m uic
.end
"""
    lure = compile_circuit(netlist.parse(deck))
    engine = Ensemble("exponential", dt=1e-5, noise_seed=3)
    found = engine.integrate_many(lure, GivenStarts(np.zeros((1, 4000))), (0.0, 2e-3))
    mean, deviation = chi_square(found.states, 1e-3 / 3)
    assert abs(mean - 1.0) < 4.0 * deviation + 1e-3


def test_a_noisy_circuit_is_written_and_read_back():
    lines = "I1 0 u1 DC 3m TRNOISE(2m 1u)\nI2 0 u2 TRNOISE(1m 1u)\n*!analoghop johnson 85"
    circuit = netlist.parse(PAIR.format(lines=lines))
    assert circuit.johnson == 85.0
    again = netlist.parse(netlist.format(circuit))
    assert again == circuit
    signals = {e.name: e.signal for e in again.elements if hasattr(e, "signal")}
    assert signals == {"i1": TransientNoise(3e-3, 2e-3, 1e-6), "i2": TransientNoise(0.0, 1e-3, 1e-6)}


def test_a_noisy_network_is_soldered():
    noise = np.array([0.2, 0.0, 0.4])
    bank = Amplifiers.uniform(Tanh(), 3, gain=4.0)
    network = Network(np.eye(3)[[1, 2, 0]], bank, C=1e-3, G=[2.0, 3.0, 4.0], noise_density=noise)
    made = synthesize(network, impedance=1e3)
    back = compile_circuit(netlist.parse(netlist.format(made.circuit))).network
    assert np.allclose(back.noise, made.scale * network.noise, rtol=1e-12)
    fading = Schedule([0.0, 1.0], [1.0, 0.25])
    cooled = Network(network.T, bank, C=1e-3, G=[2.0, 3.0, 4.0], noise_density=noise, noise_factor=fading)
    made = synthesize(cooled)
    back = compile_circuit(netlist.parse(netlist.format(made.circuit))).network
    assert np.allclose(back.noise, made.scale * network.noise, rtol=1e-12)
    assert np.allclose(back.noise_factor.value([0.0, 0.5, 2.0]), [1.0, 0.625, 0.25])


def test_a_single_run_with_noise_takes_fixed_steps_on_the_decks_grid():
    circuit = netlist.parse(PAIR.format(lines="I1 0 u1 TRNOISE(2m 1u)"))
    run = simulate(circuit)
    assert run.record["engine"] == "Ensemble"
    assert run.record["method"] == "exponential"
    assert np.allclose(run.times, np.arange(2001) * 1e-5, rtol=1e-12)
    assert run.counts.steps % 2000 == 0
    assert run.energy is None
    with pytest.raises(InputError, match=r"use the engine Ensemble\(method='exponential'\)"):
        simulate(circuit, engine=ScipyIVP())


@pytest.mark.ngspice
@pytest.mark.skipif(shutil.which("ngspice") is None, reason="ngspice is not installed")
def test_ngspice_agrees_on_the_variance():
    """Stationary variance of a linear node: NA^2 NT R / (2 C), there and here."""
    deck = """noise
I1 0 u DC 1m TRNOISE(1m 20u)
R1 u 0 1k
C1 u 0 1u
B1 v 0 V=tanh(V(u))
.tran 50u 0.4 uic
.options seed=7
.end
"""
    lure = compile_circuit(netlist.parse(deck))
    variance = 1e-6 * 20e-6 * 1e3 / 2e-6
    assert lure.noise[0, 0] ** 2 / (2 * 1e3) == pytest.approx(variance, rel=1e-12)
    waves = run_ngspice_text(deck)
    samples = np.interp(np.arange(10e-3, 0.4, 2e-3), waves.times, waves["v(u)"]) - 1.0
    mean, deviation = chi_square(samples, variance)
    # Neighbours two time constants apart are correlated by exp(-2), squares by exp(-4).
    assert abs(mean - 1.0) < 4.0 * deviation * 1.02
    run = simulate(netlist.parse(deck))
    ours = np.interp(np.arange(10e-3, 0.4, 2e-3), run.times, run["v(u)"]) - 1.0
    assert abs(chi_square(ours, variance)[0] - 1.0) < 4.0 * deviation * 1.02
