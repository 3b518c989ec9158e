"""Numbers and tables as text: engineering prefixes, aligned columns, counted nouns."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

_PREFIXES = "qryzafpnum kMGTPEZYRQ"


def si(value: float | None, unit: str = "", digits: int = 4) -> str:
    """Return `value` with an engineering prefix: 0.0301 s is "30.1 ms"; "unknown" for None and nan."""
    if value is None or math.isnan(value):
        return "unknown"
    factor, prefix = prefix_for(value)
    text = f"{value / factor:.{digits}g}"
    if abs(float(text)) >= 1000 and math.isfinite(value):  # 999.96 u rounds to 1000 u
        factor, prefix = prefix_for(1000 * factor)
        text = f"{value / factor:.{digits}g}"
    return f"{text} {prefix}{unit}".rstrip()


def prefix_for(largest: float) -> tuple[float, str]:
    """Return the factor and the prefix with which `largest` has one to three digits before the point."""
    if largest == 0 or not math.isfinite(largest):
        return 1.0, ""
    index = min(max(math.floor(math.log10(abs(largest)) / 3) + 10, 0), len(_PREFIXES) - 1)
    return 10.0 ** (3 * (index - 10)), _PREFIXES[index].strip()


def unit_of(signal: str) -> str:
    """Return the unit of a signal: "A" of i(source), else "V"."""
    return "A" if signal.startswith("i(") else "V"


def table(rows: Sequence[Sequence[str]], left: int = 1) -> Iterable[str]:
    """Yield the lines of a table; the first `left` columns are flush left, the others flush right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [
            cell.ljust(width) if k < left else cell.rjust(width)
            for k, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()


def counted(number: int, noun: str) -> str:
    """Return `number` with its noun: "1 state", "4 states"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
