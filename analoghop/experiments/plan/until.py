"""`Until`: draws are added until an interval is narrow enough; it is looked at a few times, fixed before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from statistics import NormalDist
from typing import Any

from analoghop.errors import InputError
from analoghop.experiments.plan.tables import a_count, a_number, a_table, check_keys

KEYS = ("width", "metric", "first")
YIELD = "yield"
"""The metric that the criterion of a study makes."""


@dataclass(frozen=True)
class Until:
    """At each combination of values, draws end when the interval of `metric` is at most `width` wide.

    `width` is that of the whole interval, in units of the metric. The interval is looked at after `first`
    draws, then after twice as many, and so on, at most after all of them. Since each look is a chance to
    stop by luck, the intervals of `looks` looks hold with 1 - 0.05/looks each (Bonferroni), so that all of
    them together hold in 95 % of studies. Raises `InputError` for values out of range.
    """

    width: float
    metric: str = YIELD
    first: int = 50

    def __post_init__(self) -> None:
        if not self.width > 0:
            raise InputError(f"`draws.until.width` is {self.width:g}, expected a positive number")
        a_count(self.first, "`draws.until.first`", 2)

    def counts(self, most: int) -> tuple[int, ...]:
        """Return the numbers of draws after which is looked, the last of them `most`."""
        found = []
        count = self.first
        while count < most:
            found.append(count)
            count *= 2
        return (*found, most)

    def to_dict(self) -> dict[str, Any]:
        """Return the table of the study file."""
        return {name: getattr(self, name) for name in KEYS}


@dataclass(frozen=True)
class Level:
    """The confidence of each of some looks that together hold in 95 % of studies."""

    looks: int

    @property
    def outside(self) -> float:
        """The probability that one interval misses on either side."""
        return 0.025 / self.looks

    @cached_property
    def z(self) -> float:
        """The normal quantile."""
        return NormalDist().inv_cdf(1.0 - self.outside)


def until_of(given: object) -> Until | None:
    """Return what the table `draws.until` says, None without one; raises `InputError` for a wrong one."""
    if given is None or isinstance(given, Until):
        return given
    table: Mapping[str, Any] = a_table(given, "`draws.until`")
    check_keys(table, KEYS, "`draws.until`")
    if "width" not in table:
        raise InputError("`draws.until` needs a `width`: how wide the interval may be")
    width = a_number(table["width"], "`draws.until.width`", above=0.0)
    return Until(width, str(table.get("metric", YIELD)), table.get("first", 50))
