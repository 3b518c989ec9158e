"""`Weights`: pair couplings and thresholds of a memory, for units of -1 and 1 or of 0 and 1."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

import numpy as np

from analoghop.arrays import Array, frozen, readonly_fields
from analoghop.couplings import Coupling, Dense, Eye, best
from analoghop.errors import InputError
from analoghop.formats.memories.weights import StoredWeights

Levels = Literal["bipolar", "binary"]

_FEW = 3
"""Ratio of units to patterns above which products through the patterns are cheaper than through W."""


@dataclass(frozen=True, eq=False)
class Weights:
    """The local field h = W x - threshold of units x, at -1 or 1 ("bipolar") or 0 or 1 ("binary").

    `W` (n, n), `threshold` (n,), the learning `rule`. `patterns` (count, n): if given, W is `strength`
    patterns' patterns with a diagonal of zero, a structure that circuits use. `E = -x.W x / 2 + threshold.x`
    never rises under asynchronous updates where W is symmetric with a diagonal of zero. Raises `InputError`
    for other shapes or numbers that are not finite.
    """

    W: Array
    threshold: Array = field(default_factory=lambda: np.zeros(0))
    units: Levels = "bipolar"
    rule: str = "given"
    patterns: Array | None = None
    strength: float = 0.0

    def __post_init__(self) -> None:
        W, threshold = frozen(self.W), frozen(self.threshold)
        if W.ndim != 2 or W.shape[0] != W.shape[1]:
            raise InputError(f"`W` has shape {W.shape}, expected (n, n)")
        if threshold.shape == (0,):
            threshold = frozen(np.zeros(len(W)))
        if threshold.shape != W.shape[:1]:
            raise InputError(f"`threshold` has shape {threshold.shape}, expected ({len(W)},)")
        if not (np.isfinite(W).all() and np.isfinite(threshold).all()):
            raise InputError("weights hold a number that is not finite")
        if self.units not in ("bipolar", "binary"):
            raise InputError(f"`units` are bipolar or binary, not {self.units!r}")
        readonly_fields(self, W=W, threshold=threshold)

    @property
    def size(self) -> int:
        """Number of units."""
        return len(self.W)

    @property
    def low(self) -> float:
        """The lower level of a unit; the upper one is 1."""
        return -1.0 if self.units == "bipolar" else 0.0

    @cached_property
    def symmetric(self) -> bool:
        """Whether W = W^T, to rounding."""
        return bool(np.abs(self.W - self.W.T).max() <= 1e-12 * np.abs(self.W).max())

    @cached_property
    def rounding(self) -> Array:
        """Size of a local field that is zero by rounding, (n,)."""
        return np.asarray(1e-12 * (np.abs(self.W).sum(axis=1) + np.abs(self.threshold)))

    @property
    def obstacle(self) -> str | None:
        """Why the energy may rise under asynchronous updates, a sentence; None if it never rises."""
        if not self.symmetric:
            return "asymmetric coupling"
        return "negative self-coupling" if (np.diagonal(self.W) < -self.rounding).any() else None

    @cached_property
    def coupling(self) -> Coupling:
        """W as an operator: a product through the patterns if these are few."""
        X = self.patterns
        if X is None or _FEW * len(X) > self.size:
            return Dense(self.W)
        alike = self.strength * len(X) * Eye(self.size)
        return best(Dense(self.strength * X.T) @ Dense(X) - alike)

    def levels(self, signs: Array) -> Array:
        """Return the units that represent signs -1 and 1 (or values between them)."""
        return signs if self.units == "bipolar" else 0.5 * (1.0 + signs)

    def signs(self, x: Array) -> Array:
        """Return the values of units `x` on the scale -1 to 1."""
        return x if self.units == "bipolar" else 2.0 * x - 1.0

    def field(self, x: Array) -> Array:
        """Return h = W x - threshold at the units `x` (n, members)."""
        return np.asarray(self.W @ x - self.threshold[:, None])

    def energy(self, x: Array) -> Array:
        """Return -x.W x/2 + threshold.x of every column of `x` (n, members), (members,)."""
        return np.asarray(np.sum(x * (self.threshold[:, None] - 0.5 * (self.W @ x)), axis=0))

    def converted(self, units: Levels) -> Weights:
        """Return the weights for other `units` with equal energy, up to a constant, at equal signs."""
        if units == self.units:
            return self
        if units == "binary":  # s = 2 x - 1
            factor, threshold = 4.0, 2.0 * (self.threshold + self.W.sum(axis=1))
        else:
            factor, threshold = 0.25, 0.5 * self.threshold - 0.25 * self.W.sum(axis=1)
        return replace(
            self, W=factor * self.W, threshold=threshold, units=units, strength=factor * self.strength
        )

    def stored(self, record: dict[str, object]) -> StoredWeights:
        """Return the weights in the form of a file; `record` holds metadata besides rule and units."""
        return StoredWeights(self.W, self.threshold, {"rule": self.rule, "units": self.units, **record})

    @staticmethod
    def from_stored(stored: StoredWeights) -> Weights:
        """Return the weights of a file; its units are bipolar unless it says otherwise."""
        units: Levels = "binary" if stored.record.get("units") == "binary" else "bipolar"
        return Weights(stored.W, stored.threshold, units, str(stored.record.get("rule", "loaded")))
