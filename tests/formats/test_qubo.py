from pathlib import Path

import numpy as np
import pytest
from faults import assert_fault
from hypothesis import given, settings
from hypothesis import strategies as st

from analoghop.errors import FileFormatError, InputError
from analoghop.formats.instances.quadratic import Quadratic
from analoghop.formats.instances.qubo import form_of_matrix, read_qubo, write_qubo


def value(form: Quadratic, x: np.ndarray) -> float:
    i, j = form.pairs.T
    return float(form.linear @ x + form.values @ (x[i] * x[j]))


@given(st.integers(1, 7), st.integers(0, 999), st.sampled_from([".qubo", ".coo", ".sparse"]))
@settings(deadline=None, max_examples=40)
def test_forms_come_back_from_every_format(n: int, seed: int, suffix: str) -> None:
    import tempfile

    rng = np.random.default_rng(seed)
    at = np.concatenate([[[n - 1, n - 1]], rng.integers(0, n, (9, 2))])
    form = Quadratic.of(n, at, rng.normal(size=10), "f")
    with tempfile.TemporaryDirectory() as folder:
        write_qubo(f"{folder}/f{suffix}", form, "by\nhand")
        got = read_qubo(f"{folder}/f{suffix}")
    assert (got.n, got.name) == (n, "f")
    np.testing.assert_array_equal(got.linear, form.linear)
    np.testing.assert_array_equal(got.pairs, form.pairs)
    np.testing.assert_allclose(got.values, form.values, rtol=1e-15)


def test_an_entry_off_the_diagonal_counts_twice_in_biq_mac_only(tmp_path: Path) -> None:
    files = {"a.sparse": "2 2\n1 1 3\n1 2 5\n", "a.qubo": "c x\np qubo 0 2 1 1\n0 0 3\n0 1 5\n"}
    files["a.coo"] = "# vartype=BINARY\n0 0 3\n0 1 5\n"
    found = {}
    for name, text in files.items():
        (tmp_path / name).write_text(text)
        found[name] = value(read_qubo(tmp_path / name), np.ones(2))
    assert found == {"a.sparse": 13.0, "a.qubo": 8.0, "a.coo": 8.0}


@given(st.integers(1, 6), st.integers(0, 999))
@settings(deadline=None, max_examples=30)
def test_matrices_keep_their_value(n: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    Q, x = rng.normal(size=(n, n)), rng.integers(0, 2, n)
    assert value(form_of_matrix(Q, "Q"), x) == pytest.approx(x @ Q @ x)


def test_matrices_in_files(tmp_path: Path) -> None:
    np.save(tmp_path / "m.npy", np.array([[1, 2], [3, -4]]))
    (tmp_path / "m.csv").write_text("# Q\n1, 2\n3,-4\n")
    for name in ("m.npy", "m.csv"):
        form = read_qubo(tmp_path / name)
        assert (form.linear.tolist(), form.values.tolist(), form.name) == ([1, -4], [5], "m")


@pytest.mark.parametrize(
    ("name", "text", "line", "message"),
    [
        ("x.csv", "1,2\n3,4\n5,6\n", 3, "3 rows and 2 columns"),
        ("x.csv", "1,2\n3\n", 2, "this row has 1 entries, the first has 2"),
        ("x.csv", "1,nan\n3,4\n", 1, "an entry of the matrix is 'nan'"),
        ("x.csv", "", 1, "0 rows"),
        ("x.qubo", "", 1, "holds no numbers"),
        ("x.qubo", "p qubo 0 2\n", 1, "describes no QUBO"),
        ("x.qubo", "p qubo 0 2 1 0\n2 2 1\n", 2, "an index is 2; expected a whole number from 0 to 1"),
        ("x.qubo", "p qubo 0 2 1 0\n0 1 1\n", 2, "0 diagonal and 1 other entries, the `p` line says 1 and 0"),
        ("x.qubo", "p qubo 0 2 0 0\n", 1, "there are no entries"),
        ("x.qubo", "p qubo 0 2 1 0\n0 0\n", 2, "gives no entry"),
        ("x.sparse", "2 1\n1 2 nan\n", 2, "the value is 'nan'"),
        ("x.sparse", "2 1\n1 3 1\n", 2, "is 3; expected a whole number from 1 to 2"),
        ("x.sparse", "2 0\n", 1, "there are no entries"),
        ("x.coo", "0 1 inf\n", 1, "the value is 'inf'"),
        ("x.coo", "0 -1 2\n", 1, "an index is -1"),
        ("x.coo", "# vartype=SPIN\n0 1 2\n", 1, "these variables are spins"),
    ],
)
def test_bad_files(name: str, text: str, line: int, message: str, tmp_path: Path) -> None:
    assert_fault(read_qubo, tmp_path / name, text, line, message)


@pytest.mark.parametrize("Q", [np.ones((2, 3)), np.full((2, 2), np.nan), np.ones(3), np.array([["a"]])])
def test_bad_arrays(Q: np.ndarray, tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", Q)
    with pytest.raises(FileFormatError, match="square matrix"):
        read_qubo(tmp_path / "x.npy")


def test_what_cannot_be_read_or_written(tmp_path: Path) -> None:
    (tmp_path / "x.npy").write_bytes(b"no array")
    with pytest.raises(FileFormatError, match="cannot be read as a NumPy array"):
        read_qubo(tmp_path / "x.npy")
    with pytest.raises(InputError, match="square one"):
        form_of_matrix(np.ones((2, 3)), "Q")
    with pytest.raises(InputError, match="row 1, column 2"):
        form_of_matrix(np.array([[0, np.nan], [0, 0]]), "Q")
    with pytest.raises(InputError, match=r"\.qubo, \.coo or \.sparse"):
        write_qubo(tmp_path / "x.txt", Quadratic.of(1, [(0, 0)], [1.0]))
