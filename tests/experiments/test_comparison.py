"""Comparison of settings: pairs, tests, and the correction for many of them."""

from itertools import product
from math import comb

import numpy as np
import pytest

from analoghop.errors import InputError
from analoghop.experiments.plan.criterion import criterion_of
from analoghop.experiments.plan.points import Point
from analoghop.experiments.reporting.comparison import MCNEMAR, WILCOXON, comparisons
from analoghop.experiments.store.point_result import PointResult


def row(values, part, status="done", **metrics):
    return PointResult(f"{sorted(values.items())}{part}", Point(values, part), status, metrics)


def truths(first, second):
    """Rows of two settings with truth values, part by part."""
    for gain, column in ((1, first), (2, second)):
        for part, good in enumerate(column):
            yield row({"gain": gain}, part, good=bool(good))


def test_shares_are_compared_by_the_parts_that_change():
    rng = np.random.default_rng(1)
    a, b = rng.random(200) < 0.8, rng.random(200) < 0.7
    (found,) = comparisons(truths(a, b), "gain", "good")
    worse, better = int((a & ~b).sum()), int((b & ~a).sum())
    n, k = worse + better, min(worse, better)
    expected = min(1.0, 2 * sum(comb(n, i) for i in range(k + 1)) / 2**n)
    assert (found.test.name, found.test.changed, found.pairs) == (MCNEMAR, n, 200)
    assert found.test.p == pytest.approx(expected, rel=1e-9)
    assert found.difference == pytest.approx(b.mean() - a.mean())
    assert found.interval[0] < found.difference < found.interval[1]


def test_the_same_draws_are_a_stronger_comparison_than_the_shares():
    good = np.arange(400) < 200
    slightly = np.arange(400) < 212
    (found,) = comparisons(truths(good, slightly), "gain", "good")
    assert found.test.changed == 12
    assert found.test.p == pytest.approx(2 / 2**12)


def test_numbers_are_compared_by_signed_ranks():
    # All of six differences positive: 2 of the 2^6 equally likely signs are as extreme.
    rows = [row({"gain": g}, k, v=10.0 * k + (g - 1) * (k + 1)) for g, k in product((1, 2), range(6))]
    (found,) = comparisons(rows, "gain", "v")
    assert found.test.name == WILCOXON
    assert found.test.p == pytest.approx(2 / 64)
    assert found.difference == pytest.approx(3.5)


def test_equal_settings_have_the_p_value_one_and_no_false_alarms():
    same = [True, False] * 10
    (found,) = comparisons(truths(same, same), "gain", "good")
    assert (found.test.p, found.test.changed, found.difference) == (1.0, 0, 0.0)
    rng = np.random.default_rng(7)
    alarms = 0
    for _ in range(400):
        rows = [row({"gain": g}, k, v=float(rng.normal())) for g, k in product((1, 2), range(20))]
        alarms += comparisons(rows, "gain", "v")[0].test.p < 0.05
    assert 8 <= alarms <= 34  # 20 are expected; these bounds are 3 sigma


def test_several_comparisons_are_corrected_together():
    rows = [
        row({"gain": g, "x": x}, k, v=float(k % 3) + 0.1 * g * (x == 1) * (k + 1))
        for g, x, k in product((1, 2, 3), (0, 1), range(8))
    ]
    found = comparisons(rows, "gain", "v")
    assert len(found) == 6
    assert [dict(one.values) for one in found] == [{"x": 0}] * 3 + [{"x": 1}] * 3
    small = [one for one in found if one.values["x"] == 1]
    assert all(one.test.p == pytest.approx(2 / 2**8) for one in small)
    assert all(one.adjusted == pytest.approx(6 * 2 / 2**8) for one in small)  # Holm: the largest rank counts
    assert all(one.adjusted == 1.0 for one in found if one.values["x"] == 0)


def test_instances_are_units_where_they_are_named():
    rows = [
        row({"formulation": f, "instance": i}, None, cost=c)
        for i in "abcdefgh"
        for f, c in (("potts", ord(i)), ("cells", ord(i) + 1.5))
    ]
    (found,) = comparisons(rows, "formulation", "cost", pair=["instance"])
    assert (found.pairs, found.difference, dict(found.values)) == (8, 1.5, {})
    assert len(comparisons(rows, "formulation", "cost")) == 8  # one pair each: nothing to be learnt
    assert {one.test.p for one in comparisons(rows, "formulation", "cost")} == {1.0}


def test_a_part_is_good_at_all_values_that_the_criterion_goes_over():
    rows = [
        row({"gain": g, "x": x}, k, code=x if (g, x, k % 2) != (1, 3, 0) else 9)
        for g, x, k in product((1, 2), range(4), range(10))
    ]
    rule = criterion_of({"code": "x", "over": ["x"]})
    (found,) = comparisons(rows, "gain", "yield", rule)
    assert (found.pairs, found.difference, found.test.changed) == (10, 0.5, 5)
    failed = [row({"gain": 2, "x": 0}, 1, "failed")]
    (found,) = comparisons([*rows[: 4 * 20 - 1], *failed], "gain", "yield", rule)
    assert found.difference == pytest.approx(0.4)


def test_what_cannot_be_compared():
    rows = list(truths([True, False], [True, True]))
    for axis, metric, pair, message in (
        ("gains", "good", (), "no axis `gains`; did you mean"),
        ("gain", "good", ("instance",), "no axis `instance`"),
        ("gain", "other", (), "no two settings of `gain`"),
        ("gain", "yield", (), "the study has no criterion"),
    ):
        with pytest.raises(InputError, match=message):
            comparisons(rows, axis, metric, pair=pair)
