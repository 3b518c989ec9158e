from pathlib import Path

import numpy as np
import pytest

from analoghop.errors import FileFormatError, InputError
from analoghop.limits import Limits
from analoghop.problems.baselines.backtracking import backtracking
from analoghop.problems.sudoku.instance import Sudoku, peers, units

GIVENS = "53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79"
ANSWER = "534678912672195348198342567859761423426853791713924856961537284287419635345286179"


def test_units_and_peers() -> None:
    assert units().shape == (27, 9)
    np.testing.assert_array_equal(np.bincount(units().ravel()), np.full(81, 3))
    assert len(peers()) == 81 * 20 // 2
    np.testing.assert_array_equal(np.bincount(peers().ravel()), np.full(81, 20))


def test_an_answer_keeps_the_givens_and_repeats_nothing() -> None:
    problem = Sudoku(GIVENS.replace(".", "0"))
    assert problem.givens == GIVENS
    assert problem.verify(ANSWER).valid
    assert problem.verify([int(sign) for sign in ANSWER]).valid
    other = "".join({"1": "2", "2": "1"}.get(sign, sign) for sign in ANSWER)
    assert set(problem.verify(other).violations) == {"changed givens"}
    wrong = ANSWER[:2] + "5" + ANSWER[3:]
    verdict = problem.verify(wrong)
    assert (verdict.valid, verdict.cost, verdict.violations) == (False, 2.0, {"conflicting pairs": 2})
    assert problem.describe_violations(wrong) == ["r1c1-r1c3", "r1c3-r9c3"]
    blank = problem.verify("." * 81)
    assert blank.violations["no digit"] == 81


def test_grids_from_files_and_signs(tmp_path: Path) -> None:
    (tmp_path / "one.sudoku").write_text(GIVENS + "\n")
    assert Sudoku.read(tmp_path / "one.sudoku") == Sudoku(GIVENS, "one")
    assert Sudoku.read(GIVENS) == Sudoku(GIVENS)
    (tmp_path / "two.txt").write_text("5" + GIVENS[1:2] + "5" + GIVENS[3:])
    with pytest.raises(FileFormatError, match="5 is in row 1, column 1 and in row 1, column 3") as caught:
        Sudoku.read(tmp_path / "two.txt")
    assert "two.txt:1" in str(caught.value)
    rows = [GIVENS[k : k + 9] for k in range(0, 81, 9)]
    rows[7] = "5" + rows[7][1:]
    (tmp_path / "nine.txt").write_text("\n".join(["# nine lines", *rows]))
    with pytest.raises(FileFormatError, match=r"nine\.txt:9:1: .* 5 is in row 1, .* and in row 8, column 1"):
        Sudoku.read(tmp_path / "nine.txt")


@pytest.mark.parametrize(
    ("givens", "message"),
    [
        ("123", "expected 81"),
        ("z" * 81, "expected 81"),
        ("11" + "." * 79, "1 is in row 1, column 1 and in"),
    ],
)
def test_bad_givens(givens: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        Sudoku(givens)


def test_bad_answers() -> None:
    for answer in ("12", "z" * 81, [1, 2], None):
        with pytest.raises(InputError, match="`answer`"):
            Sudoku(GIVENS).verify(answer)


def test_backtracking_fills_a_grid_or_says_that_there_is_none() -> None:
    easy = Sudoku("53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79")
    filled = backtracking(easy.digits.tolist(), peers())
    assert filled is not None
    assert easy.verify("".join(map(str, filled))).valid
    assert easy.baselines(0, Limits())["backtracking"] == 0.0
    assert easy.baselines(0, Limits())["random digits"] > 20
    assert backtracking(easy.digits.tolist(), peers(), nodes=20) is None
    impossible = Sudoku("12345678........." + "9" + "." * 63)  # no 9 is left for the first row
    assert backtracking(impossible.digits.tolist(), peers()) is None
    assert "backtracking" not in impossible.baselines(0, Limits())
