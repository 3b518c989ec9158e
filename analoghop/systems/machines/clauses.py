"""`Clauses`: the degrees and products of the clauses of a formula, and their derivatives."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analoghop.arrays import Array, Indices, Integers, Mask
from analoghop.errors import InputError


@dataclass(frozen=True, eq=False)
class Clauses:
    """Clauses over `variables` amplifiers whose outputs v lie between -1 (false) and 1 (true).

    The literals of clause m are those from `first[m]` up to `first[m + 1]`: amplifier `columns` (from 0) with
    the sign `signs`, 1 or -1. A literal of sign c is violated to the degree f = (1 - c v)/2, a clause to the
    product K of the degrees of its literals. Arrays of literals are (clauses, width, members), padded to the
    widest clause. Raises `InputError` for an empty clause, a variable twice in one, or out of range.
    """

    variables: int
    first: Integers
    columns: Integers
    signs: Array

    def __post_init__(self) -> None:
        for name, kind in (("first", np.int64), ("columns", np.int64), ("signs", np.float64)):
            array = np.array(getattr(self, name), dtype=kind)
            array.setflags(write=False)
            object.__setattr__(self, name, array)
        widths = np.diff(self.first)
        if len(widths) == 0 or (widths < 1).any():
            raise InputError("`first` must give every clause at least one literal")
        if not ((self.columns >= 0) & (self.columns < self.variables)).all():
            raise InputError(f"`columns` must lie from 0 to {self.variables - 1}")
        if not (np.abs(self.signs) == 1).all():
            raise InputError("`signs` must be 1 or -1")
        pairs = self.owner * self.variables + self.columns
        if len(np.unique(pairs)) < len(pairs):
            raise InputError("a variable stands twice in one clause")

    @property
    def count(self) -> int:
        """Number of clauses."""
        return len(self.first) - 1

    @cached_property
    def owner(self) -> Integers:
        """The clause of each literal."""
        return np.repeat(np.arange(self.count), np.diff(self.first))

    @cached_property
    def width(self) -> int:
        """Number of literals of the widest clause."""
        return int(np.diff(self.first).max())

    @cached_property
    def _places(self) -> tuple[Integers, Integers]:
        """Clause and index within the clause of each literal."""
        return self.owner, np.arange(len(self.columns)) - self.first[self.owner]

    def _filled(self, values: ArrayLike, rest: float) -> NDArray[Any]:
        values = np.asarray(values)
        full = np.full((self.count, self.width), rest, dtype=values.dtype)
        full[self._places] = values
        return full

    @cached_property
    def amplifier(self) -> Integers:
        """The amplifier of each literal, (clauses, width), 0 for padding."""
        return self._filled(self.columns, 0)

    @cached_property
    def sign(self) -> Array:
        """The signs, (clauses, width, 1), 0 for padding."""
        return self._filled(self.signs, 0.0)[:, :, None]

    @cached_property
    def _one(self) -> Array:
        """The degree for v = 0: 1/2, and 1 for padding."""
        return self._filled(np.full(len(self.columns), 0.5), 1.0)[:, :, None]

    def degrees(self, v: Array) -> Array:
        """Return f of each literal for the outputs `v` (variables, members)."""
        return np.asarray(self._one - 0.5 * self.sign * v[self.amplifier])

    def products(self, v: Array) -> tuple[Array, Array]:
        """Return K of each clause, (clauses, members), and for each literal the product of the others."""
        f = self.degrees(v)
        before, after = np.ones_like(f), np.ones_like(f)
        np.cumprod(f[:, :-1], axis=1, out=before[:, 1:])
        after[:, :-1] = np.cumprod(f[:, :0:-1], axis=1)[:, ::-1]
        return before[:, -1] * f[:, -1], before * after

    @cached_property
    def _gathering(self) -> tuple[Indices, Indices, Integers]:
        """Literals sorted by amplifier, the offset of each amplifier, and the amplifiers with a literal."""
        order = np.argsort(self.columns, kind="stable")
        used, begin = np.unique(self.columns[order], return_index=True)
        return order, begin, used

    def gather(self, terms: Array) -> Array:
        """Return for each amplifier the sum of its literals' `terms`, (variables, members)."""
        order, begin, used = self._gathering
        clause, place = self._places
        total = np.zeros((self.variables, terms.shape[2]))
        total[used] = np.add.reduceat(terms[clause[order], place[order]], begin, axis=0)
        return total

    def unsatisfied(self, true: Mask) -> Integers:
        """Return the number of violated clauses, (members,), at truth values `true` (variables, members)."""
        holds = true[self.columns] == (self.signs[:, None] > 0)
        return np.asarray((~np.logical_or.reduceat(holds, self.first[:-1])).sum(axis=0))

    def couples(self, v: Array) -> tuple[Integers, Integers, Integers, Array]:
        """Return clause, amplifier i, amplifier k and d(product without i)/dv_k of one member `v` (n, 1)."""
        f = self.degrees(v)[:, :, 0]
        diagonal = np.eye(self.width, dtype=bool)
        taken = diagonal[:, None, :] | diagonal[None, :, :]
        others = np.where(taken, 1.0, f[:, None, None, :]).prod(axis=3)
        entries = -0.5 * self.sign[:, None, :, 0] * others * ~diagonal
        real = self.sign[:, :, 0] != 0
        kept = real[:, :, None] & real[:, None, :] & ~diagonal
        clause, i, k = np.nonzero(kept)
        return clause, self.amplifier[clause, i], self.amplifier[clause, k], entries[clause, i, k]
