"""`Sudoku`: digits for the blanks of a grid such that no row, column or box has a digit twice."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from analoghop.arrays import Integers, real_array
from analoghop.errors import FileFormatError, InputError, Location
from analoghop.formats.instances.sudoku import (
    BLANKS,
    LINES,
    ROWS,
    SIGNS,
    cells_of,
    numbers_of,
    sudoku_lines,
)
from analoghop.formats.lines import instance_name
from analoghop.limits import Limits
from analoghop.problems.answers import whole_numbers
from analoghop.problems.base import Problem, Verdict
from analoghop.problems.baselines.backtracking import backtracking

RANDOM = 10


@dataclass(frozen=True, init=False)
class Sudoku(Problem):
    """A grid row by row: the givens as digits, beyond 9 as letters from A, and `.` for the blanks.

    It has 9 rows and 81 cells; or 4, 16 or 25 rows. An answer is a grid without blanks; its cost is the
    number of pairs of equal digits in a row, column or box.
    """

    givens: str
    name: str = "sudoku"

    kind: ClassVar[str] = "sudoku"
    cost_name: ClassVar[str] = "conflicting pairs"

    def __init__(self, givens: str | Any, name: str = "sudoku") -> None:
        """Take a text of 81 characters, or of nine lines with or without a frame; or 9 x 9 digits, 0: blank.

        So of grids of 4, 16 and 25 rows, whose numbers beyond 9 are letters from A.

        Raises `InputError` for another length or character, and for givens that contradict each other.
        """
        signs = _signs(givens)
        object.__setattr__(self, "givens", signs)
        object.__setattr__(self, "name", name)
        twice = _contradiction(signs)
        if twice is not None:
            raise InputError(_contradiction_text(signs, *twice))

    @classmethod
    def read(cls, source: str | Path) -> Sudoku:
        """Return the grid of a file, the first of several, or of a text of digits and blanks.

        Raises `FileFormatError` for a file without a grid or with givens that contradict each other, at the
        line of the second of two cells.
        """
        text = str(source)
        known = {*SIGNS, *SIGNS.lower(), *BLANKS}
        if set(text) <= known and not os.path.isfile(text) and (len(text) in LINES or text.isdigit()):
            return cls(text)
        if set(text) <= {*"123456789", *BLANKS} and not os.path.isfile(text):
            return cls(text)
        signs, lines = sudoku_lines(source)[0]
        twice = _contradiction(signs)
        if twice is not None:
            raise FileFormatError(
                _contradiction_text(signs, *twice), Location(text, lines[twice[1] // len(lines)])
            )
        return cls(signs, instance_name(source))

    @property
    def size(self) -> int:
        """Number of cells."""
        return len(self.givens)

    @property
    def rows(self) -> int:
        """Number of rows, columns, boxes and digits."""
        return math.isqrt(self.size)

    @property
    def digits(self) -> Integers:
        """The givens as numbers (cells,), 0 for a blank."""
        return np.array([1 + SIGNS.find(sign) for sign in self.givens], dtype=np.int64)

    def conflicts(self, answer: Any) -> Integers:
        """Return the pairs of cells (k, 2) in one row, column or box that hold the same digit."""
        digits = grid_digits(answer, self.size)
        pairs = peers(self.rows)
        equal: Integers = pairs[digits[pairs[:, 0]] == digits[pairs[:, 1]]]
        return equal

    def describe_violations(self, answer: Any) -> Sequence[str]:
        """Return the pairs of cells with equal digits in a row, column or box: "r1c2-r1c7".

        Then the cells whose given is changed, and those without a digit.
        """
        digits, given, n = grid_digits(answer, self.size), self.digits, self.rows
        names = [f"r{k // n + 1}c{k % n + 1}" for k in range(self.size)]
        found = [f"{names[a]}-{names[b]}" for a, b in self.conflicts(answer).tolist()]
        changed = np.flatnonzero((given > 0) & (given != digits)).tolist()
        found += [f"{names[k]} is {digits[k]}, given is {given[k]}" for k in changed]
        return found + [f"{names[k]} has no digit" for k in np.flatnonzero((digits < 1) | (digits > n))]

    def baselines(self, seed: int, limits: Limits) -> Mapping[str, float]:
        """Return the conflicts of grids filled at random and, if it ends soon, those after backtracking."""
        rng, given = np.random.default_rng(seed), self.digits
        drawn = np.where(given > 0, given, rng.integers(1, self.rows + 1, (RANDOM, self.size)))
        found = {"random digits": float(np.mean([len(self.conflicts(grid)) for grid in drawn]))}
        answer = backtracking(given.tolist(), peers(self.rows), limits=limits, largest=self.rows)
        if answer is not None:
            found["backtracking"] = float(len(self.conflicts(answer)))
        return found

    def verify(self, answer: Any) -> Verdict:
        """Return whether the grid, its digits as a string or numbers, solves this one.

        Violations count `conflicting pairs`, `changed givens` and cells that hold `no digit` of the grid.
        """
        digits, given = grid_digits(answer, self.size), self.digits
        counts = {
            "conflicting pairs": len(self.conflicts(answer)),
            "changed givens": int(((given > 0) & (given != digits)).sum()),
            "no digit": int(((digits < 1) | (digits > self.rows)).sum()),
        }
        violations = {name: count for name, count in counts.items() if count}
        return Verdict(not violations, float(counts["conflicting pairs"]), violations)


def grid_digits(answer: Any, cells: int = 81) -> Integers:
    """Return a grid, `cells` characters or numbers, as numbers; raises `InputError` for any other value."""
    if isinstance(answer, str):
        known = numbers_of(list(answer), math.isqrt(cells))
        if len(answer) != cells or None in known:
            raise InputError(f"`answer` has {len(answer)} signs, expected {cells} digits")
        return np.array(known, dtype=np.int64)
    return whole_numbers(answer, cells, "digits, one per cell")


@cache
def units(n: int = 9) -> Integers:
    """Return the cells (3 n, n) of the rows, the columns and the boxes of a grid of `n` rows."""
    cells, k = np.arange(n * n).reshape(n, n), math.isqrt(n)
    boxes = cells.reshape(k, k, k, k).swapaxes(1, 2).reshape(n, n)
    return np.concatenate([cells, cells.T, boxes])


@cache
def peers(n: int = 9) -> Integers:
    """Return the pairs of cells (m, 2), a < b, that share a row, a column or a box; 810 for 9 rows."""
    a, b = np.triu_indices(n, 1)
    pairs = np.concatenate([np.stack([unit[a], unit[b]], axis=1) for unit in units(n)])
    return np.unique(np.sort(pairs, axis=1), axis=0)


def _signs(givens: Any) -> str:
    """Return the characters of a grid, `.` for the blanks."""
    if isinstance(givens, (list, tuple)) and all(isinstance(row, str) for row in givens):
        givens = "\n".join(givens)
    if isinstance(givens, str):
        cells = [cell for line in givens.splitlines() for cell in cells_of(line)]
        n = math.isqrt(len(cells))
        numbers = numbers_of(cells, n)
        if n not in ROWS or n * n != len(cells) or None in numbers:
            raise InputError(f"{givens!r} has {len(cells)} signs, expected 81: digits and `.`")
        return "".join("." if not number else SIGNS[number - 1] for number in numbers)
    expected = "81 signs, or 9 x 9 digits with 0 for a blank"
    digits = real_array(givens, "givens", expected)
    n = digits.shape[0] if digits.ndim == 2 else math.isqrt(digits.size)
    if n not in ROWS or digits.shape not in ((n, n), (n * n,)):
        raise InputError(f"`givens` has shape {digits.shape}, expected {expected}")
    flat = digits.ravel()
    bad = np.flatnonzero(~np.isin(flat, np.arange(n + 1)))
    if bad.size:
        raise InputError(f"`givens` holds {flat[bad[0]]:g} in {_cell(int(bad[0]), n)}, expected {expected}")
    return "".join(SIGNS[int(digit) - 1] if digit else "." for digit in flat)


def _contradiction(signs: str) -> tuple[int, int] | None:
    """Return the first two cells a < b that share a given digit and a row, column or box; None without."""
    pairs: list[tuple[int, int]] = peers(math.isqrt(len(signs))).tolist()
    return next(((a, b) for a, b in pairs if signs[a] != "." and signs[a] == signs[b]), None)


def _contradiction_text(signs: str, a: int, b: int) -> str:
    n = math.isqrt(len(signs))
    return f"the givens contradict each other: {signs[a]} is in {_cell(a, n)} and in {_cell(b, n)}"


def _cell(k: int, n: int) -> str:
    return f"row {k // n + 1}, column {k % n + 1}"
