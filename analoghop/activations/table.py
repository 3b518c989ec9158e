"""`Table`: an amplifier tabulated at points, linear between them and constant outside."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from analoghop.activations.base import Activation
from analoghop.arrays import Array, frozen, readonly_fields
from analoghop.errors import InputError


@dataclass(frozen=True, eq=False)
class Table(Activation):
    """The piecewise linear amplifier through the points (x, y), clamped to its end values.

    It is monotone where its points are. `y` may fall: then `monotone` is False. Two tables are equal if their
    points are equal. Raises `InputError` for fewer than two points, `x` that do not increase, or values that
    are not finite.
    """

    x: Array
    y: Array

    name = "table"
    smooth = False

    def __post_init__(self) -> None:
        x, y = frozen(self.x), frozen(self.y)
        if x.ndim != 1 or x.shape != y.shape:
            raise InputError(f"`x` and `y` of a table need one length, got shapes {x.shape} and {y.shape}")
        if len(x) < 2:
            raise InputError(f"a table needs at least two points, got {len(x)}")
        if not (np.isfinite(x).all() and np.isfinite(y).all()):
            raise InputError("`x` and `y` of a table must be finite")
        falls = np.flatnonzero(np.diff(x) <= 0)
        if len(falls):
            k = int(falls[0])
            raise InputError(f"`x` of a table must increase, but {x[k]:g} is followed by {x[k + 1]:g}")
        readonly_fields(self, x=x, y=y)
        object.__setattr__(self, "max_slope", float(np.abs(self._slopes).max()))
        object.__setattr__(self, "corners", tuple(x.tolist()))
        object.__setattr__(self, "range", (float(y.min()), float(y.max())))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Table):
            return NotImplemented
        return np.array_equal(self.x, other.x) and np.array_equal(self.y, other.y)

    def __hash__(self) -> int:
        return hash((self.x.tobytes(), self.y.tobytes()))

    @cached_property
    def monotone(self) -> bool:
        """Whether `y` never falls."""
        return bool((np.diff(self.y) >= 0).all())

    @cached_property
    def _slopes(self) -> Array:
        """Slopes of all pieces, including the two outside, (points + 1,)."""
        return np.concatenate([[0.0], np.diff(self.y) / np.diff(self.x), [0.0]])

    @cached_property
    def _areas(self) -> Array:
        """Integral of the interpolant from the first point to each, (points,)."""
        return np.concatenate([[0.0], np.cumsum(0.5 * (self.y[1:] + self.y[:-1]) * np.diff(self.x))])

    def _primitive(self, z: Array) -> Array:
        """Integral of the interpolant from the first point to `z`."""
        k = np.clip(np.searchsorted(self.x, z, side="right") - 1, 0, len(self.x) - 1)
        return np.asarray(self._areas[k] + 0.5 * (self.y[k] + self._interpolate(z)) * (z - self.x[k]))

    def _interpolate(self, z: Array) -> Array:
        return np.asarray(np.interp(z, self.x, self.y))

    def value(self, z: Array) -> Array:
        """Return the interpolated output."""
        return self._interpolate(z).astype(z.dtype, copy=False)

    def jacobian(self, z: Array) -> Array:
        """Return the slope to the right of `z`; 0 outside the table."""
        return self._slopes[np.searchsorted(self.x, z, side="right")].astype(z.dtype, copy=False)

    def potential(self, z: Array) -> Array:
        """Return the integral of the output from 0 to `z`."""
        area = self._primitive(np.asarray(z, dtype=np.float64)) - self._primitive(np.zeros(()))
        return area.astype(z.dtype, copy=False)

    def inverse(self, v: Array) -> Array:
        """Return the input within the table; requires that `y` rises or falls strictly."""
        rising = np.diff(self.y) > 0
        if not (rising.all() or (np.diff(self.y) < 0).all()):
            raise InputError("a table has an inverse only where its `y` rises or falls strictly")
        low, high = self.range
        if not (np.greater_equal(v, low) & np.less_equal(v, high)).all():
            raise InputError(f"`v` must lie between {low:g} and {high:g} to invert this table")
        order = slice(None) if rising.all() else slice(None, None, -1)
        return np.asarray(np.interp(v, self.y[order], self.x[order])).astype(v.dtype, copy=False)
