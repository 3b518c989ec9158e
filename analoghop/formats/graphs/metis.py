"""METIS graphs: a line of sizes, then a line for each vertex with its neighbours (Karypis 2013, 4.5)."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np

from analoghop.arrays import Array, Integers
from analoghop.formats.graphs.graph import LARGEST, Graph
from analoghop.formats.lines import TextFile

_FORMS = ("0", "00", "000", "1", "01", "001", "10", "010", "11", "011", "100", "101", "110", "111")
_HEAD = "VERTICES EDGES [FORMAT [WEIGHTS]]"


class _Head(NamedTuple):
    line: int
    n: int
    m: int
    sized: bool  # each vertex has a size, which is for communication and not read
    weights: int  # numbers of weights of each vertex
    weighted: bool  # edges have weights


def read_metis(path: str | Path) -> Graph:
    """Return the graph of a METIS file, with the weights of its edges, and of its vertices if they have one.

    Raises `FileFormatError`, with file and line, for numbers out of range, weights that are not finite, an
    edge that only one of its ends lists or with two weights, and other numbers of lines or edges than the
    first line says.
    """
    text = TextFile(path)
    rows = [(number, line.split()) for number, line in enumerate(text.lines, 1) if not line.startswith("%")]
    head = _head(text, rows)
    # A vertex without neighbours has a blank line, and so may the end of the file.
    body = rows[1:]
    while len(body) > head.n and not body[-1][1]:
        body.pop()
    if len(body) != head.n:
        raise text.fault(head.line, f"there are {len(body)} lines of vertices, the first line says {head.n}")
    pairs, values, vertex_weights = _neighbours(text, head, body)
    _check_mirrored(text, head, body, pairs, values)
    upper = pairs[:, 0] < pairs[:, 1]
    return Graph.of(
        head.n,
        pairs[upper],
        values[upper] if head.weighted else None,
        text.name,
        vertex_weights=vertex_weights if head.weights == 1 else None,
        notices=(f"{text.name}: the vertices have {head.weights} weights each: none is read",)
        if head.weights > 1
        else (),
    )


def looks_like_metis(text: TextFile) -> bool:
    """Return whether a file has a METIS head, and the lines and edges, listed from both ends, that it
    says."""
    lines = [line for line in text.lines if not line.startswith("%")]
    while lines and not lines[-1].strip():
        lines.pop()
    words = lines[0].split() if lines else []
    if not 2 <= len(words) <= 4 or not all(word.isdigit() for word in words):
        return False
    n, m = int(words[0]), int(words[1])
    plain = len(words) == 2 or set(words[2]) == {"0"}
    if len(words) > 2 and words[2] not in _FORMS:
        return False
    if len(lines) - 1 > n or not m:
        return False
    if not plain:
        return len(lines) - 1 == n
    listed = [line.split() for line in lines[1:]]
    if sum(map(len, listed)) != 2 * m:
        return False
    if not all(word.isdigit() for line in listed for word in line):
        return False
    both = {(i, int(word)) for i, line in enumerate(listed, 1) for word in line}
    return len(both) == 2 * m and all(i != j and (j, i) in both for i, j in both)


def _head(text: TextFile, rows: list[tuple[int, list[str]]]) -> _Head:
    if not rows or not rows[0][1]:
        raise text.fault(1, "holds no graph", _HEAD)
    line, words = rows[0]
    if not 2 <= len(words) <= 4:
        raise text.fault(line, "the first line gives no sizes", _HEAD)
    n = text.size(line, words[0], "the number of vertices", LARGEST)
    m = text.whole(line, words[1], "the number of edges", 1)
    form = words[2] if len(words) > 2 else "0"
    if form not in _FORMS:
        raise text.fault(line, f"the format is {form!r}", "up to three digits 0 and 1")
    digits = form.zfill(3)
    given = text.whole(line, words[3], "the number of weights", 0) if len(words) > 3 else 1
    return _Head(line, n, m, digits[0] == "1", given if digits[1] == "1" else 0, digits[2] == "1")


def _neighbours(
    text: TextFile, head: _Head, body: list[tuple[int, list[str]]]
) -> tuple[Integers, Array, Array]:
    pairs: list[tuple[int, int]] = []
    values: list[float] = []
    own = np.ones(head.n)
    for vertex, (line, words) in enumerate(body):
        skipped = head.sized + head.weights
        if len(words) < skipped:
            raise text.fault(line, f"vertex {vertex + 1} has {len(words)} numbers", f"at least {skipped}")
        if head.weights == 1:
            own[vertex] = text.real(line, words[int(head.sized)], "the weight of the vertex")
        listed = words[skipped:]
        step = 1 + head.weighted
        if len(listed) % step:
            raise text.fault(line, "a neighbour has no weight", "pairs of a vertex and a weight")
        for k in range(0, len(listed), step):
            other = text.whole(line, listed[k], "a neighbour", 1, head.n) - 1
            if other == vertex:
                raise text.fault(line, f"vertex {vertex + 1} is its own neighbour")
            pairs.append((vertex, other))
            values.append(text.real(line, listed[k + 1], "the weight of the edge") if head.weighted else 1.0)
    return np.array(pairs, dtype=np.int64).reshape(-1, 2), np.array(values), own


def _check_mirrored(
    text: TextFile, head: _Head, body: list[tuple[int, list[str]]], pairs: Integers, values: Array
) -> None:
    found = dict(zip(map(tuple, pairs.tolist()), values.tolist(), strict=True))
    if len(found) != len(pairs):
        twice = next(tuple(p) for k, p in enumerate(pairs.tolist()) if p in pairs[:k].tolist())
        raise text.fault(body[twice[0]][0], f"vertex {twice[0] + 1} lists the neighbour {twice[1] + 1} twice")
    for (i, j), value in found.items():
        if (j, i) not in found:
            raise text.fault(body[i][0], f"vertex {i + 1} has the neighbour {j + 1}, but not the other way")
        if found[j, i] != value:
            raise text.fault(body[i][0], f"the edge {i + 1}-{j + 1} has two weights")
    if len(pairs) != 2 * head.m:
        raise text.fault(head.line, f"there are {len(pairs) // 2} edges, the first line says {head.m}")
