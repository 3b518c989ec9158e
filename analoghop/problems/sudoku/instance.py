"""`Sudoku`: digits for the blanks of a grid such that no row, column or box has a digit twice."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from analoghop.arrays import Integers, real_array
from analoghop.errors import FileFormatError, InputError, Location
from analoghop.formats.instances.sudoku import BLANKS, CELLS, FRAME, sudoku_lines
from analoghop.formats.lines import instance_name
from analoghop.limits import Limits
from analoghop.problems.answers import whole_numbers
from analoghop.problems.base import Problem, Verdict
from analoghop.problems.baselines.backtracking import backtracking

SIGNS = {*"123456789", *BLANKS}
RANDOM = 10


@dataclass(frozen=True, init=False)
class Sudoku(Problem):
    """A grid of 81 characters, row by row: the given digits, and `.`, `0`, `_` or `*` for the blanks.

    An answer is a grid of 81 digits; its cost is the number of pairs of equal digits in a row, column or box.
    """

    givens: str
    name: str = "sudoku"

    kind: ClassVar[str] = "sudoku"
    cost_name: ClassVar[str] = "conflicting pairs"

    def __init__(self, givens: str | Any, name: str = "sudoku") -> None:
        """Take a text of 81 characters, or of nine lines with or without a frame; or 9 x 9 digits, 0: blank.

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
        if set(text) <= SIGNS and not os.path.isfile(text):
            return cls(text)
        signs, lines = sudoku_lines(source)[0]
        twice = _contradiction(signs)
        if twice is not None:
            raise FileFormatError(_contradiction_text(signs, *twice), Location(text, lines[twice[1] // 9]))
        return cls(signs, instance_name(source))

    @property
    def size(self) -> int:
        """Number of cells."""
        return CELLS

    @property
    def digits(self) -> Integers:
        """The givens as numbers (81,), 0 for a blank."""
        return np.array([0 if sign == "." else int(sign) for sign in self.givens], dtype=np.int64)

    def conflicts(self, answer: Any) -> Integers:
        """Return the pairs of cells (k, 2) in one row, column or box that hold the same digit."""
        digits = grid_digits(answer)
        pairs = peers()
        equal: Integers = pairs[digits[pairs[:, 0]] == digits[pairs[:, 1]]]
        return equal

    def describe_violations(self, answer: Any) -> Sequence[str]:
        """Return the pairs of cells with equal digits in a row, column or box: "r1c2-r1c7".

        Then the cells whose given is changed, and those without a digit.
        """
        digits, given = grid_digits(answer), self.digits
        names = [f"r{k // 9 + 1}c{k % 9 + 1}" for k in range(CELLS)]
        found = [f"{names[a]}-{names[b]}" for a, b in self.conflicts(answer).tolist()]
        changed = np.flatnonzero((given > 0) & (given != digits)).tolist()
        found += [f"{names[k]} is {digits[k]}, given is {given[k]}" for k in changed]
        return found + [f"{names[k]} has no digit" for k in np.flatnonzero((digits < 1) | (digits > 9))]

    def baselines(self, seed: int, limits: Limits) -> Mapping[str, float]:
        """Return the conflicts of grids filled at random and, if it ends soon, those after backtracking."""
        rng, given = np.random.default_rng(seed), self.digits
        drawn = np.where(given > 0, given, rng.integers(1, 10, (RANDOM, CELLS)))
        found = {"random digits": float(np.mean([len(self.conflicts(grid)) for grid in drawn]))}
        answer = backtracking(given.tolist(), peers(), limits=limits)
        if answer is not None:
            found["backtracking"] = float(len(self.conflicts(answer)))
        return found

    def verify(self, answer: Any) -> Verdict:
        """Return whether the grid, 81 digits as a string or numbers, solves this one.

        Violations count `conflicting pairs`, `changed givens` and cells that hold `no digit` from 1 to 9.
        """
        digits, given = grid_digits(answer), self.digits
        counts = {
            "conflicting pairs": len(self.conflicts(answer)),
            "changed givens": int(((given > 0) & (given != digits)).sum()),
            "no digit": int(((digits < 1) | (digits > 9)).sum()),
        }
        violations = {name: count for name, count in counts.items() if count}
        return Verdict(not violations, float(counts["conflicting pairs"]), violations)


def grid_digits(answer: Any) -> Integers:
    """Return a grid, 81 characters or 81 numbers, as numbers; raises `InputError` for any other value."""
    if isinstance(answer, str):
        if len(answer) != CELLS or not set(answer) <= set("0123456789" + BLANKS):
            raise InputError(f"`answer` has {len(answer)} signs, expected {CELLS} digits")
        answer = [0 if sign in BLANKS else int(sign) for sign in answer]
    return whole_numbers(answer, CELLS, "digits, one per cell")


@cache
def units() -> Integers:
    """Return the cells (27, 9) of the rows, the columns and the boxes."""
    cells = np.arange(CELLS).reshape(9, 9)
    boxes = cells.reshape(3, 3, 3, 3).swapaxes(1, 2).reshape(9, 9)
    return np.concatenate([cells, cells.T, boxes])


@cache
def peers() -> Integers:
    """Return the 810 pairs of cells (810, 2), a < b, that share a row, a column or a box."""
    a, b = np.triu_indices(9, 1)
    pairs = np.concatenate([np.stack([unit[a], unit[b]], axis=1) for unit in units()])
    return np.unique(np.sort(pairs, axis=1), axis=0)


def _signs(givens: Any) -> str:
    """Return the 81 characters of a grid, `.` for the blanks."""
    if isinstance(givens, (list, tuple)) and all(isinstance(row, str) for row in givens):
        givens = "\n".join(givens)
    if isinstance(givens, str):
        signs = "".join("." if sign in BLANKS else sign for sign in givens if sign not in FRAME)
        if len(signs) != CELLS or not set(signs) <= SIGNS:
            raise InputError(f"{givens!r} has {len(signs)} signs, expected {CELLS}: digits and `.`")
        return signs
    expected = "81 signs, or 9 x 9 digits with 0 for a blank"
    digits = real_array(givens, "givens", expected)
    if digits.shape not in ((9, 9), (CELLS,)):
        raise InputError(f"`givens` has shape {digits.shape}, expected {expected}")
    flat = digits.ravel()
    bad = np.flatnonzero(~np.isin(flat, np.arange(10)))
    if bad.size:
        raise InputError(f"`givens` holds {flat[bad[0]]:g} in {_cell(int(bad[0]))}, expected {expected}")
    return "".join(str(int(digit)) if digit else "." for digit in flat)


def _contradiction(signs: str) -> tuple[int, int] | None:
    """Return the first two cells a < b that share a given digit and a row, column or box; None without."""
    pairs: list[tuple[int, int]] = peers().tolist()
    return next(((a, b) for a, b in pairs if signs[a] != "." and signs[a] == signs[b]), None)


def _contradiction_text(signs: str, a: int, b: int) -> str:
    return f"the givens contradict each other: {signs[a]} is in {_cell(a)} and in {_cell(b)}"


def _cell(k: int) -> str:
    return f"row {k // 9 + 1}, column {k % 9 + 1}"
