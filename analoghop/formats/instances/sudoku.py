"""Sudoku grids of 4, 9, 16 or 25 rows: on one line or on several, with frames, or as a table."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from analoghop.formats.files import write_text
from analoghop.formats.lines import TextFile

CELLS = 81
SIGNS = "123456789ABCDEFGHIJKLMNOP"
"""The signs of the numbers 1 to 25."""
BLANKS = ".0_*xX?"
FRAME = "|+-= \t\r\n"
"""Characters of frames between the cells, which are skipped; so are those that draw boxes."""
ROWS = (4, 9, 16, 25)
"""Numbers of rows of a grid."""
LINES = (81, 256, 625)
"""Lengths of grids on one line."""
_EXPECTED = "81, or nine lines of 9"
_BOXES = range(0x2500, 0x2580)
_TEN = 10

Cells = list[str]
Line = tuple[int, Cells]


def read_sudoku(path: str | Path) -> tuple[str, ...]:
    """Return the grids of a file, row by row: `SIGNS` for the numbers, and `.` for blanks.

    A line of 81, 256 or 625 signs is a grid, and so are 9 lines of 9, 16 of 16, 25 of 25 or 4 of 4, with or
    without frames; cells may be numbers between blanks, commas or bars. A blank is `.`, `0`, `_`, `*`, `x`,
    `?`, nothing between commas, or `-` in lines that would else be too short. Numbers beyond 9 are letters
    from A; in grids of letters alone A is 1; in grids of 16 with `0` beside other blanks, 0 to F are the
    numbers. Lines that begin with # are comments. Raises `FileFormatError`, with file and line, for another
    sign or length, and for a file without a grid.
    """
    return tuple(grid for grid, _ in sudoku_lines(path))


def sudoku_lines(path: str | Path) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """Return the grids as `read_sudoku` does, each with the lines of the file (from 1) of its rows."""
    text = TextFile(path)
    numbered = [(k, line) for k, line in enumerate(text.lines, 1) if not line.lstrip().startswith("#")]
    found = [(number, cells_of(line)) for number, line in numbered]
    grids: list[tuple[str, tuple[int, ...]]] = []
    waiting: list[Line] = []
    lines, spare = _rows(found)
    for number, cells in lines:
        between = not waiting or len(waiting) % math.isqrt(len(waiting[0][1])) == 0
        if set(cells) == {"-"} and spare and between:
            spare -= 1
            continue
        if len(cells) in LINES and not waiting:
            rows = math.isqrt(len(cells))
            grids.append((_grid(text, [(number, cells)]), (number,) * rows))
            continue
        if len(cells) not in ROWS or (waiting and len(cells) != len(waiting[0][1])):
            wanted = _EXPECTED if not waiting else f"{len(waiting[0][1])} as on line {waiting[0][0]}"
            raise text.fault(number, f"this line has {len(cells)} cells", wanted)
        waiting.append((number, cells))
        if len(waiting) == len(cells):
            grids.append((_grid(text, waiting), tuple(k for k, _ in waiting)))
            waiting = []
    if waiting:
        n = len(waiting[0][1])
        reason = f"the last grid has {len(waiting)} lines"
        raise text.fault(text.last, reason, f"{'nine' if n == 9 else n} lines of {n} cells")
    if not grids:
        raise text.fault(1, "holds no grid", "81 digits and blanks, or nine lines of 9")
    return tuple(grids)


def cells_of(line: str) -> Cells:
    """Return the cells of a line, "-" for a dash; none for a frame."""
    if "," in line or ";" in line:
        parts = [part.strip().strip('"') for part in line.replace(";", ",").split(",")]
        if len(parts) in ROWS:
            return [part or "." for part in parts]
        return list(parts[0]) if len(parts[0]) in LINES else []
    bare = "".join(" " if sign in "|=\t\r" or ord(sign) in _BOXES else sign for sign in line)
    if "+" in bare or not bare.strip():
        return []
    words = bare.split()
    if len(words) in ROWS and any(word.isdigit() and len(word) > 1 for word in words):
        return words
    whole = "".join(words)
    plain = whole.replace("-", "")
    return list(whole if len(whole) in (*ROWS, *LINES) or len(plain) not in (*ROWS, *LINES) else plain)


def _rows(lines: Sequence[Line]) -> tuple[list[Line], int]:
    """Return the lines that may be rows, and how many of those of dashes alone are frames.

    Dashes are blanks where a line has them beside digits; a frame has another length than the rows, or makes
    the rows too many for whole grids.
    """
    blank = any("-" in cells and len(cells) in ROWS and set(cells) != {"-"} for _, cells in lines)
    n = next((len(cells) for _, cells in lines if cells and set(cells) != {"-"}), 0)
    found = [line for line in lines if line[1] and (set(line[1]) != {"-"} or (blank and len(line[1]) == n))]
    drawn = sum(set(cells) == {"-"} for _, cells in found)
    return found, min(len(found) % n, drawn) if drawn else 0


def _grid(text: TextFile, lines: Sequence[Line]) -> str:
    """Return the signs of the cells of some lines."""
    cells = [(number, cell) for number, row in lines for cell in row]
    n = math.isqrt(len(cells))
    numbers = numbers_of([cell for _, cell in cells], n)
    for (line, cell), number in zip(cells, numbers, strict=True):
        if number is None:
            wanted = "a digit, or `.`, `0` or `_` for a blank" if n == 9 else f"a number up to {n}"
            raise text.fault(line, f"a cell holds {cell!r}", wanted)
    return "".join("." if not number else SIGNS[number - 1] for number in numbers)


def numbers_of(cells: Sequence[str], n: int) -> list[int | None]:
    """Return the numbers of the cells of a grid of `n` rows, 0 for a blank, None for another sign."""
    letters = [cell.upper() for cell in cells if len(cell) == 1 and cell.isalpha()]
    digits = any(cell.isdigit() and int(cell) > 0 for cell in cells if cell.isascii())
    blank = set(BLANKS) | {"-"}
    if n > 16 or (letters and not digits and n >= 16):
        blank -= {"x", "X"}
    alone = bool(letters) and not digits
    hexadecimal = (
        n == 16 and "0" in cells and bool((blank - {"0"}) & set(cells)) and max(letters, default="A") < "G"
    )
    return [_number(cell, n, blank, alone, hexadecimal) for cell in cells]


def _number(cell: str, n: int, blank: set[str], alone: bool, hexadecimal: bool) -> int | None:
    if cell in blank and not (hexadecimal and cell == "0"):
        return 0
    if cell.isascii() and cell.isdigit():
        number = int(cell) + hexadecimal
    elif len(cell) == 1 and cell.isascii() and cell.isalpha():
        number = ord(cell.upper()) - ord("A") + (1 if alone else _TEN + hexadecimal)
    else:
        return None
    return number if number <= n else None


def write_sudoku(path: str | Path, grid: str, comment: str = "") -> None:
    """Write a grid on one line, one of 4 rows on four, after the comment on lines that begin with #."""
    n = math.isqrt(len(grid))
    rows = [grid[k : k + n] for k in range(0, len(grid), n)] if n == ROWS[0] else [grid]
    lines = [*(f"# {part}" for part in comment.splitlines()), *rows]
    write_text(path, "\n".join([*lines, ""]))
