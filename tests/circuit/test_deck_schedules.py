"""Schedules in decks: gain, temperature, coupling and bias as moving sources, against the same `Network`."""

import shutil
from dataclasses import replace

import numpy as np
import pytest

from analoghop.activations import Tanh
from analoghop.amplifiers import Amplifiers
from analoghop.circuit import netlist
from analoghop.circuit.ngspice import run_ngspice_text
from analoghop.circuit.reduction.compile import compile_circuit
from analoghop.engines import Ensemble, ScipyIVP
from analoghop.schedules import ReciprocalSignal, Schedule, Signals
from analoghop.simulate import simulate
from analoghop.systems.circuits.network import Network

RAMP = Schedule([0.0, 2e-3, 3e-3], [0.3, 1.5, 1.0])

DECK = """three amplifiers under a schedule
V1 s 0 PWL(0 0.3 2m 1.5 3m 1)
B1 v1 0 V={first}
B2 v2 0 V={second}
B3 v3 0 V={third}
R12 v2 u1 2k
R13 v3 u1 3k
R21 v1 u2 2k
R23 v3 u2 1k
R31 v1 u3 3k
R32 v2 u3 1k
C1 u1 0 1u
C2 u2 0 1u
C3 u3 0 1u
{more}
.ic v(u1)=0.1 v(u2)=-0.2 v(u3)=0.05
.tran 10u 6m uic
.end
"""
T = np.array([[0, 1 / 2, 1 / 3], [1 / 2, 0, 1.0], [1 / 3, 1.0, 0]]) * 1e-3
NETWORK = Network(T, Amplifiers.uniform(Tanh(), 3, gain=4.0), C=1e-6, G=T.sum(axis=1))


def text(form, more=""):
    first, second, third = (form.format(f"V(u{k})") for k in (1, 2, 3))
    return DECK.format(first=first, second=second, third=third, more=more)


