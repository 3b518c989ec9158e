"""Switches with hysteresis: what they remember, in runs, at the operating point and in transfer curves."""

import math

import numpy as np
import pytest

from analoghop import dc, simulate
from analoghop.circuit import netlist
from analoghop.circuit.elements import Switch, SwitchModel
from analoghop.circuit.primitives.primitives import primitives
from analoghop.engines import ScipyIVP

RELAY = """a relay
Vin in 0 SIN(0 1 1k)
Vd d 0 1
{switch}
Rl out 0 1k
Cl out 0 10n
.model sm sw(vt=0.1 vh=0.4 ron=10 roff=1meg)
"""


def deck(tail, switch="S1 d out in 0 sm"):
    return netlist.parse(f"{RELAY.format(switch=switch)}{tail}\n.end\n")


def test_a_switch_closes_and_opens_at_two_thresholds():
    circuit = deck(".tran 1u 2m uic")
    solution = simulate(circuit, engine=ScipyIVP(rtol=1e-8, sampled=True))
    memory, times = solution["v(s1#on)"], solution.times
    changed = times[np.flatnonzero(np.diff(memory > 0.5)) + 1]
    first, last = math.asin(0.5), math.pi + math.asin(0.3)
    expected = (np.array([first, last, first + 2 * math.pi, last + 2 * math.pi])) / (2e3 * math.pi)
    assert changed == pytest.approx(expected, abs=1e-6)  # one recorded time
    assert ((memory < 1e-6) | (memory > 1 - 1e-6)).mean() > 0.99
    assert solution.audit.reason is None


@pytest.mark.parametrize(("state", "volts"), [("on", 0.99), ("off", 0.0), ("", 0.0)])
@pytest.mark.parametrize("start", ["uic", ""])
def test_between_the_thresholds_a_switch_begins_as_its_line_says(state, volts, start):
    circuit = deck(f".tran 1u 20u {start}", f"S1 d out in 0 sm {state}").replace("vin", signal=_zero())
    assert netlist.parse(netlist.format(circuit)) == circuit
    solution = simulate(circuit)
    assert solution["v(out)"][-1] == pytest.approx(volts, abs=2e-3 if start else 1e-2)


def _zero():
    return netlist.parse("t\nV1 a 0 0\nR1 a 0 1\n.op\n.end\n").elements[0].signal


def test_a_transfer_curve_shows_both_states_and_where_they_end():
    curve = dc(deck(".dc Vin -1 0.96 0.07"))
    assert [(f.direction, round(f.value, 6)) for f in curve.folds] == [("forward", 0.5), ("backward", -0.3)]
    up, down = curve["v(out)"], curve.branch("v(out)", "backward")
    middle = len(up) // 2  # 0 V
    assert (up[middle], down[middle]) == (
        pytest.approx(1e-3, abs=1e-4),
        pytest.approx(1 / 1.01, abs=1e-6),
    )


@pytest.mark.parametrize("load", ["", "C9 out 0 100n"])
@pytest.mark.parametrize("start", ["uic", ""])
def test_steps_do_not_pass_over_a_control_that_comes_and_goes(load, start):
    text = f"t\nVd d 0 1\nVin c 0 SIN(0 1 1k)\nS1 d out c 0 sm on\nRl out 0 1k\n{load}\n"
    text += f".model sm sw(vt=0 vh=0.5 ron=10)\n.tran 2u 2m {start}\n.end\n"
    solution = simulate(netlist.parse(text))
    on = solution["v(s1#on)"] > 0.5
    changed = solution.times[np.flatnonzero(on[1:] != on[:-1]) + 1]
    expected = (np.array([7.0, 13.0, 19.0]) / 12.0) * 1e-3
    assert changed == pytest.approx(expected, abs=3e-6)


def test_a_relay_oscillates_with_the_period_of_its_formula():
    text = "t\nV1 s 0 1\nS1 s a 0 t sm on\nRa a 0 1k\nEb b 0 a 0 1\nRt b t 1k\nCt t 0 1u IC=0.5\n"
    text += ".model sm sw(vt=-0.5 vh=0.2 ron=1m roff=1t)\n.tran 1u 5m uic\n"
    solution = simulate(netlist.parse(f"{text}.end\n"), engine=ScipyIVP(rtol=1e-8, sampled=True))
    v, times = solution["v(t)"], solution.times
    k = np.flatnonzero((v[:-1] >= 0.5) & (v[1:] < 0.5))
    falls = times[k] + 1e-6 * (v[k] - 0.5) / (v[k] - v[k + 1])
    assert np.diff(falls) == pytest.approx(2e-3 * math.log(0.7 / 0.3), rel=1e-5)


def test_a_switch_reads_a_current():
    text = "t\nV1 a 0 SIN(0 1 1k)\nVs a b 0\nR1 b 0 1k\nV2 s 0 1\nW1 s c Vs wm\nR2 c 0 1k\nC2 c 0 1n\n"
    text += ".model wm csw(it=0 ih=0.5m ron=1 roff=1g)\n.tran 1u 1m uic\n.end\n"
    solution = simulate(netlist.parse(text))
    on = solution["v(c)"] > 0.5
    assert solution.times[on][0] == pytest.approx(1e-3 / 12, abs=2e-6)
    assert solution.times[on][-1] == pytest.approx(7e-3 / 12, abs=2e-6)


def test_nothing_flows_at_the_memory_while_it_rests():
    found = primitives(deck(".tran 1u 1m uic", "S1 d out in 0 sm on")).circuit
    hold = next(e for e in found.elements if e.name == "s1#hold")
    assert (hold.a, hold.ic) == ("s1#on", 1.0)
    assert hold.value == pytest.approx(1e-16)  # 1 nS times a ten-millionth of the run
    assert ("s1#on", 1.0) in found.nodeset


def test_the_state_of_a_switch_without_hysteresis_means_nothing():
    circuit = netlist.parse("t\nV1 a 0 1\nS1 a 0 a 0 m on\n.model m sw(vt=0.5)\n.op\n.end\n")
    assert circuit.elements[1] == Switch("s1", "a", "0", circuit.elements[1].control, SwitchModel(0.5))
