import math

import matplotlib as mpl
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure

from analoghop.plotting.style import (
    axes_for,
    label_axis,
    prefix,
    quantity,
    shortened,
    style,
    value_limits,
    wrapped,
)

MINUS, SPACE = "\N{MINUS SIGN}", "\N{NO-BREAK SPACE}"


@given(st.floats(1e-29, 1e29))
def test_a_prefix_writes_a_value_as_half_to_five_hundred(value):
    factor, sign = prefix(value)
    assert 0.5 * (1 - 1e-9) <= value * factor <= 500 * (1 + 1e-9)
    powers = dict(zip("qryzafpnµm", range(-30, 0, 3), strict=True)) | {"": 0}
    powers |= dict(zip("kMGTPEZYRQ", range(3, 33, 3), strict=True))
    assert factor == pytest.approx(10.0 ** -powers[sign], rel=1e-12)


@pytest.mark.parametrize("value", [0.0, math.inf, math.nan])
def test_what_has_no_size_has_no_prefix(value):
    assert prefix(value) == (1.0, "")


def test_quantities_read_as_engineers_write_them():
    assert quantity(0.0123, "V") == f"12.3{SPACE}mV"
    assert quantity(-4.7e-6, "A") == f"{MINUS}4.7{SPACE}µA"
    assert quantity(1.63e-19, "W", 2) == f"163{SPACE}zW"
    assert quantity(6e-7, "s") == f"600{SPACE}ns"
    assert quantity(0.0, "W") == f"0{SPACE}W"


def test_labels_carry_the_prefix_and_the_ticks_are_free_of_rounding():
    ax = axes_for(None, 4, 3)
    ax.set_xlim(0.0, 20e-3)
    label_axis(ax.xaxis, "time", "s")
    assert ax.get_xlabel() == "time (ms)"
    written = ax.xaxis.get_major_formatter()
    assert [written(v, 0) for v in (0.0, -1e-19, 2.5e-3, 3 * 5e-3, -1e-3)] == [
        "0",
        "0",
        "2.5",
        "15",
        f"{MINUS}1",
    ]


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True), min_size=1, max_size=5))
def test_limits_hold_all_finite_values_and_are_never_empty(values):
    low, high = value_limits(np.array(values))
    assert math.isfinite(low)
    assert math.isfinite(high)
    assert low < high
    inside = [v for v in values if math.isfinite(v) and abs(v) < 1e300]
    assert all(low <= v <= high for v in inside)


def test_the_callers_settings_survive():
    before = dict(mpl.rcParams)
    with style():
        assert mpl.rcParams["text.parse_math"] is False
    assert dict(mpl.rcParams) == before


def test_given_axes_are_used_as_they_are():
    ax = Figure().subplots()
    assert axes_for(ax, 1, 1) is ax


@settings(max_examples=200)
@given(st.text(max_size=60))
def test_shortened_text_is_one_printable_line(text):
    line = shortened(text, 12)
    assert len(line) <= 12
    assert line.isprintable()


def test_long_texts_are_broken_to_the_axes_and_cut():
    ax = axes_for(None, 4, 3)
    lines = wrapped(ax, "word " * 100).split("\n")
    assert len(lines) == 2
    assert lines[1].endswith("...")
    assert max(map(len, lines)) < 60
