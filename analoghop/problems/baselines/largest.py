"""`Largest`: the index of the largest of many numbers, few of which change at a time."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

FEW = 4096
"""Length up to which the maximum is computed over all numbers each time."""


class Largest:
    """`values` (n,), to be changed in place; every change must be reported to `changed`.

    The numbers are in blocks of about sqrt(n), and the largest of each block is stored: `place` costs
    sqrt(n), and so does each changed number.
    """

    def __init__(self, values: NDArray[Any]) -> None:
        n = len(values)
        self._width = n if n <= FEW else int(np.sqrt(n))
        blocks = -(-n // self._width)
        least = np.iinfo(values.dtype).min if values.dtype.kind == "i" else -np.inf
        padded = np.full(blocks * self._width, least, dtype=values.dtype)
        padded[:n] = values
        self.values = padded[:n]
        self._table = padded.reshape(blocks, self._width)
        self._tops = self._table.max(axis=1)

    def place(self) -> int:
        """Return the index of the largest number, the first of several."""
        if len(self._tops) == 1:
            return int(np.argmax(self.values))
        block = int(np.argmax(self._tops))
        return block * self._width + int(np.argmax(self._table[block]))

    def changed(self, places: NDArray[Any]) -> None:
        """Update the blocks of the numbers at the indices `places`, which have changed."""
        if len(self._tops) > 1:
            blocks = places // self._width
            self._tops[blocks] = self._table[blocks].max(axis=1)
