"""`seat`: the values of a member of a family, copied to the column of the tile in which it sits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba.extending import overload

from analoghop.engines.fused.registers.lanes import inlined


def _copied(tables: Any, column: int, row: int) -> None:
    """Copy the values of the member in a row of the results; nothing where all columns are alike."""


@overload(_copied)  # type: ignore[untyped-decorator, unused-ignore]
def _copy(tables: Any, column: Any, row: Any) -> Callable[..., None]:
    if "held" not in tables.instance_class._fields:

        def skip(tables: Any, column: Any, row: Any) -> None:
            return None

        return skip

    def copy(tables: Any, column: Any, row: Any) -> None:
        first = tables.place[row] * tables.entries
        for k in range(tables.entries):
            tables.held[k * tables.columns + column] = tables.every[first + k]

    return copy


@inlined
def seat(tables: Any, column: int, row: int) -> None:
    """Give a column the values of the member whose results stand in `row`."""
    _copied(tables, column, row)
