from pathlib import Path

import pytest
from faults import assert_fault

from analoghop.formats.instances.sudoku import read_sudoku, write_sudoku

ONE = "53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79"


def test_lines_grids_and_frames(tmp_path: Path) -> None:
    rows = [ONE[k : k + 9] for k in range(0, 81, 9)]
    framed = ["+---+---+---+"]
    for k, row in enumerate(rows):
        framed.append("| " + " | ".join(" ".join(row[j : j + 3]) for j in (0, 3, 6)) + " |")
        if k % 3 == 2:
            framed.append("|---+---+---|")
    parts = ["# three", ONE.replace(".", "0"), "", *[row.replace(".", "_") for row in rows], *framed]
    path = tmp_path / "x.sudoku"
    path.write_text("\n".join(parts))
    assert read_sudoku(path) == (ONE, ONE, ONE)
    write_sudoku(path, ONE, "cost 0")
    assert read_sudoku(path) == (ONE,)


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("", 1, "holds no grid"),
        (ONE[:-1] + "x\n", 1, "a cell holds 'x'; expected a digit"),
        (ONE[:-1] + "\n", 1, "this line has 80 cells; expected 81, or nine lines of 9"),
        ("\n".join(["123456789"] * 8), 8, "the last grid has 8 lines"),
        ("123456789\n" + ONE, 2, "this line has 81 cells"),
    ],
)
def test_bad_grids(text: str, line: int, message: str, tmp_path: Path) -> None:
    assert_fault(read_sudoku, tmp_path / "x", text, line, message)
