from pathlib import Path

import numpy as np
import pytest
from faults import assert_fault

from analoghop import Sudoku, read, solve
from analoghop.formats.instances.sudoku import SIGNS, read_sudoku, write_sudoku

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
        (ONE[:-1] + "z\n", 1, "a cell holds 'z'; expected a digit"),
        (ONE[:-1] + "\n", 1, "this line has 80 cells; expected 81, or nine lines of 9"),
        ("\n".join(["123456789"] * 8), 8, "the last grid has 8 lines"),
        ("123456789\n" + ONE, 2, "this line has 81 cells"),
    ],
)
def test_bad_grids(text: str, line: int, message: str, tmp_path: Path) -> None:
    assert_fault(read_sudoku, tmp_path / "x", text, line, message)


ROWS = [ONE[k : k + 9] for k in range(0, 81, 9)]
BOXED = """┌───────┬───────┬───────┐
│ 5 3 . │ . 7 . │ . . . │
│ 6 . . │ 1 9 5 │ . . . │
│ . 9 8 │ . . . │ . 6 . │
├───────┼───────┼───────┤
│ 8 . . │ . 6 . │ . . 3 │
│ 4 . . │ 8 . 3 │ . . 1 │
│ 7 . . │ . 2 . │ . . 6 │
├───────┼───────┼───────┤
│ . 6 . │ . . . │ 2 8 . │
│ . . . │ 4 1 9 │ . . 5 │
│ . . . │ . 8 . │ . 7 9 │
└───────┴───────┴───────┘
"""


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(row.replace(".", "-") for row in ROWS),
        "\n".join(" ".join(row.replace(".", "x")) for row in ROWS),
        "\n".join("|".join(row.replace(".", "*")) for row in ROWS),
        "\n".join(",".join("" if sign == "." else sign for sign in row) for row in ROWS),
        "\n".join(",".join(row.replace(".", "0")) for row in ROWS),
        f"quizzes,solutions\n{ONE.replace('.', '0')},{ONE.replace('.', '1')}\n",
        ONE.replace(".", "-"),
        ONE.replace(".", "?"),
        BOXED,
    ],
)
def test_one_grid_is_written_in_many_ways(text: str, tmp_path: Path) -> None:
    (tmp_path / "x").write_text(text + "\n")
    assert read_sudoku(tmp_path / "x") == (ONE,)
    assert read(tmp_path / "x", "sudoku").givens == ONE


def test_rows_of_dashes_are_blank_where_dashes_are_blanks(tmp_path: Path) -> None:
    rows = ["- - 1 | - - - | - 2 -", "- - - | - - - | - - -", *["- 3 - | - - - | - - -"]]
    frame = "------+-------+------"
    lines = [
        *rows,
        frame,
        *["- - - | - - - | - - -"] * 3,
        "---------------------",
        *["- - - | - - 9 | - - -"] * 3,
    ]
    (tmp_path / "x").write_text("\n".join(lines))
    (grid,) = read_sudoku(tmp_path / "x")
    assert grid == "..1....2." + "." * 9 + ".3......." + "." * 27 + ".....9..." * 3
    framed = "\n".join(
        [*(row.replace(".", "-") for row in ROWS[:3]), "---------", *ROWS[3:6], "---------", *ROWS[6:]]
    )
    (tmp_path / "x").write_text(framed.replace(".", "-"))
    assert read_sudoku(tmp_path / "x") == (ONE,)


def solved(n: int) -> list[int]:
    k = int(n**0.5)
    return [(k * (row % k) + row // k + column) % n + 1 for row in range(n) for column in range(n)]


@pytest.mark.parametrize("n", [4, 9, 16, 25])
def test_larger_grids_are_letters_or_numbers(n: int, tmp_path: Path) -> None:
    numbers = solved(n)
    shown = [0 if k % 3 == 1 else number for k, number in enumerate(numbers)]
    rows = [shown[k : k + n] for k in range(0, n * n, n)]
    wanted = "".join(SIGNS[number - 1] if number else "." for number in shown)
    ways = {
        "blanks": "\n".join(" ".join(str(number or ".") for number in row) for row in rows),
        "table": "\n".join(",".join(str(number or "") for number in row) for row in rows),
        "signs": "\n".join("".join(SIGNS[number - 1] if number else "." for number in row) for row in rows),
        "letters": "\n".join("".join(chr(64 + number) if number else "." for number in row) for row in rows),
    }
    if n == 16:
        ways["hexadecimal"] = "\n".join("".join(f"{v - 1:X}" if v else "." for v in row) for row in rows)
    for way, text in ways.items():
        (tmp_path / "x").write_text(text + "\n")
        assert read_sudoku(tmp_path / "x") == (wanted,), way
    write_sudoku(tmp_path / "y", wanted)
    assert read_sudoku(tmp_path / "y") == (wanted,)
    problem = Sudoku(wanted if n > 4 else ways["signs"])
    assert problem.size == n * n
    assert problem.verify(numbers).valid
    assert problem.verify("".join(SIGNS[number - 1] for number in numbers)).valid
    assert not problem.verify([n + 1, *numbers[1:]]).valid


@pytest.mark.parametrize(("n", "blank"), [(4, 8), (16, 96)])
def test_other_sizes_are_solved(n: int, blank: int) -> None:
    givens = np.array(solved(n))
    givens[np.random.default_rng(1).choice(n * n, blank, replace=False)] = 0
    result = solve(Sudoku(givens.reshape(n, n)), starts=4, seed=1)
    assert result.valid >= 1
    assert result.baselines["backtracking"] == 0.0
