"""The run that a deck asks for: its times and its start."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analoghop.circuit.netlist import parse
from analoghop.circuit.reduction.compile import compile_circuit
from analoghop.circuit.transient import MAX_POINTS, Transient, transient
from analoghop.errors import InputError

RC = "title\nV1 in 0 1\nR1 in a 1k\nC1 a 0 1u IC=0.25\n{}\n.end\n"


def planned(tran: str, stop: float | None = None, settle: bool = False) -> Transient:
    circuit = parse(RC.format(tran))
    return transient(circuit, compile_circuit(circuit), stop, settle)


def test_grid_of_the_deck() -> None:
    plan = planned(".tran 10u 1m uic")
    np.testing.assert_allclose(plan.times, np.linspace(0, 1e-3, 101), atol=1e-18)
    assert plan.times[-1] == 1e-3
    assert (plan.start.tolist(), plan.shown_from, plan.max_step) == ([0.25], 0.0, np.inf)


def test_step_that_does_not_divide_the_span() -> None:
    plan = planned(".tran 0.3m 1m uic")
    np.testing.assert_allclose(plan.times, [0, 0.3e-3, 0.6e-3, 0.9e-3, 1e-3])


def test_start_of_recording_and_largest_step() -> None:
    plan = planned(".tran 0.1m 1m 0.5m 2u uic")
    np.testing.assert_allclose(plan.times, [0, 0.5e-3, 0.6e-3, 0.7e-3, 0.8e-3, 0.9e-3, 1e-3])
    assert (plan.shown_from, plan.max_step) == (pytest.approx(0.5e-3), pytest.approx(2e-6))


def test_another_end() -> None:
    assert planned(".tran 10u 1m uic", 2e-3).times[-1] == 2e-3
    assert len(planned(".tran 10u 1m uic", 20e-6).times) > 50
    assert planned("", 2e-3).times[-1] == 2e-3
    assert len(planned("", 2e-3).times) == 1001


@pytest.mark.parametrize("stop", [0.0, -1.0, np.inf, np.nan])
def test_impossible_end(stop: float) -> None:
    with pytest.raises(InputError, match="positive time"):
        planned(".tran 10u 1m uic", stop)


def test_end_before_the_recording() -> None:
    with pytest.raises(InputError, match=r"before the deck's \.tran"):
        planned(".tran 10u 1m 0.5m uic", 0.4e-3)


def test_a_deck_without_times() -> None:
    with pytest.raises(InputError, match=r"no \.tran"):
        planned("")
    plan = planned("", settle=True)
    np.testing.assert_allclose(plan.times, [0.0, 1.0])  # 1000 RC; two times record every step
    assert plan.start.tolist() == [0.25]


def test_settling_needs_inputs_that_rest() -> None:
    circuit = parse(RC.format("").replace("V1 in 0 1", "V1 in 0 SIN(0 1 1k)"))
    with pytest.raises(InputError, match="never comes to rest"):
        transient(circuit, compile_circuit(circuit), settle=True)


@given(st.floats(1e-12, 1e-3), st.floats(1e-6, 10))
def test_grids_are_bounded_increasing_and_end_at_the_end(step: float, stop: float) -> None:
    plan = planned(f".tran {step!r} {stop!r} uic")
    times = plan.times
    assert 2 <= len(times) <= MAX_POINTS + 1
    assert (times[0], times[-1]) == (0.0, stop)
    assert (np.diff(times) > 0).all()
    assert bool(plan.notices) == (stop / step > MAX_POINTS)


def test_without_uic_element_conditions_do_not_count() -> None:
    plan = planned(".tran 10u 1m")
    assert plan.start == pytest.approx([1.0])
    assert any("IC=" in notice for notice in plan.notices)
