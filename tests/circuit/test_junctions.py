"""Diodes that store charge: the junction's voltage as a function of its charge, and the circuit around it."""

import math
import shutil

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analoghop import simulate
from analoghop.circuit import netlist
from analoghop.circuit.expressions.junctions import Charging, Junction
from analoghop.circuit.primitives.devices import THERMAL
from analoghop.engines import ScipyIVP
from analoghop.errors import NetlistError
from fuzz.agreement import agreement

CHARGING = st.builds(
    Charging,
    st.sampled_from([1e-14, 1e-9]),
    st.floats(0.025, 0.06),
    st.sampled_from([0.0, 1e-9, 1e-5]),
    st.sampled_from([1e-12, 1e-9]),
    st.floats(0.3, 1.2),
    st.floats(0.0, 0.9),
    st.floats(0.0, 0.9),
    st.just(1e-10),
)


@given(CHARGING, st.floats(-50.0, 1.2))
def test_the_voltage_is_that_of_the_charge_and_its_slope_one_over_the_capacitance(charging, v):
    junction, slope = Junction(charging), Junction(charging, 1)
    x = float(junction.charge(v)) / charging.unit
    if abs(x) < 1e-280:
        return
    # The charge says no more of the voltage than its own rounding allows.
    reach = 1e-12 * abs(v) + 4e-16 * abs(x) * charging.unit / float(junction.capacitance(v)) + 1e-25
    assert float(junction(x)) == pytest.approx(v, rel=1e-10, abs=10 * reach)
    assert float(slope(x)) == pytest.approx(charging.unit / float(junction.capacitance(v)), rel=1e-6)


@given(CHARGING, st.floats(-20.0, 1.0))
def test_the_capacitance_is_the_slope_of_the_charge(charging, v):
    junction = Junction(charging)
    h = 1e-5 * charging.nvt
    ahead, behind = junction.charge(v + h), junction.charge(v - h)
    rounding = 1e-15 * abs(ahead) / h
    assert junction.capacitance(v) == pytest.approx((ahead - behind) / (2 * h), rel=1e-4, abs=10 * rounding)


def test_known_values():
    charging = Charging(1e-9, 0.04, 1e-6, 1e-10, 0.7, 0.5, 0.5, 1e-10)
    junction = Junction(charging)
    assert junction.capacitance(0.0) == pytest.approx(1e-10 + 1e-6 * 1e-9 / 0.04)
    reverse = 1e-10 / math.sqrt(1 + 2.1 / 0.7)
    assert junction.capacitance(-2.1) == pytest.approx(reverse, rel=1e-9)  # half of cjo, and no carriers
    assert junction.charge(0.0) == 0.0


def run(text, model):
    deck = f"t\n{text}\n.model d D({model})\n.tran 20n 20u uic\n.end\n"
    return simulate(netlist.parse(deck), engine=ScipyIVP(rtol=1e-8, atol=1e-12, sampled=True))


def test_a_reverse_pulse_charges_what_the_layer_holds():
    # From 0 to -5 V through 1 kOhm; the charge that flowed is that of the layer at -5 V.
    solution = run("V1 a 0 PULSE(0 -5 1u 2u 10n 30u)\nR1 a b 1k\nD1 b 0 d", "is=1f rs=1 cjo=1n m=0.4 vj=0.7")
    current = (solution["v(a)"] - solution["v(b)"]) / 1e3
    flowed = float(np.trapezoid(current, solution.times))
    nvt = THERMAL
    expected = float(Junction(Charging(1e-15, nvt, 0.0, 1e-9, 0.7, 0.4, 0.5, 1e-9)).charge(-5.0))
    assert flowed == pytest.approx(expected, rel=2e-3)
    assert solution.audit.reason is None


def test_a_current_builds_up_the_carriers_of_its_transit_time():
    solution = run("I1 0 b 1m\nRl b 0 100meg\nD1 b 0 d", "is=1p rs=1 tt=1u cjo=1p")
    # dQ/dt = I - Q/tt after the layer is charged: Q = I tt (1 - exp(-t/tt)), and the current is Q/tt.
    v = solution["v(b)"] - 1e-3
    late = solution.times > 1e-6
    carried = 1e-12 * np.expm1(v / THERMAL)
    expected = 1e-3 * -np.expm1(-solution.times / 1e-6)
    assert carried[late] == pytest.approx(expected[late], rel=2e-3)
    assert solution.system.size == 1


def test_what_is_refused_and_what_is_told():
    deck = "t\nV1 a 0 1\nR1 a b 1k\nD1 b 0 d\n.model d D({})\n.tran 1u 1m uic\n.end\n"
    for values, reason in (
        ("rs=1 cjo=1p m=0.95", "`m=` of a diode is 0.95, expected a number from 0 to 0.9"),
        ("rs=1 cjo=1p fc=1", "`fc=` of a diode is 1, expected a number from 0 to 0.95"),
        ("rs=1 cjo=1p vj=0", "`vj=` of a diode is 0, expected a positive number"),
        ("rs=1 tt=-1n", "`tt=` of a diode is -1e-09, expected zero or more"),
    ):
        with pytest.raises(NetlistError) as caught:
            netlist.parse(deck.format(values))
        assert reason in str(caught.value)
    told = netlist.parse(deck.format("cjo=1p tt=1n")).notices
    assert any("the grading m= needs rs=" in notice for notice in told)
    assert any("the transit time tt= needs rs=" in notice for notice in told)
    assert not any("rs=" in notice for notice in netlist.parse(deck.format("rs=1 cjo=1p tt=1n")).notices)


@pytest.mark.ngspice
@pytest.mark.skipif(shutil.which("ngspice") is None, reason="ngspice is not installed")
@pytest.mark.parametrize(
    ("ends", "model"),
    [
        ("D1 b c d\nRc c 0 2k\nCc c 0 20n", "is=1n n=1.3 rs=50 cjo=20n m=0.4 vj=0.7"),
        ("D1 b c d\nRc c 0 2k\nD2 0 b d", "is=10p n=1.3 rs=20 cjo=10n tt=5u"),
    ],
)
def test_the_waveforms_are_those_of_ngspice(ends: str, model: str) -> None:
    deck = (
        f"t\nV1 a 0 SIN(0.5 2 1k)\nR1 a b 1k\nC1 b 0 1n\n{ends}\n.model d D({model})\n.tran 1u 2m uic\n.end\n"
    )
    assert agreement(deck, 1e-6, (40_000, 80_000)).worst < 1e-6
