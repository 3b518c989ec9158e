"""Study files: axes, draws, keys, and the sentences for what does not fit."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analoghop.errors import FileFormatError, InputError
from analoghop.experiments import Study, read_study, study_of
from analoghop.experiments.plan.axes import axis
from analoghop.experiments.plan.points import keys, points

FULL = """
schema = 1
study = "demo"
model = { function = "models_for_tests:power" }
on_error = "continue"
[vary]
x = { lin = [0, "1k", 3] }
gain = { log = [1, 100, 3] }
y = { zip = { y = [1, 2], z = ["a", "b"] } }
tolerance = [0.01, "2 %"]
[tolerance]
elements = "r*"
[draws]
parts = 2
starts = 3
seed = 7
[record]
metrics = ["value"]
waveforms = "failed"
[limits]
wall = "30 s"
[criterion]
value = [0, 10]
"""
SMALL: dict[str, Any] = {"model": {"function": "models_for_tests:power"}, "vary": {"x": [1, 2]}}


def test_a_full_file_is_read_and_written_back(tmp_path: Path) -> None:
    path = tmp_path / "demo.toml"
    path.write_text(FULL)
    study = read_study(path)
    assert study.axis_names == ("x", "gain", "y", "z", "tolerance")
    assert study.count == 3 * 3 * 2 * 2 * 2 * 3 == len(list(points(study)))
    assert study.axes[0].values == ((0.0,), (500.0,), (1000.0,))
    assert [round(v[0], 12) for v in study.axes[1].values] == [1.0, 10.0, 100.0]
    assert study.axes[2].values == ((1.0, "a"), (2.0, "b"))
    assert study.axes[3].values == ((0.01,), (0.02,))
    assert study.wall == 30.0
    again = study_of(study.to_dict())
    assert again.to_dict() == study.to_dict()
    assert list(keys(again, {})) == list(keys(study, {}))


def test_points_come_in_the_order_of_the_axes_and_draws() -> None:
    study = Study("s", lambda x, y: 0, vary={"x": [1, 2], "y": [3, 4]}, draws={"starts": 2})
    found = [(*p.values.values(), p.start) for p in points(study)]
    assert found == [(x, y, k) for x in (1, 2) for y in (3, 4) for k in (0, 1)]


@given(st.floats(1e-9, 1e9), st.floats(1e-9, 1e9), st.integers(1, 40), st.sampled_from(["lin", "log"]))
def test_axes_hold_their_ends_and_their_count(first: float, last: float, count: int, kind: str) -> None:
    if count > 1 and abs(first - last) < 1e-6 * max(first, last):
        return
    values = [v[0] for v in axis("a", {kind: [first, last, count]}).values]
    assert len(values) == count
    assert values[0] == first
    assert count == 1 or values[-1] == last


def test_keys_depend_on_what_decides_the_numbers_alone(tmp_path: Path) -> None:
    base = study_of({**SMALL, "study": "a"}, tmp_path)
    own = [key for key, _ in keys(base, {"deck": "text"})]
    assert [key for key, _ in keys(study_of({**SMALL, "study": "b"}, "/"), {"deck": "text"})] == own
    more = study_of({**SMALL, "vary": {"x": [1, 3, 2]}})
    assert {key for key, _ in keys(more, {"deck": "text"})} > set(own)
    assert set(own).isdisjoint(key for key, _ in keys(base, {"deck": "other"}))
    for change in ({"draws": {"seed": 1}}, {"engine": {"rtol": 1e-3}}, {"record": {"metrics": ["value"]}}):
        assert set(own).isdisjoint(key for key, _ in keys(study_of({**SMALL, **change}), {"deck": "text"}))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"vari": {}}, "no key `vari`.*did you mean 'vary'"),
        ({"record": {"metric": []}}, r"`\[record\]` has no key `metric`.*'metrics'"),
        ({"draws": {"part": 3}}, "did you mean 'parts'"),
        ({"limits": {"wal": 3}}, "did you mean 'wall'"),
        ({"engine": {"rtl": 3}}, "did you mean 'rtol'"),
        ({"tolerance": {"element": "r*"}}, "did you mean 'elements'"),
        ({"model": {"dek": "a.cir"}}, "did you mean 'deck'"),
        ({"model": {"deck": "a.cir", "rule": "x"}}, "no key `rule`"),
        ({"model": {}}, "needs one of the keys"),
        ({"schema": 2}, "`schema` is 2"),
        ({"vary": {"x": []}}, "at least one value"),
        ({"vary": {"x": [1, 1]}}, "names a value twice"),
        ({"vary": {"x": {"log": [0, 1, 3]}}}, "a number above 0"),
        ({"vary": {"x": {"lin": [0, 1]}}}, r"expected \[first, last, count\]"),
        ({"vary": {"x": {"zip": {"a": [1], "b": [1, 2]}}}}, "different lengths: a 1, b 2"),
        ({"vary": {"x": [1], "y": {"zip": {"x": [1]}}}}, "`x` is varied twice"),
        ({"vary": {"x": {"step": [1]}}}, "no key `step`"),
        ({"draws": {"parts": 2}}, "say which elements scatter"),
        ({"draws": {"parts": -1}}, "whole number from 0"),
        ({"draws": {"seed": -1}}, "`draws.seed` is -1"),
        ({"limits": {"wall": "soon"}}, "`limits.wall` is 'soon'"),
        ({"on_error": "stopp"}, "did you mean 'stop'"),
        ({"record": {"waveforms": "al"}}, "did you mean 'all'"),
        ({"criterion": {}}, "names no metric"),
        ({"criterion": {"value": [1]}}, r"expected \[lowest, highest\]"),
        ({"criterion": {"value": 1, "over": ["z"]}}, "`z`, which is no axis"),
        ({"tolerance": {"law": "normal"}}, "expected uniform or gaussian"),
        ({"tolerance": {"series": 13}}, "expected one of"),
        ({"tolerance": {"tolerance": 1.5}}, "a share from 0 to 1"),
        ({"tolerance": {"dead": 0.7, "stuck": 0.7}}, "more than all parts"),
        ({"vary": {"x": {"lin": [0, 1, 100_000_000]}}}, "at most"),
    ],
)
def test_what_does_not_fit_is_one_clear_sentence(change: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        study_of({**SMALL, **change})
    assert "\n" not in str(caught.value)


def test_files_that_are_no_study(tmp_path: Path) -> None:
    path = tmp_path / "bad.toml"
    path.write_text("a = [1,")
    with pytest.raises(FileFormatError, match="no TOML file"):
        read_study(path)
    path.write_text("vari = 1")
    with pytest.raises(InputError, match="bad.toml: the study has no key `vari`"):
        read_study(path)
    path.write_text("study = 'a'")
    with pytest.raises(InputError, match="no `model`"):
        read_study(path)
