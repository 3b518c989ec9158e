from pathlib import Path

import numpy as np
import pytest
from faults import assert_fault
from hypothesis import given, settings
from hypothesis import strategies as st

from analoghop.errors import InputError
from analoghop.formats.graphs.graph import Graph
from analoghop.formats.graphs.rudy import read_cut, read_ising, read_rudy, write_cut, write_ising, write_rudy
from analoghop.formats.instances.quadratic import Quadratic
from analoghop.formats.instances.spins import read_spins, write_spins

DATA = Path(__file__).parents[1] / "data"


def test_names_keep_dots_of_their_own() -> None:
    graph = read_rudy(DATA / "g05_60.0")
    assert (graph.name, graph.n, graph.m, graph.w.sum()) == ("g05_60.0", 60, 885, 885)


def test_weights_may_be_left_out(tmp_path: Path) -> None:
    (tmp_path / "g.txt").write_text("# by hand\n3 2 \n1 2\n3 2 -2.5\n")
    graph = read_rudy(tmp_path / "g.txt")
    assert (graph.edges.tolist(), graph.w.tolist()) == ([[0, 1], [1, 2]], [1.0, -2.5])


@given(st.integers(2, 8), st.integers(0, 999))
@settings(deadline=None, max_examples=30)
def test_graphs_and_couplings_come_back(n: int, seed: int) -> None:
    import tempfile

    rng = np.random.default_rng(seed)
    at = rng.integers(0, n, (15, 2))
    at[0] = 0, 1
    values = rng.normal(size=15)
    graph, form = Graph.of(n, at, values), Quadratic.of(n, at, values)
    with tempfile.TemporaryDirectory() as folder:
        write_rudy(f"{folder}/g", graph)
        write_ising(f"{folder}/s", form)
        again, couplings = read_rudy(f"{folder}/g"), read_ising(f"{folder}/s")
    np.testing.assert_array_equal(again.edges, graph.edges)
    np.testing.assert_array_equal(again.w, graph.w)
    np.testing.assert_array_equal(couplings.linear, form.linear)
    np.testing.assert_array_equal(couplings.pairs, form.pairs)
    np.testing.assert_array_equal(couplings.values, form.values)


BAD = [
    ("", 1, "holds no numbers"),
    ("3\n", 1, "the first line gives no sizes"),
    ("0 0\n", 1, "the size is 0"),
    ("3 x\n", 1, "'x'"),
    ("3 1\n1 4 1\n", 2, "is 4; expected a whole number from 1 to 3"),
    ("3 1\n1 2 nan\n", 2, "the value is 'nan'; expected a finite number"),
    ("3 1\n1 2 3 4\n", 2, "`i j value`"),
    ("3 2\n1 2 1\n", 2, "line 1 says 2"),
    ("3 1\n1 2 1\n2 3 1\n", 3, "line 1 says 1"),
    ("3 0\n", 1, "there is nothing to decide"),
]


@pytest.mark.parametrize(("text", "line", "message"), BAD)
@pytest.mark.parametrize("read", [read_rudy, read_ising])
def test_bad_triples(read, text: str, line: int, message: str, tmp_path: Path) -> None:
    assert_fault(read, tmp_path / "x.txt", text, line, message)


def test_graph_of_loops_only(tmp_path: Path) -> None:
    assert_fault(read_rudy, tmp_path / "x.txt", "3 1\n2 2 1\n", 1, "no edges")


def test_cuts_and_spins_come_back(tmp_path: Path) -> None:
    sides, path = (0, 1, 1, 0, 1), tmp_path / "x.cut"
    write_cut(path, sides, "cost 3\n0 or 1")
    assert path.read_text().splitlines()[0] == "01101"
    assert read_cut(path, 5) == sides
    path.write_text("0 1\n1 0 1\n")
    assert read_cut(path, 5) == sides
    write_spins(tmp_path / "x.spins", (1, -1, 1), "cost -1")
    assert read_spins(tmp_path / "x.spins", 3) == (1, -1, 1)
    for write in (write_cut, write_spins):
        with pytest.raises(InputError, match="something other than"):
            write(path, [2])


@pytest.mark.parametrize(
    ("read", "text", "line", "message"),
    [
        (read_cut, "012\n", 1, "something other than 0 and 1"),
        (read_cut, "01\n", 1, "there are 2 sides, expected 3"),
        (read_cut, "0101\n", 1, "more than 3 sides"),
        (read_spins, "1 0 1\n", 1, "a spin is '0'"),
        (read_spins, "1 1\n-1 1\n", 2, "more than 3 spins"),
        (read_spins, "\n1\n", 2, "there are 1 spins"),
    ],
)
def test_bad_answers(read, text: str, line: int, message: str, tmp_path: Path) -> None:
    assert_fault(lambda path: read(path, 3), tmp_path / "x", text, line, message)
