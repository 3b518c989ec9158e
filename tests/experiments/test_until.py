"""Draws that go on until an interval is narrow enough."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from models_for_tests import coin

from analoghop.errors import InputError
from analoghop.experiments import Stored, Study, report, run_study, study_of
from analoghop.experiments.plan.criterion import criterion_of
from analoghop.experiments.plan.until import Level, Until
from analoghop.experiments.reporting.report import mean_of, rate_of
from analoghop.experiments.running import serial, work


def study(width: float = 0.12, most: int = 800, **changes: Any) -> Study:
    given: dict[str, Any] = {
        "vary": {"p": [0.5, 0.99]},
        "metrics": ["good", "v"],
        "draws": {"starts": most, "seed": 3, "until": {"width": width, "metric": "good", "first": 50}},
    }
    return Study("coins", coin, **{**given, **changes})


def counts(store: Path) -> list[int]:
    return [sum(line.statuses.values()) for line in report(Stored(store))]


def test_an_easy_rate_needs_fewer_draws_than_a_hard_one(tmp_path: Path) -> None:
    done = run_study(study(), tmp_path / "s.db")
    hard, easy = counts(tmp_path / "s.db")
    # Five looks, so 99 %: Wilson's interval is 0.117 wide after 50 of 50, and 0.128 after 200 of 400.
    assert (easy, hard) == (50, 800)
    assert done.points == done.computed == hard + easy
    assert done.left == 0
    assert Stored(tmp_path / "s.db").points == hard + easy
    again = run_study(study(), tmp_path / "s.db")
    assert (again.computed, again.before, again.left) == (0, hard + easy, 0)


def test_the_rows_are_those_of_all_draws_and_survive_interruptions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, cut, all_of = tmp_path / "whole.db", tmp_path / "cut.db", tmp_path / "all.db"
    run_study(study(), whole)
    chunks = 0

    def compute(*given: Any) -> Any:
        nonlocal chunks
        chunks += 1
        if chunks % 3 == 0:
            raise KeyboardInterrupt
        return work.compute(*given)

    monkeypatch.setattr(serial, "compute", compute)
    ends = [run_study(study(), cut) for _ in range(2)]
    assert all(one.interrupted and one.left for one in ends)
    monkeypatch.undo()
    assert run_study(study(), cut).left == 0
    run_study(study(draws={"starts": 800, "seed": 3}), all_of)
    known = {row.key: dict(row.metrics) for row in Stored(all_of).rows()}
    first = [(row.key, dict(row.metrics)) for row in Stored(whole).rows()]
    assert first == [(row.key, dict(row.metrics)) for row in Stored(cut).rows()]
    assert all(known[key] == metrics for key, metrics in first)


def test_the_yield_of_parts_over_an_axis_ends_all_its_points_together(tmp_path: Path) -> None:
    rule = {"good": True, "over": ["p"]}
    draws = {"starts": 200, "seed": 1, "until": {"width": 0.4, "first": 20}}
    run_study(study(criterion=rule, draws=draws), tmp_path / "s.db")
    (line,) = report(Stored(tmp_path / "s.db"), criterion_of(rule))
    assert line.good is not None
    assert line.good.count in (20, 40, 80, 160)
    assert sum(line.statuses.values()) == 2 * line.good.count


def test_a_mean_is_enough_too_and_a_narrower_width_goes_on(tmp_path: Path) -> None:
    store = tmp_path / "s.db"
    wide = study(draws={"starts": 400, "seed": 3, "until": {"width": 1.0, "metric": "v", "first": 25}})
    run_study(wide, store)
    few = sum(counts(store))
    narrow = study(draws={"starts": 400, "seed": 3, "until": {"width": 0.6, "metric": "v", "first": 25}})
    more = run_study(narrow, store)
    assert more.before == few < sum(counts(store)) <= 800
    back = run_study(wide, store)  # what is not needed is kept, out of sight
    assert (back.computed, sum(counts(store))) == (0, few)
    assert run_study(narrow, store).computed == 0


def test_many_looks_make_wider_intervals() -> None:
    assert Until(0.1, first=50).counts(800) == (50, 100, 200, 400, 800)
    assert Until(0.1, first=50).counts(50) == (50,)
    assert Level(1).z == pytest.approx(1.959964, abs=1e-6)
    assert Level(5).z == pytest.approx(2.575829, abs=1e-6)  # 99 %
    values = [0.1 * k for k in range(12)]
    narrow, wide = mean_of(values), mean_of(values, Level(5))
    assert mean_of(values, Level(1)).interval == pytest.approx(narrow.interval)
    # Student's t with 11 degrees of freedom: 2.2010 and 3.1058.
    assert narrow.interval is not None
    assert wide.interval is not None
    ratio = (wide.interval[1] - wide.interval[0]) / (narrow.interval[1] - narrow.interval[0])
    assert ratio == pytest.approx(3.1058 / 2.2010, rel=1e-4)
    assert rate_of([True] * 5, Level(5)).interval[0] < rate_of([True] * 5).interval[0]  # type: ignore[index]


def test_the_interval_covers_the_rate_though_draws_end_where_it_is_narrow() -> None:
    """Of 300 studies of a coin, at most 5 % and a little end with an interval that misses."""
    until, missed = Until(0.12, first=50), 0
    looks = until.counts(800)
    rng = np.random.default_rng(5)
    for _ in range(300):
        tosses = (rng.random(800) < 0.9).tolist()
        for count in looks:
            low, high = rate_of(tosses[:count], Level(len(looks))).interval or (0.0, 1.0)
            if high - low <= until.width:
                break
        missed += not low <= 0.9 <= high
    assert missed <= 15


@pytest.mark.parametrize(
    ("draws", "message"),
    [
        ({"starts": 9, "until": {"metric": "good"}}, "`draws.until` needs a `width`"),
        ({"starts": 9, "until": {"width": 0, "metric": "good"}}, "`draws.until.width` is 0"),
        ({"starts": 9, "until": {"width": 0.1, "metric": "goods"}}, "not recorded; did you mean 'good'"),
        ({"starts": 9, "until": {"width": 0.1}}, "about the yield, but the study has no"),
        ({"until": {"width": 0.1, "metric": "good"}}, "needs one kind of draws"),
        ({"starts": 9, "noise": 2, "until": {"width": 0.1, "metric": "good"}}, "needs one kind of draws"),
        ({"starts": 9, "until": {"width": 0.1, "metric": "good", "first": 1}}, "`draws.until.first` is 1"),
        ({"starts": 9, "until": {"widths": 0.1}}, "has no key `widths`, expected width"),
    ],
)
def test_what_does_not_fit(draws: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        study(draws=draws)


def test_the_table_is_written_back() -> None:
    one = study()
    tables = one.to_dict()
    assert tables["draws"]["until"] == {"width": 0.12, "metric": "good", "first": 50}
    assert study_of(tables).to_dict() == tables
