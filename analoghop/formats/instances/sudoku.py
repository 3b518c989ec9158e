"""Sudoku grids: 81 characters on a line, or nine lines of nine, with or without a frame."""

from __future__ import annotations

from pathlib import Path

from analoghop.formats.files import write_text
from analoghop.formats.lines import TextFile

CELLS = 81
BLANKS = ".0_*"
FRAME = "|+-= \t\r\n"
"""Characters of frames between the cells, which are skipped."""


def read_sudoku(path: str | Path) -> tuple[str, ...]:
    """Return the grids of a file, each 81 characters: digits, and `.` for blanks (`.`, `0`, `_` or `*`).

    A line of 81 characters is a grid; nine lines of 9, without frames, are one grid. Lines that begin with #
    are comments. Raises `FileFormatError`, with file and line, for another character or length, and for a
    file without a grid.
    """
    return tuple(grid for grid, _ in sudoku_lines(path))


def sudoku_lines(path: str | Path) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """Return the grids as `read_sudoku` does, each with the lines of the file (from 1) of its nine rows."""
    text = TextFile(path)
    grids: list[tuple[str, tuple[int, ...]]] = []
    rows, places = "", list[int]()
    for number, line in enumerate(text.lines, 1):
        if line.lstrip().startswith("#") or set(line) <= set(FRAME):
            continue
        signs = "".join("." if sign in BLANKS else sign for sign in line if sign not in FRAME)
        for sign in signs:
            if not (sign == "." or sign in "123456789"):
                raise text.fault(number, f"a cell holds {sign!r}", "a digit, or `.`, `0` or `_` for a blank")
        if len(signs) == CELLS and not rows:
            grids.append((signs, (number,) * 9))
        elif len(signs) == 9:
            rows += signs
            places.append(number)
        else:
            raise text.fault(number, f"this line has {len(signs)} cells", "81, or nine lines of 9")
        if len(rows) == CELLS:
            grids.append((rows, tuple(places)))
            rows, places = "", []
    if rows:
        raise text.fault(text.last, f"the last grid has {len(rows) // 9} lines", "nine lines of 9 cells")
    if not grids:
        raise text.fault(1, "holds no grid", "81 digits and blanks, or nine lines of 9")
    return tuple(grids)


def write_sudoku(path: str | Path, grid: str, comment: str = "") -> None:
    """Write a grid of 81 characters on one line, after the comment on lines that begin with #."""
    lines = [*(f"# {part}" for part in comment.splitlines()), grid]
    write_text(path, "\n".join([*lines, ""]))
