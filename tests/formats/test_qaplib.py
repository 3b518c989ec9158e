from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analoghop.errors import FileFormatError, InputError
from analoghop.formats.instances.qaplib import (
    Matrices,
    read_qaplib,
    read_solution,
    write_qaplib,
    write_solution,
)

DATA = Path(__file__).parents[1] / "data"

SMALL = "2\n\n0 1\n2 0\n\n0 3\n4 0\n"


def test_best_assignment_of_nug12_has_the_published_value() -> None:
    matrices = read_qaplib(DATA / "nug12.dat")
    p = np.array([5, 9, 1, 8, 12, 11, 3, 7, 2, 10, 6, 4]) - 1
    assert (matrices.A * matrices.B[np.ix_(p, p)]).sum() == 578


@given(st.integers(2, 5), st.integers(0, 1000))
def test_matrices_come_back(n: int, seed: int) -> None:
    import tempfile

    A, B = np.random.default_rng(seed).normal(size=(2, n, n)).round(2)
    with tempfile.TemporaryDirectory() as folder:
        write_qaplib(f"{folder}/m.dat", Matrices("m", A, B))
        got = read_qaplib(f"{folder}/m.dat")
    assert got.name == "m"
    np.testing.assert_array_equal(got.A, A)
    np.testing.assert_array_equal(got.B, B)


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("", 1, "holds no numbers"),
        ("1\n0\n0\n", 1, "the size is 1; expected a whole number from 2"),
        ("2.5\n", 1, "the size is 2.5"),
        ("99999\n", 1, "the size is 99999"),
        (SMALL.replace("4 0\n", ""), 6, "6 numbers follow the size 2, two matrices have 8"),
        (SMALL + "5\n", 8, "9 numbers follow"),
        (SMALL.replace("3", "nan"), 6, "'nan' is no finite number"),
        (SMALL.replace("3", "three"), 6, "'three' is no finite number"),
    ],
)
def test_bad_instances(text: str, line: int, message: str, tmp_path: Path) -> None:
    (tmp_path / "bad.dat").write_text(text)
    with pytest.raises(FileFormatError, match=message) as caught:
        read_qaplib(tmp_path / "bad.dat")
    assert caught.value.where is not None
    assert caught.value.where.line == line


def test_binary(tmp_path: Path) -> None:
    (tmp_path / "x.dat").write_bytes(b"2\0")
    with pytest.raises(FileFormatError, match="is not a text file"):
        read_qaplib(tmp_path / "x.dat")


def test_solutions_come_back(tmp_path: Path) -> None:
    write_solution(tmp_path / "x.sln", 578, (2, 0, 1))
    assert (tmp_path / "x.sln").read_text() == "3 578\n3 1 2\n"
    got = read_solution(tmp_path / "x.sln", 3)
    assert (got.value, got.permutation) == (578.0, (2, 0, 1))
    with pytest.raises(InputError, match="exactly once"):
        write_solution(tmp_path / "x.sln", 0, (0, 0))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("3 5 1 2 2\n", "no permutation of 1 to 3"),
        ("3 5 1 2\n", "2 numbers follow the size and the value, expected 3"),
        ("4 5 1 2 3 4\n", "size 4: it cannot belong to an instance of size 3"),
    ],
)
def test_bad_solutions(text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "x.sln").write_text(text)
    with pytest.raises(FileFormatError, match=message):
        read_solution(tmp_path / "x.sln", 3)
