import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analoghop.errors import FileFormatError, InputError
from analoghop.formats.waveforms.files import read_waveforms, write_waveforms
from analoghop.formats.waveforms.waveforms import Waveforms

SUFFIXES = [".raw", ".csv", ".npz"]
EXAMPLE = Waveforms(
    ("time", "v(u1)", "v(x1.out)", "i(vdd)"),
    ("time", "voltage", "voltage", "current"),
    np.array([[0.0, 1e-3, 2e-3], [0.1, 1 / 3, -5e-324], [1.0, np.pi, 1e300], [0.0, -0.0, 1e-9]]),
    "Flip-flop of two amplifiers",
    {"version": "0.1.0", "seed": 3, "settings": {"rtol": 1e-8, "sweep": [1, 2.5, None]}, "nan": None},
)

words = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=12)
values = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20)
records = st.dictionaries(st.text(max_size=12), values | st.lists(values, max_size=3), max_size=4)


@st.composite
def waveforms(draw: st.DrawFn) -> Waveforms:
    names = draw(
        st.lists(words, max_size=4, unique_by=str.lower).filter(lambda w: "time" not in map(str.lower, w))
    )
    kinds = draw(st.lists(words, min_size=len(names), max_size=len(names)))
    data = draw(arrays(np.float64, (len(names) + 1, draw(st.integers(0, 5)))))
    title = draw(st.text(max_size=30) | st.just("long title " * 100))
    return Waveforms(("time", *names), ("time", *kinds), data, title, draw(records))


def assert_same(a: Waveforms, b: Waveforms) -> None:
    assert (a.names, a.kinds, a.title, dict(a.record)) == (b.names, b.kinds, b.title, dict(b.record))
    np.testing.assert_array_equal(a.data, b.data)
    np.testing.assert_array_equal(
        np.signbit(a.data[~np.isnan(a.data)]), np.signbit(b.data[~np.isnan(b.data)])
    )


@pytest.mark.parametrize("suffix", SUFFIXES)
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(written=waveforms())
def test_what_is_written_is_read_back(tmp_path: Path, suffix: str, written: Waveforms) -> None:
    write_waveforms(tmp_path / f"x{suffix}", written)
    assert_same(read_waveforms(tmp_path / f"x{suffix}"), written)


def read_or_reason(target: Path) -> Waveforms | str:
    try:
        return read_waveforms(target)
    except FileFormatError as error:
        return str(error)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_truncation_is_a_file_format_error(tmp_path: Path, suffix: str) -> None:
    target = tmp_path / f"x{suffix}"
    write_waveforms(target, EXAMPLE)
    whole = target.read_bytes()
    for size in range(0, len(whole) - 1, 7):
        target.write_bytes(whole[:size])
        got = read_or_reason(target)
        if isinstance(got, Waveforms):  # a table cut inside its last number is a table all the same
            assert suffix == ".csv"
            assert whole[:size].count(b",") % 3 == 0
        else:
            assert str(target) in got


@pytest.mark.parametrize("suffix", SUFFIXES)
@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damage_is_a_file_format_error_or_harmless(tmp_path: Path, suffix: str, data: st.DataObject) -> None:
    target = tmp_path / f"x{suffix}"
    write_waveforms(target, EXAMPLE)
    content = bytearray(target.read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place : place + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=4))
    target.write_bytes(bytes(content))
    got = read_or_reason(target)
    assert isinstance(got, Waveforms) or str(target) in got


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_record_is_kept_as_json(tmp_path: Path, suffix: str) -> None:
    odd = {
        "tuple": (1, 2),
        "array": np.arange(3),
        "scalar": np.float64(0.1),
        "path": Path("a/b"),
        "!$`;": "!$`;&|",
    }
    written = Waveforms(("time",), ("time",), np.zeros((1, 1)), "t", odd)
    expected = {"tuple": [1, 2], "array": [0, 1, 2], "scalar": 0.1, "path": "a/b", "!$`;": "!$`;&|"}
    assert written.record == expected
    write_waveforms(tmp_path / f"x{suffix}", written)
    assert read_waveforms(tmp_path / f"x{suffix}").record == expected


def test_signals_are_found_by_name() -> None:
    assert EXAMPLE["v(u1)"] is not None
    np.testing.assert_array_equal(EXAMPLE["V( U1 )"], EXAMPLE.data[1])
    np.testing.assert_array_equal(EXAMPLE["x1.out"], EXAMPLE.data[2])
    np.testing.assert_array_equal(EXAMPLE.times, EXAMPLE.data[0])
    assert EXAMPLE.signals == ("v(u1)", "v(x1.out)", "i(vdd)")
    assert "i(vdd)" in EXAMPLE
    assert "v(u2)" not in EXAMPLE
    with pytest.raises(InputError, match=r"no signal 'v\(u2\)' among the 4 here; close to it: v\(u1\)"):
        EXAMPLE["v(u2)"]


def test_data_is_read_only() -> None:
    with pytest.raises(ValueError, match="read-only"):
        EXAMPLE.data[0, 0] = 1.0


@pytest.mark.parametrize(
    ("names", "kinds", "data", "record", "message"),
    [
        (("x",), ("time",), np.zeros((1, 2)), {}, "first of `names`"),
        ((), (), np.zeros((0, 2)), {}, "first of `names`"),
        (("time", "a"), ("time", "b"), np.zeros((1, 2)), {}, "one name, kind and row"),
        (("time", "a"), ("time",), np.zeros((2, 2)), {}, "one name, kind and row"),
        (("time", "a", "A"), ("time", "b", "b"), np.zeros((3, 2)), {}, "repeat"),
        (("time", "a b"), ("time", "b"), np.zeros((2, 2)), {}, "'a b' cannot name"),
        (("time", ""), ("time", "b"), np.zeros((2, 2)), {}, "cannot name"),
        (("time", "a" * 401), ("time", "b"), np.zeros((2, 2)), {}, "too long"),
        (("time",), ("time",), np.zeros((1, 2)), {"a": object()}, "object, which JSON cannot"),
        (("time",), ("time",), np.zeros((1, 2)), {1: 2}, "strings as keys"),
    ],
)
def test_bad_waveforms_are_refused(names, kinds, data, record, message) -> None:
    with pytest.raises(InputError, match=message):
        Waveforms(names, kinds, data, "", record)


@pytest.mark.parametrize("name", ["x.txt", "x", "raw", "x.raw.gz"])
def test_unknown_suffix_names_the_three(tmp_path: Path, name: str) -> None:
    message = r"kept in \.raw, \.csv or \.npz files"
    with pytest.raises(InputError, match=message):
        write_waveforms(tmp_path / name, EXAMPLE)
    with pytest.raises(InputError, match=message):
        read_waveforms(tmp_path / name)
    assert os.listdir(tmp_path) == []
