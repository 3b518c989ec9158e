"""`simulate` with decks and circuits."""

from pathlib import Path

import numpy as np
import pytest

import analoghop
from analoghop.circuit.netlist import read
from analoghop.circuit.reduction.compile import compile_circuit
from analoghop.engines import ScipyIVP
from analoghop.errors import InputError, NetlistError
from analoghop.simulate import simulate
from analoghop.solution import Status

FLIPFLOP = Path(__file__).parents[1] / "circuits" / "flipflop.cir"


def test_a_path_a_circuit_and_a_system_are_the_same_run() -> None:
    circuit = read(FLIPFLOP)
    runs = [simulate(source) for source in (FLIPFLOP, str(FLIPFLOP), circuit)]
    runs.append(simulate(compile_circuit(circuit), times=runs[0].times))
    for run in runs[1:]:
        np.testing.assert_array_equal(run.states, runs[0].states)
    assert runs[0].record["title"] == runs[2].record["title"] == "Flip-flop of two amplifiers"
    assert runs[0].record["deck"] == str(FLIPFLOP)
    assert runs[0].record["version"] == analoghop.__version__


def test_parameters_times_start_and_end_replace_the_decks() -> None:
    weak = simulate(FLIPFLOP, parameters={"gain": 0.5})
    assert abs(weak["v(u1)"][-1]) < 1e-6
    assert weak.record["set"] == {"gain": 0.5}
    np.testing.assert_allclose(simulate(FLIPFLOP, times=[0, 1e-3, 2e-3]).times, [0, 1e-3, 2e-3])
    assert simulate(FLIPFLOP, tstop=1e-3).times[-1] == 1e-3
    down = simulate(FLIPFLOP, x0=[-0.3, -0.3])
    assert down["v(v1)"][-1] == pytest.approx(-0.957504, abs=1e-5)
    assert simulate(FLIPFLOP, settle=True, engine=ScipyIVP(rtol=1e-8)).status is Status.SETTLED


def test_largest_step_of_the_deck_holds(tmp_path: Path) -> None:
    deck = tmp_path / "deck.cir"
    deck.write_text("x\nR1 a 0 1k\nC1 a 0 1u IC=1\n.tran 0.1m 1m 0 1u uic\n.end\n")
    assert simulate(deck).counts.steps >= 1000


def test_bad_input() -> None:
    with pytest.raises(NetlistError, match="cannot be read"):
        simulate("no/such/deck.cir")
    with pytest.raises(InputError, match="no parameter"):
        simulate(FLIPFLOP, parameters={"nosuch": 1})
    with pytest.raises(InputError, match="where a deck is read"):
        simulate(read(FLIPFLOP), parameters={"gain": 1})
    with pytest.raises(InputError, match="not both"):
        simulate(FLIPFLOP, tstop=1.0, times=[0.0, 1.0])
    with pytest.raises(InputError, match="x0"):
        simulate(FLIPFLOP, x0=[0.0, 0.0, 0.0])
