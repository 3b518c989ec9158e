"""Sources that move inside of amplifiers and products, short events, and stiff circuits, against ngspice."""

import shutil

import numpy as np
import pytest

from analoghop.circuit import netlist
from analoghop.circuit.expressions import compile_expression, parse_expression
from analoghop.circuit.expressions.events import events
from analoghop.circuit.ngspice import run_ngspice_text
from analoghop.circuit.recognition.recognise import TIME
from analoghop.engines import ScipyIVP
from analoghop.simulate import simulate

STAGE = "R1 m o 1k\nC1 o 0 1u IC=0\n"
DECKS = {
    "a comparator of a source": "V1 a 0 SIN(0 1 1k)\nB1 m 0 V=5*tanh(100*V(a))\n" + STAGE,
    "a bias inside the sigmoid": "V1 s 0 PWL(0 -0.5 5m 2.5)\nR2 b 0 1k\nC2 b 0 1u IC=-0.1\nR3 m b 10k\n"
    "B1 m 0 V=tanh(20*(V(o)+V(s)))\nB2 n 0 V=tanh(20*(V(b)+V(s)))\nR4 n o 10k\n" + STAGE,
    "a pulse width modulator": "V1 s 0 PULSE(-1 1 0 500u 500u 1n 1m)\nV2 i 0 SIN(0 0.8 200)\nR0 i u 1k\n"
    "C0 u 0 1u IC=0\nB1 m 0 V=tanh(200*(V(u)-V(s)))\n" + STAGE,
    "a product of two sources": "V1 a 0 SIN(0 1 1k)\nV2 b 0 SIN(0 2 300)\nB1 m 0 V=V(a)*V(b)\n" + STAGE,
    "a product of a source and time": "V1 a 0 SIN(0 1 1k)\nB1 m 0 V=V(a)*time*1k\n" + STAGE,
    "a conductance that moves": "V1 g 0 SIN(0 1 1k)\nB1 o 0 I=1m*V(g)*V(o)\nI1 0 o DC 1m\nR2 m 0 1\n" + STAGE,
    "a chopper": "V1 g 0 PULSE(-1 1 0 1u 1u 99u 200u)\nV2 i 0 SIN(0 1 500)\nR2 i u 1k\nC2 u 0 100n IC=0\n"
    "B1 m 0 V=V(g)*V(u)\n" + STAGE,
    "a short event in time": "B1 m 0 V=exp(-((time-3m)/2u)**2)\nR1 m o 1k\nC1 o 0 10n IC=0\n",
    "stiff by nine orders of magnitude": "V1 p 0 PULSE(0 1 0.5m 10u 10u 1m 3m)\nR2 p d 1\nC2 d 0 1p\n"
    "B1 0 o I=1m*(2*tanh(V(d))-V(o))\nC1 o 0 1u IC=0\nR1 o m 1meg\nR3 m 0 1meg\n",
}


@pytest.mark.ngspice
@pytest.mark.skipif(shutil.which("ngspice") is None, reason="ngspice is not installed")
@pytest.mark.parametrize("name", DECKS)
def test_ngspice_and_we_agree_where_sources_move(name):
    deck = f"{name}\n{DECKS[name]}.tran 10u 5m uic\n.end\n"
    there = run_ngspice_text(deck, tight=True)
    times = np.concatenate([[0.0], there.times])
    here = simulate(netlist.parse(deck), times=times, engine=ScipyIVP(rtol=1e-9))
    for signal in ("v(o)", "v(m)"):
        assert np.abs(here[signal][1:] - there[signal]).max() < 1e-4 * np.ptp(there[signal])


def test_where_lsoda_fails_another_method_goes_on():
    deck = f"stiff\n{DECKS['stiff by nine orders of magnitude']}.tran 10u 5m uic\n.end\n"
    truth = simulate(netlist.parse(deck), engine=ScipyIVP("Radau", rtol=1e-9))
    run = simulate(netlist.parse(deck), engine=ScipyIVP(rtol=1e-9))
    assert run.status.value == "time up"
    assert run.record["method"] in ("LSODA", "LSODA, then Radau")
    assert np.abs(run["v(o)"] - truth["v(o)"]).max() < 1e-6
    assert simulate(netlist.parse(deck), engine=ScipyIVP("LSODA", rtol=1e-9)).record["method"] == "LSODA"


def test_a_relaxation_oscillator_leaves_the_corner_at_which_it_switches():
    deck = (
        "a switch\nVS s 0 DC 12\nRT q m 2.2k\nCX th 0 100p\nCT m 0 47n IC=0\nRF q th 47k\n"
        "RU s th 47k\nRD th 0 47k\nEQ q 0 TABLE {V(th,m)} = (-1u,0) (1u,12)\n.tran 1u 400u uic\n.end\n"
    )
    run = simulate(netlist.parse(deck), time_limit=60)
    assert run.status.value == "time up"
    # It switches at 8 V; the number is that of BDF, Radau and DOP853 at a tolerance of 1e-9.
    assert run["v(m)"][-1] == pytest.approx(7.98907, abs=1e-3)
    assert run.counts.steps < 5000


EVENTS = {
    "exp(-((time-3m)/2u)**2)": (2.98e-3, 3.02e-3),
    "time>1m?1:0": (1e-3 - 1e-12, 1e-3 + 1e-12),
    "u(time-1m)*exp(-(time-1m)/10u)": (0.99e-3, 1.3e-3),
    "1/(1+exp(-(time-5m)/1n))": (4.99e-3, 5.01e-3),
    "exp(-((time-3m)/2u)**2)*sin(2*pi*10meg*time)": (2.98e-3, 3.02e-3),
    "u(time-1m)*sin(6283*1k*(time-1m))*u(1.1m-time)": (0.99e-3, 1.11e-3),
    "5+exp(-time/1u)": (0.0, 3e-5),
}


@pytest.mark.parametrize("text", EVENTS)
def test_a_short_event_has_edges_close_around_it(text):
    low, high = EVENTS[text]
    edges = np.array(events(parse_expression(text), TIME, 10e-3))
    assert 2 <= len(edges) <= 310
    assert (np.diff(edges) > 0).all()
    assert low <= edges.min()
    assert edges.max() <= high
    outside = np.linspace(0.0, 10e-3, 100_001)
    outside = outside[(outside < edges.min()) | (outside > edges.max())]
    value = compile_expression(parse_expression(text), [TIME])
    ends = outside[outside > edges.max()]
    assert np.ptp(value(ends)) < 1e-4


@pytest.mark.parametrize("text", ["sin(2*pi*1k*time)", "exp(-time/5m)", "1/time", "3+0*time", "2*time"])
def test_what_moves_most_of_the_time_is_no_event(text):
    assert events(parse_expression(text), TIME, 10e-3) == ()
