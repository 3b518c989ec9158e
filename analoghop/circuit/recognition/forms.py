"""`AffineForm`: an affine combination of voltages, currents and time, such as an amplifier's argument."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from analoghop.circuit.elements import GROUND
from analoghop.circuit.expressions import Leaf, Voltage

DIGITS = 11  # significant digits in which the numbers of two equal forms agree


@dataclass(frozen=True)
class AffineForm:
    """`sum coefficient * leaf + constant`; voltages are single-ended and ground is left out."""

    items: tuple[tuple[Leaf, float], ...] = ()
    constant: float = 0.0

    @staticmethod
    def build(terms: Mapping[Leaf, float], constant: float = 0.0) -> AffineForm:
        """Return the form with these coefficients per leaf; differential voltages are split."""
        total: dict[Leaf, float] = {}
        for leaf, coefficient in terms.items():
            parts: tuple[tuple[Leaf, float], ...] = ((leaf, coefficient),)
            if isinstance(leaf, Voltage):
                parts = ((Voltage(leaf.a, GROUND), coefficient), (Voltage(leaf.b, GROUND), -coefficient))
            for part, weight in parts:
                if not (isinstance(part, Voltage) and part.a == GROUND):
                    total[part] = total.get(part, 0.0) + weight
        items = tuple(sorted(((k, c) for k, c in total.items() if c), key=lambda item: repr(item[0])))
        return AffineForm(items, constant + 0.0)

    def __add__(self, other: AffineForm) -> AffineForm:
        total = dict(self.items)
        for leaf, coefficient in other.items:
            total[leaf] = total.get(leaf, 0.0) + coefficient
        return AffineForm.build(total, self.constant + other.constant)

    def __mul__(self, factor: float) -> AffineForm:
        return AffineForm.build({leaf: c * factor for leaf, c in self.items}, self.constant * factor)

    def __neg__(self) -> AffineForm:
        return self * -1.0

    def __sub__(self, other: AffineForm) -> AffineForm:
        return self + -other

    def shifted(self, by: float) -> AffineForm:
        """Return the form with `by` added to its constant."""
        return AffineForm(self.items, self.constant + by + 0.0)

    def rounded(self) -> AffineForm:
        """Return the form rounded to 11 digits: a deck's own arithmetic rounds differently in each line."""
        return AffineForm(tuple((leaf, _round(c)) for leaf, c in self.items), _round(self.constant) + 0.0)

    @property
    def largest(self) -> float:
        """The coefficient of largest magnitude, the first of equal ones; 0 if there are no coefficients."""
        return max((c for _, c in self.items), key=abs, default=0.0)


def _round(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")