CASES = {
    "gain": (text("tanh(4*V(s)*{})"), {"gain_factor": RAMP}),
    "temperature": (text("tanh(4*{}/V(s))"), {"gain_factor": ReciprocalSignal(RAMP)}),
    "coupling": (text("V(s)*tanh(4*{})"), {"coupling_factor": RAMP}),
    "coupling from behind": (text("tanh(4*{})*V(s)/2*2"), {"coupling_factor": RAMP}),
    "bias": (
        text("tanh(4*{})", "G1 0 u1 s 0 0.1m"),
        {"signals": Signals((RAMP,)), "S": np.array([[1e-4], [0.0], [0.0]])},
    ),
    "bias as a current": (
        text("tanh(4*{})", "I1 0 u1 PWL(0 30u 2m 150u 3m 100u)"),
        {"signals": Signals((RAMP,)), "S": np.array([[1e-4], [0.0], [0.0]])},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_schedule_in_a_deck_is_the_schedule_of_its_network(name):
    deck, options = CASES[name]
    lure, expected = compile_circuit(netlist.parse(deck)), replace(NETWORK, **options)
    assert lure.network is not None
    x = np.random.default_rng(0).normal(size=(3, 5))
    for t in (0.0, 0.7e-3, 2.4e-3, 5e-3):
        assert np.allclose(lure.rhs(t, x), expected.rhs(t, x), rtol=1e-12)
        assert np.allclose(lure.jacobian(t, x[:, :1]), expected.jacobian(t, x[:, :1]), rtol=1e-9)
        assert np.allclose(
            sum(lure.energy(t, x).values()), sum(expected.energy(t, x).values()), rtol=1e-9, atol=1e-15
        )
    assert lure.quiet_after() == expected.quiet_after() == pytest.approx(3e-3)
    assert not lure.theorem.applies
    assert "frozen" in lure.theorem.reason


@pytest.mark.parametrize("name", CASES)
def test_the_general_form_says_the_same(name):
    """The circuit with its observation, by its own equations and not by those of the network."""
    lure = compile_circuit(netlist.parse(CASES[name][0]))
    x = np.random.default_rng(1).normal(size=(3, 4))
    for t in (0.2e-3, 2.5e-3):
        point, z = lure.point(t, x)
        assert np.allclose(lure.rate(t, point), lure.rhs(t, x), rtol=1e-9)
        # What is observed moves as the states and the schedule make it move.
        h = 1e-8
        ahead = lure.point(t + h, x + h * lure.rhs(t, x))[0].v
        behind = lure.point(t - h, x - h * lure.rhs(t, x))[0].v
        assert np.allclose(lure._point_rate(t, point, z).v, (ahead - behind) / (2 * h), rtol=1e-4, atol=1e-3)


@pytest.mark.parametrize("name", CASES)
def test_every_engine_takes_it(name):
    circuit = netlist.parse(CASES[name][0])
    lure = compile_circuit(circuit)
    truth = simulate(circuit, engine=ScipyIVP(rtol=1e-10, audit=False)).states[:, -1]
    for engine in (Ensemble(rtol=1e-8, atol=1e-8), Ensemble("exponential", dt=1e-6)):
        end = engine.integrate(lure, lure.start, (0.0, 6e-3)).states[:, -1]
        assert np.allclose(end, truth, rtol=1e-3, atol=1e-4)
    energy = simulate(circuit, engine=ScipyIVP(rtol=1e-9)).energy
    assert energy.balance_error < 1e-5 * np.ptp(energy.total)


def test_outputs_that_are_more_than_a_factor_stay_as_they_are():
    """Where something is added, or one amplifier has no factor, there is no common one."""
    for form in ("V(s)+tanh(4*{})", "V(s)*tanh(4*{})+0.1", "V(s)*tanh(4*{})+V(s)*V(s)"):
        assert compile_circuit(netlist.parse(text(form))).coupling_factor is None
    mixed = text("V(s)*tanh(4*{})").replace("V(s)*tanh(4*V(u3))", "tanh(4*V(u3))")
    lure = compile_circuit(netlist.parse(mixed))
    assert lure.coupling_factor is None
    x = np.array([[0.3], [0.2], [-0.1]])
    v = np.tanh(4 * x)
    v[:2] *= 0.3
    assert np.allclose(lure.rhs(0.0, x), (T @ v - T.sum(axis=1)[:, None] * x) / 1e-6, rtol=1e-9)


def test_rails_belong_to_what_is_multiplied():
    lure = compile_circuit(netlist.parse(text("V(s)*(2*tanh(4*{})+0.1)")))
    assert lure.coupling_factor is not None
    x, t = np.array([[0.3], [0.2], [-0.1]]), 1e-3
    v = 0.9 * (2 * np.tanh(4 * x) + 0.1)
    assert np.allclose(lure.outputs(t, x), v, rtol=1e-12)
    assert np.allclose(lure.rhs(t, x), (T @ v - T.sum(axis=1)[:, None] * x) / 1e-6, rtol=1e-9)


def test_gain_and_coupling_at_once():
    more = "V2 g 0 PWL(0 0.5 4m 2)"
    lure = compile_circuit(netlist.parse(text("V(s)*tanh(4*V(g)*{})", more)))
    expected = replace(NETWORK, coupling_factor=RAMP, gain_factor=Schedule([0.0, 4e-3], [0.5, 2.0]))
    x = np.random.default_rng(2).normal(size=(3, 4))
    assert np.allclose(lure.rhs(1e-3, x), expected.rhs(1e-3, x), rtol=1e-12)


@pytest.mark.ngspice
@pytest.mark.skipif(shutil.which("ngspice") is None, reason="ngspice is not installed")
@pytest.mark.parametrize("name", CASES)
def test_ngspice_runs_the_same_deck_alike(name):
    deck = CASES[name][0]
    there = run_ngspice_text(deck, tight=True)
    here = simulate(
        netlist.parse(deck), times=np.concatenate([[0.0], there.times]), engine=ScipyIVP(rtol=1e-9)
    )
    for signal in ("v(u1)", "v(u2)", "v(u3)", "v(v1)"):
        assert np.abs(here[signal][1:] - there[signal]).max() < 2e-5
