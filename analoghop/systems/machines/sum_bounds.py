"""`Lines`: bounds on weighted sums of outputs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from analoghop.arrays import Array, Integers, Mask, column, readonly_fields
from analoghop.errors import InputError
from analoghop.systems.machines.constraint_block import ConstraintBlock, places

KINDS = ("exclusive", "at_most", "at_least", "equal")
"""Conditions on the sum S of a line: at most the bound (pair by pair, or in total), at least, or equal."""
SLACK = 1e-3
"""Tolerance of a sum in the test whether a line holds."""


@dataclass(frozen=True, eq=False)
class Lines(ConstraintBlock):
    """Bounds on sums S = sum a v over the cells of a line.

    Line l has the cells `members[starts[l]:starts[l + 1]]` with `coefficients` a. Per line, numbers or
    (count,): `kinds` (see `KINDS`), `bounds` b, `stiffness` mu, `eta`, `delta`. p is mu/2 times S^2 - sum a^2
    v^2 ("exclusive": every cell is pushed by the others), max(0, S - b)^2 ("at_most"), max(0, b - S)^2
    ("at_least") or (S - b)^2 ("equal"); the excess is the distance of S from its allowed range. Raises
    `InputError` for wrong shapes, cells that do not exist and an unknown kind.
    """

    cells: int
    starts: Integers
    members: Integers
    coefficients: Any = 1.0
    kinds: str | Sequence[str] = "exclusive"
    bounds: Any = 1.0
    stiffness: Any = 1.0
    eta: Any = 0.2
    delta: Any = 0.02

    _code: ClassVar[dict[str, int]] = {kind: k for k, kind in enumerate(KINDS)}

    def __post_init__(self) -> None:
        object.__setattr__(self, "members", places(self.members, self.cells, "members"))
        starts = np.asarray(self.starts, dtype=np.int64)
        if (
            len(starts) == 0
            or starts[0] != 0
            or starts[-1] != len(self.members)
            or (np.diff(starts) < 1).any()
        ):
            raise InputError("`starts` of lines must grow from 0 to the number of their members")
        object.__setattr__(self, "starts", starts)
        kinds = (self.kinds,) * self.count if isinstance(self.kinds, str) else tuple(self.kinds)
        if len(kinds) != self.count or not set(kinds) <= set(KINDS):
            raise InputError(f"`kinds` must name one of {', '.join(KINDS)} for each of {self.count} lines")
        object.__setattr__(self, "kinds", kinds)
        readonly_fields(
            self,
            coefficients=column(self.coefficients, len(self.members), "coefficients"),
            bounds=column(self.bounds, self.count, "bounds"),
            stiffness=column(self.stiffness, self.count, "stiffness"),
        )
        self.check_rates()

    @staticmethod
    def none(cells: int) -> Lines:
        """Return a block without lines."""
        return Lines(cells, np.zeros(1, np.int64), np.zeros(0, np.int64))

    @property
    def count(self) -> int:
        """Number of lines."""
        return len(self.starts) - 1

    @cached_property
    def codes(self) -> Integers:
        """The kinds as indices in `KINDS`, (count,)."""
        return np.array([self._code[kind] for kind in self.kinds], dtype=np.int64)

    @cached_property
    def matrix(self) -> Any:
        """The coefficients, a sparse matrix (count, cells)."""
        from scipy.sparse import csr_array

        data = (self.coefficients[:, 0].copy(), self.members.copy(), self.starts)
        matrix = csr_array(data, shape=(self.count, self.cells))
        matrix.sum_duplicates()  # summed here: a later sum in another order would round differently
        return matrix

    @cached_property
    def _squares(self) -> Any:
        return self.matrix.power(2)

    @cached_property
    def _masks(self) -> list[Mask]:
        return [(self.codes == k)[:, None] for k in range(len(KINDS))]

    def _beyond(self, v: Array) -> Array:
        return np.asarray(self.matrix @ v - self.bounds)

    def _drive(self, v: Array) -> tuple[Array, Array]:
        """Return S and the factor of mu a in the slopes, for exclusive lines without the cell's own term."""
        exclusive, _, at_least, equal = self._masks
        beyond = self._beyond(v)
        clipped = np.where(at_least, np.minimum(beyond, 0.0), np.maximum(beyond, 0.0))
        total = beyond + self.bounds
        return total, np.where(equal, beyond, np.where(exclusive, total, clipped))

    def potentials(self, v: Array) -> Array:
        """Return p."""
        total, drive = self._drive(v)
        own = np.where(self._masks[0], self._squares @ (v * v), 0.0)
        return np.asarray(0.5 * self.stiffness * (drive**2 - own))

    def excess(self, v: Array) -> Array:
        """Return the distance of S from its allowed range."""
        _, _, at_least, equal = self._masks
        beyond = self._beyond(v)
        return np.where(equal, np.abs(beyond), np.maximum(np.where(at_least, -beyond, beyond), 0.0))

    def force(self, v: Array, w: Array) -> Array:
        """Return -dP/dv."""
        factor = self.stiffness * w
        own = self._squares.T @ np.where(self._masks[0], factor, 0.0)
        return np.asarray(own * v - self.matrix.T @ (factor * self._drive(v)[1]))

    def _active(self, v: Array) -> Array:
        """Return 1 for lines whose drive depends on S, else 0, (count,)."""
        _, at_most, at_least, _ = self._masks
        beyond = self._beyond(v[:, None])
        idle = (at_most & (beyond <= 0)) | (at_least & (beyond >= 0))
        return np.where(idle, 0.0, 1.0)[:, 0]

    def slopes(self, v: Array) -> Any:
        """Return dp/dv."""
        from scipy.sparse import diags_array

        drive = self._drive(v[:, None])[1]
        own = np.where(self._masks[0], self.stiffness, 0.0)[:, 0]
        full = diags_array((self.stiffness * drive)[:, 0]) @ self.matrix
        return full - diags_array(own) @ self._squares @ diags_array(v)

    def curvature(self, v: Array, w: Array) -> Any:
        """Return d2P/dv2."""
        from scipy.sparse import diags_array

        factor = self.stiffness[:, 0] * w
        own = self._squares.T @ np.where(self._masks[0][:, 0], factor, 0.0)
        return self.matrix.T @ diags_array(factor * self._active(v)) @ self.matrix - diags_array(own)

    def excess_slopes(self, v: Array) -> Any:
        """Return d excess/dv."""
        from scipy.sparse import diags_array

        _, _, at_least, equal = (mask[:, 0] for mask in self._masks)
        beyond = self._beyond(v[:, None])[:, 0]
        rising = np.where(equal, np.sign(beyond), np.where(at_least, -1.0 * (beyond < 0), beyond > 0))
        return diags_array(rising) @ self.matrix

    def broken(self, on: Array) -> Mask:
        """Return the lines whose sum is outside its allowed range."""
        return self.excess(on) > SLACK
