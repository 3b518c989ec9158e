"""`WordTable`: the words of a text whose lines have equally many words, read by array operations."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Array, Integers
from analoghop.formats.lines import TextFile

Bytes = NDArray[np.uint8]

PLAIN = np.isin(np.arange(256), np.frombuffer(b"0123456789+-.eE \t\n", dtype=np.uint8))
"""Bytes of plain tables: a text with other bytes is read line by line."""
BLANK = np.isin(np.arange(256), np.frombuffer(b" \t\n", dtype=np.uint8))
DIGITS = 9
"""Largest number of digits of a whole number."""
LONGEST = 40
"""Largest number of bytes of a number."""


class WordTable(NamedTuple):
    """Words that begin at `starts` (rows, width) of `text` and have `lengths` (rows, width).

    Its methods return None for a column of another form: such a file is then read word by word, which finds
    the location of an error.
    """

    text: Bytes
    starts: Integers
    lengths: Integers

    @staticmethod
    def after(file: TextFile, line: int) -> WordTable | None:
        """Return the words below `line` of a file (0: all).

        None if lines have different numbers of words, or hold anything other than plain numbers.
        """
        content = file.after(line)
        if not content.isascii():
            return None
        text = np.frombuffer(content.encode("ascii"), dtype=np.uint8)
        width = len(content[: 10 * LONGEST].lstrip("\n ").split("\n", 1)[0].split())
        if not width or not PLAIN[text].all():
            return None
        blank = np.concatenate([[True], BLANK[text], [True]])
        edges = np.flatnonzero(blank[1:] != blank[:-1])
        starts, ends = edges[::2], edges[1::2]
        if len(starts) % width:
            return None
        lines = np.cumsum(text == ord("\n"), dtype=np.int64)[starts].reshape(-1, width)
        if (lines[:, 0] != lines[:, -1]).any() or (np.diff(lines[:, 0]) <= 0).any():
            return None
        return WordTable(text, starts.reshape(-1, width), (ends - starts).reshape(-1, width))

    @property
    def width(self) -> int:
        """Number of words on each line."""
        return int(self.starts.shape[1])

    def holds(self, column: int, letter: str) -> bool:
        """Return whether every word of a column is this one letter."""
        words = self.text[self.starts[:, column]] == ord(letter)
        return bool((self.lengths[:, column] == 1).all() and words.all())

    def whole(self, column: int) -> Integers | None:
        """Return a column of whole numbers from 0, (rows,)."""
        return self._whole(self.starts[:, column], self.lengths[:, column])

    def real(self, column: int) -> Array | None:
        """Return a column of finite numbers, (rows,)."""
        starts, lengths = self.starts[:, column], self.lengths[:, column]
        negative = (self.text[starts] == ord("-")).astype(np.int64)
        whole = self._whole(starts + negative, lengths - negative)
        if whole is not None:
            return np.where(negative, -1.0, 1.0) * whole
        widest = int(lengths.max())
        if widest > LONGEST:
            return None
        at = starts[:, None] + np.arange(widest)
        inside = np.arange(widest) < lengths[:, None]
        letters = np.where(inside, self.text[np.minimum(at, len(self.text) - 1)], 0).astype(np.uint8)
        try:
            values = letters.view(f"S{widest}").ravel().astype(np.float64)
        except ValueError:
            return None
        return values if np.isfinite(values).all() else None

    def _whole(self, starts: Integers, lengths: Integers) -> Integers | None:
        if not len(starts) or lengths.min() < 1 or lengths.max() > DIGITS:
            return None
        values = np.zeros(len(starts), dtype=np.int64)
        for k in range(int(lengths.max())):
            there = lengths > k
            letters = self.text[np.where(there, starts + lengths - 1 - k, starts)]
            digits = np.where(there, letters.astype(np.int64) - ord("0"), 0)
            if ((digits < 0) | (digits > 9)).any():
                return None
            values += 10**k * digits
        return values


def plain_pairs(
    file: TextFile, line: int, low: int, high: int, width: int | None = None
) -> tuple[Integers, Array] | None:
    """Return pairs (k, 2) of whole numbers in `low`..`high`, and values (k,), of the lines below `line`.

    Lines have three words, or all have two, and then the values are 1. None if the lines have another form,
    or a number of words other than `width`.
    """
    table = WordTable.after(file, line)
    if table is None or table.width not in ((2, 3) if width is None else (width,)):
        return None
    return _pairs(table, low, high)


def plain_edges(file: TextFile, line: int, high: int) -> Integers | None:
    """Return the pairs (k, 2) of numbers in 1..`high` of lines `e i j` below `line`.

    None if the lines have another form.
    """
    table = WordTable.after(file, line)
    if table is None or table.width != 3 or not table.holds(0, "e"):
        return None
    found = _pairs(WordTable(table.text, table.starts[:, 1:], table.lengths[:, 1:]), 1, high)
    return None if found is None else found[0]


def _pairs(table: WordTable, low: int, high: int) -> tuple[Integers, Array] | None:
    first, second = table.whole(0), table.whole(1)
    values = table.real(2) if table.width > 2 else np.ones(len(table.starts))
    if first is None or second is None or values is None:
        return None
    pairs = np.stack([first, second], axis=1)
    if pairs.min() < low or pairs.max() > high:
        return None
    return pairs, values
