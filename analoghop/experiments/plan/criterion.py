"""`Criterion`: when a point, or a part over several points, counts as good."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from analoghop.errors import InputError
from analoghop.experiments.plan.tables import a_list, a_number

Wanted = str | bool | float | tuple[float, float]


@dataclass(frozen=True)
class Criterion:
    """A point is good if all `wanted` metrics hold.

    A metric is wanted within (low, high), or equal to a number, a truth value or a word; a word that is the
    name of an axis stands for the value of that axis, so that `code = "x"` asks a converter for its input. A
    part is good if it is good at all values of the axes `over`. `test`, where given, is a function of the
    metrics and of the values of the axes that must be true as well.
    """

    wanted: Mapping[str, Wanted] = field(default_factory=dict)
    over: tuple[str, ...] = field(default=())
    test: Callable[[Mapping[str, Any], Mapping[str, Any]], bool] | None = None

    @property
    def metrics(self) -> tuple[str, ...]:
        """The metrics that are judged."""
        return tuple(self.wanted)

    def holds(self, metrics: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
        """Return whether a point with these `metrics`, at these `values` of the axes, is good."""
        return all(
            _fits(metrics.get(name), values.get(want, want) if isinstance(want, str) else want)
            for name, want in self.wanted.items()
        ) and (self.test is None or bool(self.test(metrics, values)))

    def to_dict(self) -> dict[str, Any]:
        """Return the criterion as the table `[criterion]`."""
        wanted = {k: list(v) if isinstance(v, tuple) else v for k, v in self.wanted.items()}
        return {**wanted, **({"over": list(self.over)} if self.over else {})}


def _fits(got: Any, want: Any) -> bool:
    if got is None:
        return False
    if isinstance(want, tuple):
        return isinstance(got, int | float) and bool(want[0] <= got <= want[1])
    if isinstance(want, str) or isinstance(got, str):
        return str(got) == str(want)
    return bool(got == want)


def criterion_of(table: Mapping[str, Any]) -> Criterion:
    """Return the criterion of the table `[criterion]`; raises `InputError` for values that do not fit."""
    wanted: dict[str, Wanted] = {}
    over: tuple[str, ...] = ()
    for name, value in table.items():
        if name == "over":
            over = tuple(map(str, [value] if isinstance(value, str) else a_list(value, "`criterion.over`")))
        elif isinstance(value, Sequence) and not isinstance(value, str):
            if len(value) != 2:
                raise InputError(f"`criterion.{name}` is {value!r}, expected [lowest, highest]")
            low, high = (a_number(one, f"`criterion.{name}`") for one in value)
            wanted[name] = (low, high)
        elif isinstance(value, str | bool):
            wanted[name] = value
        else:
            wanted[name] = a_number(value, f"`criterion.{name}`")
    if not wanted:
        raise InputError("`[criterion]` names no metric")
    return Criterion(wanted, over)
