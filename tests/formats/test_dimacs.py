from pathlib import Path

import numpy as np
import pytest
from faults import assert_fault
from hypothesis import given, settings
from hypothesis import strategies as st

from analoghop.errors import FileFormatError, InputError
from analoghop.formats.graphs.dimacs import read_col, read_col_sol, write_col, write_col_sol
from analoghop.formats.graphs.graph import Graph

DATA = Path(__file__).parents[1] / "data"


def test_counts_of_published_graphs() -> None:
    assert [(g.n, g.m) for g in map(read_col, sorted(DATA.glob("*.col")))] == [(11, 20), (23, 71), (25, 160)]


def test_careless_files_are_read(tmp_path: Path) -> None:
    path = tmp_path / "odd.col"
    text = "c odd\r\np col 4 9  \r\nn 1 3\r\ne 1 2 \r\ne 2 1\r\n\r\ne 3 3\r\ne 1 2\r\ne  4   2\r\nx\r\n"
    path.write_bytes(text.encode())
    graph = read_col(path)
    assert (graph.n, graph.edges.tolist(), graph.weights, graph.name) == (4, [[0, 1], [1, 3]], None, "odd")
    assert graph.notices == ("odd: edges from a vertex to itself are ignored (vertex 2, from 0)",)


@given(st.integers(2, 12), st.integers(0, 999))
@settings(deadline=None, max_examples=30)
def test_graphs_come_back(n: int, seed: int) -> None:
    import tempfile

    rng = np.random.default_rng(seed)
    edges = np.argwhere(np.triu(rng.random((n, n)) < 0.5, 1))
    edges = edges if len(edges) else np.array([[0, 1]])
    with tempfile.TemporaryDirectory() as folder:
        write_col(f"{folder}/g.col", Graph.of(n, edges, name="g"), "one\ntwo")
        got = read_col(f"{folder}/g.col")
    assert got.n == n
    np.testing.assert_array_equal(got.edges, edges)


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("", 1, "there is no `p` line"),
        ("c x\ne 1 2\n", 2, "an edge stands before the `p` line"),
        ("p edge 0 0\n", 1, "the number of vertices is 0; expected a whole number from 1"),
        ("p edge 3 0\n", 1, "the graph has no edges"),
        ("p edge 3 1\ne 2 2\n", 1, "no edges but from vertices to themselves"),
        ("p edge 3 1\ne 1 4\n", 2, "a vertex is 4; expected a whole number from 1 to 3"),
        ("p edge 3 1\ne 0 1\n", 2, "a vertex is 0"),
        ("p edge 3 1\ne 1\n", 2, "an edge has two vertices"),
        ("p edge 3 1\ne 1 b\n", 2, "a vertex is 'b'"),
        ("p edge 3 1\nq 1 2\n", 2, "a line begins with 'q'; expected c, p, n or e"),
        ("p edge 3 1\np edge 3 1\n", 2, "a second `p` line"),
        ("p cnf 3 1\n1 0\n", 1, "describes no graph"),
        ("p edge\n", 1, "describes no graph"),
        ("p edge x 3\n", 1, "the number of vertices is 'x'"),
        ("p edge 99999999999 3\n", 1, "the number of vertices is 99999999999"),
    ],
)
def test_bad_graphs(text: str, line: int, message: str, tmp_path: Path) -> None:
    assert_fault(read_col, tmp_path / "x.col", text, line, message)


def test_what_is_no_text_or_not_there(tmp_path: Path) -> None:
    (tmp_path / "x.col").write_bytes(b"p edge\0")
    with pytest.raises(FileFormatError, match="is not a text file"):
        read_col(tmp_path / "x.col")
    with pytest.raises(FileFormatError, match="cannot be read"):
        read_col(tmp_path / "none.col")


@given(st.lists(st.integers(0, 5), min_size=1, max_size=9))
@settings(deadline=None, max_examples=30)
def test_colourings_come_back(colours: list[int]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "g.col.sol"
        write_col_sol(path, colours, "by hand")
        assert path.read_text().splitlines()[:3] == [
            "c by hand",
            f"s col {len(set(colours))}",
            f"l 1 {colours[0] + 1}",
        ]
        assert read_col_sol(path, len(colours)) == tuple(colours)


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("s col 2\nl 1 1\n", 2, "vertex 2 of 2 has no colour"),
        ("l 1 1\nl 1 2\n", 2, "vertex 1 is coloured twice"),
        ("l 3 1\n", 1, "a vertex is 3"),
        ("l 1 0\n", 1, "a colour is 0; expected a whole number at least 1"),
        ("1 1\n", 1, "gives no colour; expected l VERTEX COLOUR"),
    ],
)
def test_bad_colourings(text: str, line: int, message: str, tmp_path: Path) -> None:
    assert_fault(lambda path: read_col_sol(path, 2), tmp_path / "x.col.sol", text, line, message)


def test_negative_colours_are_not_written(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="negative"):
        write_col_sol(tmp_path / "x.col.sol", [0, -1])
