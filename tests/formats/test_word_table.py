"""Files that are read all at once say the same as files that are read line by line."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analoghop.errors import FileFormatError
from analoghop.formats.graphs.dimacs import read_col
from analoghop.formats.graphs.rudy import read_ising, read_rudy
from analoghop.formats.instances.qubo import read_qubo
from analoghop.formats.lines import TextFile
from analoghop.formats.word_table import WordTable, plain_edges, plain_pairs

NUMBERS = ["1", "2", "3", "0", "-1", "+2", "2.0", "1e0", "007", "0.1", "-2.5e-3", ".5", "5."]
OTHERS = ["nan", "inf", "1_0", "-", "e", "12345678901", "x", "1e999", "--1", "1-2"]
WORDS = st.sampled_from(NUMBERS + OTHERS)
LINES = st.lists(st.lists(WORDS, min_size=0, max_size=4).map(" ".join), max_size=5)
ENTRIES = st.tuples(st.integers(1, 9), st.integers(1, 9), st.floats(-1e6, 1e6))
GOOD = st.lists(ENTRIES.map(lambda entry: "{} {} {!r}".format(*entry)), min_size=1, max_size=9)
"""Lines `i j value`."""


def outcome(read: object, path: Path) -> object:
    """What a reader says: its arrays, or the sentence, line and text of its error."""
    try:
        found = read(path)  # type: ignore[operator]
    except FileFormatError as error:
        return error.reason, error.expected, error.where.line, error.where.text.replace("# slow", "")
    if hasattr(found, "edges"):
        return found.n, found.edges.tolist(), found.w.tolist(), found.weights is None
    return found.n, found.linear.tolist(), found.pairs.tolist(), found.values.tolist()


@pytest.mark.parametrize(
    ("read", "suffix", "head", "comment"),
    [
        (read_rudy, ".txt", "9 {}", "# slow"),
        (read_ising, ".ising", "9 {}", "# slow"),
        (read_qubo, ".sparse", "9 {}", "# slow"),
        (read_qubo, ".coo", "", "# slow"),
        (read_col, ".col", "p edge 9 {}", "c slow"),
    ],
)
@given(lines=st.one_of(LINES, GOOD), tabs=st.booleans())
@settings(deadline=None, max_examples=150)
def test_both_ways_of_reading_say_the_same(
    tmp_path_factory: pytest.TempPathFactory,
    read: object,
    suffix: str,
    head: str,
    comment: str,
    lines: list[str],
    tabs: bool,
) -> None:
    folder = tmp_path_factory.getbasetemp()
    if suffix == ".col":
        lines = [f"e {' '.join(line.split()[:2])}" for line in lines if line]
    body = [line.replace(" ", "\t  ") if tabs else line for line in lines]
    first = [head.format(len([line for line in lines if line.strip()]))] if head else []
    (folder / f"fast{suffix}").write_text("\n".join([*first, *body, ""]))
    # A comment at the end keeps the file from being read at once, and changes no number of a line.
    (folder / f"slow{suffix}").write_text("\n".join([*first, *body, comment]))
    told = outcome(read, folder / f"slow{suffix}")
    assert outcome(read, folder / f"fast{suffix}") == told


def test_plain_files_are_read_at_once(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("3 2\n1 2 -1.5\n\n 2\t3 4 \n")
    pairs, values = plain_pairs(TextFile(tmp_path / "a"), 1, 1, 3) or (None, None)
    assert pairs is not None
    assert values is not None
    assert pairs.tolist() == [[1, 2], [2, 3]]
    assert values.tolist() == [-1.5, 4.0]
    (tmp_path / "b").write_text("p edge 3 2\r\ne 1 2\r\ne 2 3\r\n")
    edges = plain_edges(TextFile(tmp_path / "b"), 1, 3)
    assert edges is not None
    assert edges.tolist() == [[1, 2], [2, 3]]


@pytest.mark.parametrize("body", ["1 2\n3 4 5 6 7\n", "1 2 3 4\n", "1 2 3\n4 5\n", "", "1 2 #\n", "1 2 é\n"])
def test_other_files_are_left_to_the_reader_of_lines(tmp_path: Path, body: str) -> None:
    (tmp_path / "a").write_text(body)
    table = WordTable.after(TextFile(tmp_path / "a"), 0)
    assert table is None or table.width == 4


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=50))
@settings(deadline=None, max_examples=60)
def test_numbers_are_read_digit_by_digit(
    tmp_path_factory: pytest.TempPathFactory, values: list[float]
) -> None:
    path = tmp_path_factory.getbasetemp() / "numbers"
    path.write_text("".join(f"{k} {value!r}\n" for k, value in enumerate(values)))
    table = WordTable.after(TextFile(path), 0)
    assert table is not None
    whole, real = table.whole(0), table.real(1)
    assert whole is not None
    assert real is not None
    np.testing.assert_array_equal(whole, np.arange(len(values)))
    np.testing.assert_array_equal(real, values)
