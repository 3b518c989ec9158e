"""`option`: a field of a formulation with its meaning, its unit and its range."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from numbers import Integral, Real
from typing import Any, TypeVar

from analoghop.errors import InputError

T = TypeVar("T")
_KEY = "option"


@dataclass(frozen=True)
class FormulationOption:
    """The description of an option: its `meaning` in words, its `unit` ("" for a pure number), its range.

    A `number` is at least `low`, above `above` and at most `high`, and whole where `whole` is set; options
    that are no numbers are truth values or words. `none` says what None stands for, "" where None is refused.
    """

    meaning: str
    unit: str = ""
    low: float = -math.inf
    above: float = -math.inf
    high: float = math.inf
    number: bool = True
    whole: bool = False
    none: str = ""

    @property
    def range(self) -> str:
        """The range in words: "from 1", "above 0", "from 0 to 1"; "" for all numbers."""
        low = f"above {self.above:g}" if math.isfinite(self.above) else ""
        low = f"from {self.low:g}" if math.isfinite(self.low) else low
        high = (f" to {self.high:g}" if low else f"up to {self.high:g}") if math.isfinite(self.high) else ""
        return low + high

    @property
    def expected(self) -> str:
        """The values that are accepted, in words."""
        number = "a whole number" if self.whole else "a number"
        words = "a positive number" if self.range == "above 0" else f"{number} {self.range}".rstrip()
        return words + (", or None" if self.none else "")

    def check(self, name: str, value: Any) -> None:
        """Raise `InputError` for a value of the option `name` outside the range; words are not checked."""
        if not self.number or (value is None and self.none):
            return
        if isinstance(value, Real) and not _is_truth(value):
            size = float(value)
            inside = self.low <= size <= self.high and size > self.above and math.isfinite(size)
            if inside and (isinstance(value, Integral) or not self.whole):
                return
        shown = f"{value:g}" if isinstance(value, float) else repr(value)
        raise InputError(f"`{name}` is {shown}, expected {self.expected}")


def option(default: T, meaning: str, unit: str = "", **limits: Any) -> T:
    """Return the field of an option with its `default`; `limits` are the other fields of its description.

    For a dataclass: `gain: float = option(20.0, "gain of the amplifiers", above=0)`. Its range is checked
    where a formulation is made, see `check_options`.
    """
    limits.setdefault("number", not isinstance(default, (bool, str)))
    limits.setdefault("whole", isinstance(default, int) and limits["number"])
    described: Any = field(default=default, metadata={_KEY: FormulationOption(meaning, unit, **limits)})
    found: T = described  # to type checkers: a value of the field
    return found


def paced_steps() -> int | None:
    """Return the field of a number of steps that follows the rule of `Pace` where it is None."""
    return option(
        None, "number of steps", whole=True, low=1, none="by the size of the instance, or by the time limit"
    )


def stable_step(usual: float) -> float | None:
    """Return the field of a step that is the `usual` one, or the longest stable one, where it is None."""
    none = f"{usual:g}, or the longest stable one"
    return option(None, "length of a step", "time constants", above=0, none=none)


def time_for_all() -> float | None:
    """Return the field of the time for all starts; None is no limit."""
    return option(None, "processor time for all starts together", "s", above=0, none="no limit")


def _is_truth(value: object) -> bool:
    """Return whether a value is one of Python's truth values, which count as numbers there."""
    return isinstance(value, bool)


def options_of(formulation: Any) -> Mapping[str, FormulationOption]:
    """Return the described options of a formulation, a dataclass, by name."""
    return {one.name: one.metadata[_KEY] for one in fields(formulation) if _KEY in one.metadata}


def check_options(formulation: Any) -> None:
    """Raise `InputError`, which names the option, where a value lies outside its range."""
    for name, one in options_of(type(formulation)).items():
        one.check(name, getattr(formulation, name))
