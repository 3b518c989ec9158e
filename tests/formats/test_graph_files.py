"""Graphs in every format that people have: one reader, told by the content, with notices where it guesses."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analoghop.errors import FileFormatError
from analoghop.formats.graphs.dimacs import write_col
from analoghop.formats.graphs.graph import Graph
from analoghop.formats.graphs.reading import read_graph
from analoghop.formats.graphs.rudy import write_rudy

TRIANGLE = [[0, 1], [0, 2], [1, 2]]
HEXAGON = "6 6\n2 6\n1 3\n2 4\n3 5\n4 6\n1 5\n"


def read(folder: Path, text: str, name: str = "g.txt") -> Graph:
    (folder / name).write_text(text)
    return read_graph(folder / name)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("p edge 3 3\ne 1 2\ne 2 3\ne 1 3\n", "g.col"),
        ("c by content\np edge 3 3\ne 1 2\ne 2 3\ne 1 3\n", "g.txt"),
        ("p col 3 3\ne 1 2\ne 2 3\ne 3 1\ne 1 2\n", "g.clq"),
        ("3 3\n1 2\n2 3\n1 3\n", "g.txt"),
        ("3 3\n2 3\n1 3\n1 2\n", "g.graph"),
        ("% METIS\n3 3 0\n2 3\n1 3\n1 2\n", "g.metis"),
        ("%%MatrixMarket matrix coordinate pattern symmetric\n% x\n3 3 3\n2 1\n3 1\n3 2\n", "g.mtx"),
        ("0 1\n1 2\n0 2\n", "g.edges"),
        ("1 2\n2 3\n1 3\n", "g.edgelist"),
        ("0,1\n1,2\n0,2\n", "g.csv"),
        ("source,target\n0,1\n1,2\n0,2\n", "g.csv"),
        ("# a comment\n0 1\n1 2\n2 0\n", "g.txt"),
    ],
)
def test_a_triangle_is_a_triangle_in_every_format(text: str, name: str, tmp_path: Path) -> None:
    graph = read(tmp_path, text, name)
    assert (graph.n, graph.edges.tolist()) == (3, TRIANGLE)
    assert graph.weights is None or (graph.weights == 1).all()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("p edge 3 3\ne 1 2 5\ne 2 3 7\ne 1 3 -100\n", "g.col"),
        ("3 3\n1 2 5\n2 3 7\n1 3 -100\n", "g.txt"),
        ("3 3 1\n2 5 3 -100\n1 5 3 7\n1 -100 2 7\n", "g.graph"),
        ("%%MatrixMarket matrix coordinate real symmetric\n3 3 3\n2 1 5\n3 1 -100\n3 2 7\n", "g.mtx"),
        ("a b 5\nb c 7\na c -100\n", "g.txt"),
        ("0,1,5\n1,2,7\n0,2,-100\n", "g.csv"),
        ("from;to;weight\n0;1;5\n1;2;7\n0;2;-100\n", "g.csv"),
    ],
)
def test_weights_of_edges_are_read(text: str, name: str, tmp_path: Path) -> None:
    graph = read(tmp_path, text, name)
    assert graph.edges.tolist() == TRIANGLE
    assert graph.w.tolist() == [5, -100, 7]


def test_weights_of_vertices_are_read(tmp_path: Path) -> None:
    dimacs = read(tmp_path, "p edge 4 3\nn 2 100\ne 1 2\ne 2 3\ne 2 4\n", "g.col")
    assert dimacs.u.tolist() == [1, 100, 1, 1]
    metis = read(tmp_path, "3 2 10\n4 2\n5 1 3\n6 2\n", "g.graph")
    assert metis.u.tolist() == [4, 5, 6]
    both = read(tmp_path, "3 2 011\n4 2 9\n5 1 9 3 8\n6 2 8\n", "g.graph")
    assert (both.u.tolist(), both.w.tolist()) == ([4, 5, 6], [9, 8])


def test_names_are_labels_and_numbers_are_said_to_be_counted(tmp_path: Path) -> None:
    named = read(tmp_path, "Rome Paris 3\nParis Bonn 4\n")
    assert named.labels == ("Rome", "Paris", "Bonn")
    assert read(tmp_path, "1 2\n2 3\n", "g.edges").notices == (
        "g.edges: a list of edges; the vertices are counted from 1",
    )
    assert read(tmp_path, "0 1\n1 2\n", "g.edges").notices[0].endswith("counted from 0")


def test_metis_and_rudy_are_told_apart_by_what_they_say(tmp_path: Path) -> None:
    hexagon = read(tmp_path, HEXAGON)
    assert hexagon.edges.tolist() == [[0, 1], [0, 5], [1, 2], [2, 3], [3, 4], [4, 5]]
    # The same head, with lines that are no neighbours: rudy's format.
    rudy = read(tmp_path, "6 6\n1 2\n1 3\n2 4\n3 5\n4 6\n5 6\n")
    assert rudy.edges.tolist() == [[0, 1], [0, 2], [1, 3], [2, 4], [3, 5], [4, 5]]


@given(st.integers(0, 10**6), st.integers(2, 9))
def test_metis_files_are_recognised_whatever_the_graph(tmp_path_factory, seed: int, n: int) -> None:  # type: ignore[no-untyped-def]
    rng = np.random.default_rng(seed)
    upper = np.argwhere(np.triu(rng.random((n, n)) < 0.5, 1))
    if not len(upper):
        return
    near: list[list[str]] = [[] for _ in range(n)]
    for i, j in upper.tolist():
        near[i].append(str(j + 1))
        near[j].append(str(i + 1))
    text = "\n".join([f"{n} {len(upper)}", *(" ".join(line) for line in near), ""])
    assert read(tmp_path_factory.mktemp("m"), text).edges.tolist() == upper.tolist()


@given(st.integers(0, 10**6))
def test_what_we_write_is_read_as_the_same_graph(tmp_path_factory, seed: int) -> None:  # type: ignore[no-untyped-def]
    rng = np.random.default_rng(seed)
    pairs = np.argwhere(np.triu(rng.random((6, 6)) < 0.6, 1))
    if not len(pairs):
        return
    folder = tmp_path_factory.mktemp("w")
    weighted = Graph.of(6, pairs, rng.normal(size=len(pairs)), "g")
    write_rudy(folder / "g.txt", weighted)
    assert np.array_equal(read_graph(folder / "g.txt").w, weighted.w)
    own = Graph.of(6, pairs, None, "g", vertex_weights=rng.uniform(1, 9, 6))
    write_col(folder / "g.col", own)
    assert np.array_equal(read_graph(folder / "g.col").u, own.u)


@pytest.mark.parametrize(
    ("text", "name", "message"),
    [
        ("3 3\n2 3\n1 3\n1\n", "g.graph", "vertex 2 has the neighbour 3, but not the other way"),
        ("3 2\n2 3\n1", "g.graph", "there are 2 lines of vertices"),
        ("3 3 1\n2 5 3 1\n1 6 3 7\n1 1 2 7\n", "g.graph", "the edge 1-2 has two weights"),
        ("3 9\n2 3\n1 3\n1 2\n", "g.graph", "there are 3 edges, the first line says 9"),
        ("3 3 7\n2\n1\n\n", "g.graph", "the format is '7'"),
        ("p edge 3 2\ne 1 2 5\ne 2 1 6\n", "g.col", "the edge 2-1 has the weight 6, before it had 5"),
        ("p edge 3 2\nn 1 2\nn 1 3\ne 1 2\n", "g.col", "vertex 1 has a second weight"),
        ("0 1\n1 2 3\n", "g.edges", "this line has 3 parts, line 1 has 2"),
        ("0 1 x\n", "g.edges", "the weight is 'x'"),
        ("0 999999999999\n", "g.edges", "a vertex is 999999999999"),
        ("1 1\n", "g.edges", "no edges but from vertices to themselves"),
        ("%%MatrixMarket matrix coordinate real general\n2 2 1\n1 2 5\n", "g.mtx", "not symmetric"),
        ("%%MatrixMarket matrix coordinate complex general\n2 2 1\n1 2 5 1\n", "g.mtx", "a complex matrix"),
        (
            "%%MatrixMarket matrix coordinate real symmetric\n999999 999999 99999999\n2 1 5\n",
            "g.mtx",
            "claim",
        ),
        ("5 5\n1 2\n2 3\n", "g.txt", "there are 2 edges, line 1 says 5"),
        ("NAME: x\nTYPE: TSP\n", "g.txt", "this is a TSPLIB file: `solve tsp` reads it"),
        ("p cnf 3 1\n1 2 3 0\n", "g.txt", "a formula in DIMACS format: `solve sat` reads it"),
        ("", "g.txt", "holds no numbers"),
    ],
)
def test_files_that_are_no_graphs_say_why(text: str, name: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(FileFormatError, match=r"g\.") as caught:
        read(tmp_path, text, name)
    assert message in str(caught.value) or (message == "claim" and "file" in str(caught.value))


def test_gml_and_graphml_by_networkx(tmp_path: Path) -> None:
    networkx = pytest.importorskip("networkx")
    made = networkx.Graph()
    made.add_edge("x", "y", weight=2.5)
    made.add_edge("y", "z", weight=1.0)
    networkx.write_gml(made, tmp_path / "g.gml")
    networkx.write_graphml(made, tmp_path / "g.graphml")
    for name in ("g.gml", "g.graphml"):
        graph = read_graph(tmp_path / name)
        assert graph.labels == ("x", "y", "z")
        assert graph.w.tolist() == [2.5, 1.0]
    with pytest.raises(FileFormatError, match="entities"):
        read(tmp_path, '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><graphml/>', "e.graphml")
    with pytest.raises(FileFormatError, match="cannot be read"):
        read(tmp_path, "graph [ node [ id 0 ] edge [ source 0", "e.gml")


def test_names_in_a_table_may_hold_blanks_and_separators(tmp_path: Path) -> None:
    text = 'source,target,weight\nNew York,"Washington, D.C.",3\n"Washington, D.C.", Boston ,4\n'
    graph = read(tmp_path, text, "towns.csv")
    assert graph.labels == ("New York", "Washington, D.C.", "Boston")
    assert graph.w.tolist() == [3.0, 4.0]
    assert read(tmp_path, "1\t2\t5\n2\t3\t5\n", "g.tsv").w.tolist() == [5.0, 5.0]
