"""`options_table`: the options of a formulation with their defaults, for lists, help and documentation."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from typing import Any

from analoghop.problems.option import FormulationOption, options_of


@dataclass(frozen=True)
class OptionRow:
    """An option of a formulation: its description and its default."""

    name: str
    option: FormulationOption
    default: Any

    @property
    def kind(self) -> str:
        """The type of its values: integer, number, string or boolean."""
        if self.option.number:
            return "integer" if self.option.whole else "number"
        return "string" if isinstance(self.default, str) else "boolean"

    @property
    def standard(self) -> str:
        """The default in words: the value, or what None stands for."""
        if self.default is None:
            return self.option.none
        if self.kind == "boolean":
            return "yes" if self.default else "no"
        return f"{self.default:g}" if isinstance(self.default, float) else str(self.default)

    @property
    def values(self) -> str:
        """The values that are accepted, in words."""
        words = {"integer": "whole number", "number": "number", "string": "word", "boolean": "yes or no"}
        return f"{words[self.kind]} {self.option.range}".rstrip()

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON; None for a bound that there is not."""
        told = self.option
        bounds = {"minimum": told.low, "exclusive_minimum": told.above, "maximum": told.high}
        return {
            "meaning": told.meaning,
            "unit": told.unit,
            "type": self.kind,
            "default": self.default,
            "none": told.none or None,
            **{name: bound if math.isfinite(bound) else None for name, bound in bounds.items()},
        }


def options_table(formulation: type[Any]) -> Mapping[str, OptionRow]:
    """Return the options of a formulation by name, in the order of its fields."""
    described = options_of(formulation)
    rows = {}
    for one in fields(formulation):
        if one.init:
            default = None if one.default is MISSING else one.default
            told = described.get(one.name, FormulationOption("", number=not isinstance(default, (bool, str))))
            rows[one.name] = OptionRow(one.name, told, default)
    return rows
