"""`report`: the statistics of the draws at each combination of values."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analoghop.experiments.plan.criterion import Criterion
from analoghop.experiments.plan.points import canonical
from analoghop.experiments.plan.until import YIELD, Level
from analoghop.experiments.store.point_result import FAULTS, PointResult
from analoghop.experiments.store.reader import Stored
from analoghop.intervals import NORMAL_95, mean_interval, student_95, wilson_interval


@dataclass(frozen=True)
class Figure:
    """A number with its 95 % interval, from `count` values; `interval` None for fewer than two."""

    value: float
    interval: tuple[float, float] | None
    count: int

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {
            "value": self.value,
            "interval": None if self.interval is None else list(self.interval),
            "count": self.count,
        }


@dataclass(frozen=True)
class Line:
    """The draws at one combination of `values`: how many ended with each status, means, rates and words.

    `means` are of numbers, with Student's intervals; `rates` of truth values, with Wilson's; `words` count
    the values of a metric that is text. `good` is the yield, where the study has a criterion.
    """

    values: Mapping[str, Any]
    statuses: Mapping[str, int]
    means: Mapping[str, Figure]
    rates: Mapping[str, Figure]
    words: Mapping[str, Mapping[str, int]]
    good: Figure | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {
            "values": dict(self.values),
            "points": sum(self.statuses.values()),
            "statuses": dict(self.statuses),
            "means": {name: figure.to_dict() for name, figure in self.means.items()},
            "rates": {name: figure.to_dict() for name, figure in self.rates.items()},
            "words": {name: dict(counts) for name, counts in self.words.items()},
            "yield": None if self.good is None else self.good.to_dict(),
        }


def report(
    store: Stored, criterion: Criterion | None = None, levels: Mapping[str, Level] | None = None
) -> list[Line]:
    """Return a line for each combination of the values of the axes that has stored points.

    Points without a proper result count in `statuses` and, as not good, in the yield; means and rates are of
    the others. With a criterion over some axes, these are left out of the combinations, and a part is good
    where it is good at all their values. `levels` are the confidences of metrics that were looked at several
    times; all other intervals hold with 95 %.
    """
    over = () if criterion is None else criterion.over
    if not over:
        return [_line(values, rows, criterion, levels or {}) for values, rows in store.groups()]
    gathered: dict[str, tuple[dict[str, Any], list[PointResult]]] = {}
    for values, rows in store.groups():
        rest = {name: value for name, value in values.items() if name not in over}
        gathered.setdefault(canonical(rest), (rest, []))[1].extend(rows)
    return [_line(values, rows, criterion, levels or {}) for values, rows in gathered.values()]


def figures(
    rows: Sequence[PointResult], criterion: Criterion | None, levels: Mapping[str, Level]
) -> dict[str, Figure]:
    """Return the figures of some rows by metric: means, rates, and the yield where there is a criterion."""
    line = _line({}, rows, criterion, levels)
    return {**line.means, **line.rates, **({} if line.good is None else {YIELD: line.good})}


def _line(
    values: Mapping[str, Any],
    rows: Sequence[PointResult],
    criterion: Criterion | None,
    levels: Mapping[str, Level],
) -> Line:
    numbers: dict[str, list[float]] = {}
    truths: dict[str, list[bool]] = {}
    words: dict[str, Counter[str]] = {}
    for row in rows:
        for name, value in row.metrics.items():
            if isinstance(value, bool):
                truths.setdefault(name, []).append(value)
            elif isinstance(value, str):
                words.setdefault(name, Counter())[value] += 1
            elif value is not None:
                numbers.setdefault(name, []).append(float(value))
    return Line(
        values=values,
        statuses=dict(Counter(row.status for row in rows)),
        means={name: mean_of(found, levels.get(name)) for name, found in numbers.items()},
        rates={name: rate_of(found, levels.get(name)) for name, found in truths.items()},
        words={name: dict(counts) for name, counts in words.items() if name != "status"},
        good=None if criterion is None else rate_of(verdicts(rows, criterion), levels.get(YIELD)),
    )


def verdicts(rows: Iterable[PointResult], criterion: Criterion) -> list[bool]:
    """Return whether each part is good, a part being the rows with equal draws: good at all of them."""
    parts: dict[tuple[int | None, ...], bool] = {}
    for number, row in enumerate(rows):
        point = row.point
        draw = (point.part, point.start, point.noise) if criterion.over else (number,)
        good = not row.faulty and criterion.holds(row.metrics, point.values)
        parts[draw] = parts.get(draw, True) and good
    return list(parts.values())


def mean_of(values: Sequence[float], level: Level | None = None) -> Figure:
    """Return the mean of some numbers with Student's interval, of 95 % or of the confidence `level`."""
    interval = mean_interval(values)
    if level is not None and interval is not None:
        wider = _student(level.outside, len(values) - 1) / student_95(len(values) - 1)
        middle, reach = 0.5 * (interval[0] + interval[1]), 0.5 * (interval[1] - interval[0])
        interval = middle - wider * reach, middle + wider * reach
    return Figure(math.fsum(values) / len(values), interval, len(values))


def _student(outside: float, freedom: int) -> float:
    from scipy.stats import t

    return float(t.isf(outside, freedom))


def rate_of(values: Sequence[bool], level: Level | None = None) -> Figure:
    """Return the share of true values with Wilson's interval, of 95 % or of the confidence `level`."""
    count, true = len(values), sum(values)
    z = NORMAL_95 if level is None else level.z
    return Figure(true / count if count else math.nan, wilson_interval(true, count, z), count)


def table(lines: Sequence[Line]) -> Iterator[list[str]]:
    """Yield the cells of a table of lines, the heads first."""
    axes = list(dict.fromkeys(name for line in lines for name in line.values))
    means = list(dict.fromkeys(name for line in lines for name in line.means))
    rates = list(dict.fromkeys(name for line in lines for name in line.rates))
    judged = any(line.good is not None for line in lines)
    yield [*axes, "points", "failed", *means, *rates, *(["yield"] if judged else [])]
    for line in lines:
        faults = sum(n for status, n in line.statuses.items() if status in FAULTS)
        yield [
            *(_cell(line.values.get(name)) for name in axes),
            str(sum(line.statuses.values())),
            str(faults),
            *(_figure(line.means.get(name)) for name in means),
            *(_share(line.rates.get(name)) for name in rates),
            *([_share(line.good)] if judged else []),
        ]


def _cell(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _figure(figure: Figure | None) -> str:
    if figure is None:
        return "-"
    if figure.interval is None:
        return f"{figure.value:.6g}"
    return f"{figure.value:.6g} +- {0.5 * (figure.interval[1] - figure.interval[0]):.2g}"


def _share(figure: Figure | None) -> str:
    if figure is None or figure.interval is None:
        return "-"
    low, high = figure.interval
    return f"{100 * figure.value:.1f} % [{100 * low:.1f}, {100 * high:.1f}]"
