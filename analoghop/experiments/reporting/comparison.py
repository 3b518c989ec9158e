"""`comparisons`: whether two settings of an axis differ, by a test of pairs of equal draws."""

from __future__ import annotations

import itertools
import math
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from analoghop.errors import InputError, nearest
from analoghop.experiments.plan.criterion import Criterion
from analoghop.experiments.plan.points import canonical
from analoghop.experiments.plan.until import YIELD
from analoghop.experiments.store.point_result import PointResult
from analoghop.intervals import mean_interval

MCNEMAR = "McNemar's exact test"
WILCOXON = "Wilcoxon's signed-rank test"


class PairedTest(NamedTuple):
    """The `name` of a test and its two-sided p value; `changed`, pairs that count: those that differ."""

    name: str
    p: float
    changed: int


@dataclass(frozen=True)
class SettingComparison:
    """Settings `first` and `second` of an axis where the other axes have the given `values`.

    `difference` is the mean of second minus first over the `pairs`, with Student's 95 % `interval` (None for
    fewer than two); of truth values it is a difference of shares. `adjusted` is the p value of the `test`
    after Holm's correction for all the comparisons that were made together.
    """

    values: Mapping[str, Any]
    first: Any
    second: Any
    pairs: int
    difference: float
    interval: tuple[float, float] | None
    test: PairedTest
    adjusted: float = math.nan

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {
            "values": dict(self.values),
            "first": self.first,
            "second": self.second,
            "pairs": self.pairs,
            "difference": self.difference,
            "interval": None if self.interval is None else list(self.interval),
            "test": self.test.name,
            "changed": self.test.changed,
            "p": self.test.p,
            "p_adjusted": self.adjusted,
        }


def comparisons(
    rows: Iterable[PointResult],
    axis: str,
    metric: str,
    criterion: Criterion | None = None,
    pair: Sequence[str] = (),
) -> list[SettingComparison]:
    """Return the comparison of every two settings of `axis`, for each combination of the other axes.

    Pairs are rows of equal draws (part, start, noise) and of equal values of the axes `pair`, such as the
    instances on which settings are tried: what was drawn independently is the unit. A row without a proper
    result counts as not good for the `yield`, and is left out otherwise. Shares are compared by McNemar's
    exact test (Psychometrika 12, 153 (1947)), numbers by Wilcoxon's signed ranks with Pratt's zeros (1959).
    Raises `InputError` for an unknown axis or metric, and where no two settings have a pair.
    """
    table = _gathered(rows, axis, metric, criterion, pair)
    found = []
    for values, settings in table.values():
        for (first, a), (second, b) in itertools.combinations(settings.items(), 2):
            common = [key for key in a if key in b]
            if common:
                before = [a[key] for key in common]
                after = [b[key] for key in common]
                found.append(_compared(values, first, second, before, after))
    if not found:
        raise InputError(f"no two settings of `{axis}` have rows of equal draws with a metric `{metric}`")
    return _corrected(found)


_Table = dict[str, tuple[dict[str, Any], dict[Any, dict[Hashable, float | bool]]]]


def _gathered(
    rows: Iterable[PointResult], axis: str, metric: str, criterion: Criterion | None, pair: Sequence[str]
) -> _Table:
    """Return the values of the metric by unit, for each setting, for each combination of the other axes."""
    table: _Table = {}
    over = () if criterion is None or metric != YIELD else criterion.over
    for row in rows:
        values = dict(row.point.values)
        for name in (axis, *pair):
            if name not in values:
                raise InputError(f"the study has no axis `{name}`{nearest(name, list(values))}")
        value = _value(row, metric, criterion)
        if value is None:
            continue
        setting = values.pop(axis)
        unit = (*(values.pop(name) for name in pair), row.point.part, row.point.start, row.point.noise)
        rest = {name: given for name, given in values.items() if name not in over}
        units = table.setdefault(canonical(rest), (rest, {}))[1].setdefault(setting, {})
        units[unit] = bool(units.get(unit, True) and value) if metric == YIELD else value
    return table


def _value(row: PointResult, metric: str, criterion: Criterion | None) -> float | bool | None:
    if metric == YIELD:
        if criterion is None:
            raise InputError("the study has no criterion: name a metric to compare")
        return not row.faulty and criterion.holds(row.metrics, row.point.values)
    value = row.metrics.get(metric)
    return value if isinstance(value, int | float) and not row.faulty else None


def _compared(
    values: Mapping[str, Any], first: Any, second: Any, a: Sequence[float], b: Sequence[float]
) -> SettingComparison:
    steps = [float(y) - float(x) for x, y in zip(a, b, strict=True)]
    truths = all(isinstance(value, bool) for value in (*a, *b))
    test = _mcnemar(steps) if truths else _wilcoxon(steps)
    mean = math.fsum(steps) / len(steps)
    return SettingComparison(values, first, second, len(steps), mean, mean_interval(steps), test)


def _mcnemar(steps: Sequence[float]) -> PairedTest:
    from scipy.stats import binomtest

    better, worse = sum(step > 0 for step in steps), sum(step < 0 for step in steps)
    changed = better + worse
    p = float(binomtest(better, changed).pvalue) if changed else 1.0
    return PairedTest(MCNEMAR, p, changed)


def _wilcoxon(steps: Sequence[float]) -> PairedTest:
    from scipy.stats import wilcoxon

    changed = sum(step != 0 for step in steps)
    p = float(wilcoxon(steps, zero_method="pratt", method="auto").pvalue) if changed else 1.0
    return PairedTest(WILCOXON, p, changed)


def _corrected(found: Sequence[SettingComparison]) -> list[SettingComparison]:
    """Return the comparisons with p values that hold for all of them together (Holm 1979)."""
    order = sorted(range(len(found)), key=lambda k: found[k].test.p)
    adjusted, least = [0.0] * len(found), 0.0
    for rank, k in enumerate(order):
        least = max(least, min(1.0, (len(found) - rank) * found[k].test.p))
        adjusted[k] = least
    return [replace(one, adjusted=p) for one, p in zip(found, adjusted, strict=True)]
