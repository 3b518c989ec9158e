import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analoghop.errors import InputError
from analoghop.schedules import Constant, Schedule, Signal
from analoghop.systems.assignment.anneal_signals import Cooling, Hardening, Narrowing, ProductSignal

PROGRESS = Schedule(np.array([0.0, 12.0]), np.array([0.0, 1.0]))
COOLING = Cooling(0.8, 0.018, 0.2, PROGRESS)
SIGNALS = (
    COOLING,
    Hardening(0.4, 0.6, 0.85, PROGRESS),
    Narrowing(COOLING, 1.0, 9.0, 0.1, 0.75),
    ProductSignal(COOLING, PROGRESS),
)


@pytest.mark.parametrize("signal", SIGNALS, ids=lambda s: type(s).__name__)
@settings(max_examples=30)
@given(share=st.floats(0.001, 0.999))
def test_rate_is_the_slope_of_the_value(signal: Signal, share: float) -> None:
    t, h = 12.0 * share, 1e-6
    corners = (0.0, 0.85 * 12.0, 12.0, *closing_times())
    if min(abs(t - corner) for corner in corners) < 1e-3:
        return
    slope = (signal.value(t + h) - signal.value(t - h)) / (2 * h)
    assert signal.rate(t) == pytest.approx(float(slope), rel=1e-5, abs=1e-7)


def closing_times() -> tuple[float, ...]:
    """The time at which the width closes: T = 0.1."""
    q = 0.2
    return (12.0 * (0.1**q - 0.8**q) / (0.018**q - 0.8**q),)


def test_cooling_goes_from_start_to_end_and_rests() -> None:
    assert COOLING.value([0.0, 12.0, 99.0]) == pytest.approx([0.8, 0.018, 0.018])
    assert COOLING.value(6.0) == pytest.approx(((0.8**0.2 + 0.018**0.2) / 2) ** 5)
    assert COOLING.rate([-1.0, 12.0, 20.0]).tolist() == [0.0, 0.0, 0.0]
    assert COOLING.quiet_after() == 12.0
    assert COOLING.breakpoints(20.0) == (12.0,)
    assert COOLING.breakpoints(12.0) == ()


def test_hardening_is_a_cube_and_a_late_ramp() -> None:
    g = Hardening(0.4, 0.6, 0.85, Schedule(np.array([0.0, 1.0]), np.array([0.0, 1.0])))
    assert g.value([0.0, 0.5, 0.925, 1.0, 2.0]) == pytest.approx([0.0, 0.05, 0.4 * 0.925**3 + 0.3, 1.0, 1.0])
    assert g.breakpoints(2.0) == (0.85, 1.0)


def test_width_closes_with_the_temperature() -> None:
    width = Narrowing(Constant(0.55), 1.0, 8.0, 0.1, 0.75)
    assert width.value(3.0) == pytest.approx(8.0 * 0.5**0.75)
    assert width.rate(3.0) == 0.0
    assert Narrowing(COOLING, 1.0, 9.0, 0.1, 0.75).value(12.0) == 0.0


@pytest.mark.parametrize(
    "make",
    [
        lambda: Cooling(0.0, 1.0, 0.2, PROGRESS),
        lambda: Cooling(1.0, 0.1, 0.0, PROGRESS),
        lambda: Hardening(0.4, 0.6, 1.0, PROGRESS),
    ],
)
def test_what_is_no_schedule(make) -> None:
    with pytest.raises(InputError):
        make()
