"""Numbers as people read them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analoghop.circuit.expressions import parse_number
from analoghop.cli.console import plain
from analoghop.cli.decks.opening import value_text
from analoghop.cli.text import counted, prefix_for, si, table


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.0301, "s", "30.1 ms"),
        (1e-7, "F", "100 nF"),
        (999.96e-6, "V", "1 mV"),
        (-2.5, "V", "-2.5 V"),
        (0.0, "W", "0 W"),
        (1234.5678, "", "1.235 k"),
        (None, "V", "unknown"),
        (math.nan, "V", "unknown"),
        (math.inf, "V", "inf V"),
        (1e30, "W", "1 QW"),
        (1e-30, "W", "1 qW"),
        (6.78e-21, "W", "6.78 zW"),
    ],
)
def test_si(value: float | None, unit: str, text: str) -> None:
    assert si(value, unit) == text


@given(st.floats(1e-17, 1e14), st.sampled_from([-1.0, 1.0]))
def test_si_is_the_number_to_its_digits(size: float, sign: float) -> None:
    number, _, prefix = si(sign * size, "", 6).partition(" ")
    assert abs(float(number)) < 1000
    assert float(number) * prefix_for(size if prefix else 1.0)[0] == pytest.approx(sign * size, rel=1e-3)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_names_of_values_are_numbers_of_decks(value: float) -> None:
    assert parse_number(value_text(value)) == value


def test_table_aligns() -> None:
    rows = [("name", "C"), ("a", "100 nF"), ("long name", "1 F")]
    assert list(table(rows)) == ["name            C", "a          100 nF", "long name     1 F"]


def test_counted() -> None:
    assert (counted(1, "state"), counted(0, "state")) == ("1 state", "0 states")


def test_plain_has_no_number_that_json_lacks() -> None:
    import numpy as np

    value = {"a": np.array([1.0, np.nan]), "b": (np.float64(np.inf), np.int64(3), np.bool_(True)), 5: None}
    assert plain(value) == {"a": [1.0, None], "b": [None, 3, True], "5": None}
