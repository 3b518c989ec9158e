"""Matrix Market files as graphs (Boisvert, Pozo & Remington 1996).

SciPy's reader of this format ends the whole program on some damaged files, so entries are read here.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from analoghop.arrays import Array, Integers
from analoghop.formats.graphs.graph import LARGEST, Graph
from analoghop.formats.graphs.pairs import merged
from analoghop.formats.lines import TextFile, TextLine
from analoghop.formats.word_table import plain_pairs

BANNER = "%%matrixmarket"
_HEAD = "%%MatrixMarket matrix coordinate real symmetric"


def read_matrix_market(path: str | Path) -> Graph:
    """Return the graph whose matrix of weights a Matrix Market file holds; of a pattern, a graph without any.

    The matrix is a list of coordinates, square, and symmetric by its head or by its entries. Loops are left
    out with a notice. Raises `FileFormatError`, with file and line, for any other matrix.
    """
    text = TextFile(path)
    field, symmetric = _head(text)
    size = next((line for line in text if not line.words[0].startswith("%")), None)
    if size is None or len(size.words) != 3:
        raise text.fault(
            1 if size is None else size.number, "there is no line of sizes", "ROWS COLUMNS ENTRIES"
        )
    n = text.size(size.number, size.words[0], "the number of rows", LARGEST)
    if text.whole(size.number, size.words[1], "the number of columns", 1) != n:
        raise text.fault(size.number, "the matrix is not square", "a symmetric matrix of weights")
    count = text.whole(size.number, size.words[2], "the number of entries", 1)
    pairs, values = _entries(text, size, n, field == "pattern")
    if len(pairs) != count:
        raise text.fault(size.number, f"there are {len(pairs)} entries, this line says {count}")
    if not symmetric:
        pairs, values = _upper(text, size, n, pairs, values)
    kept = values != 0
    pairs, values = pairs[kept], values[kept]
    if not len(pairs) or (pairs[:, 0] == pairs[:, 1]).all():
        raise text.fault(size.number, "the graph has no edges: there is nothing to decide")
    return Graph.of(n, pairs, None if field == "pattern" else values, text.name)


def _head(text: TextFile) -> tuple[str, bool]:
    """Return the field of the matrix, and whether only one triangle of it is written."""
    words = text.lines[0].lower().split()
    if len(words) != 5 or words[1] != "matrix":
        raise text.fault(1, "the head is not complete", _HEAD)
    _, _, form, field, symmetry = words
    if form != "coordinate":
        raise text.fault(1, f"this is a matrix as {form!r}", "a list of coordinates")
    if field not in ("real", "integer", "pattern"):
        raise text.fault(1, f"this is a {field} matrix", "a real, integer or pattern matrix")
    if symmetry not in ("symmetric", "general"):
        raise text.fault(1, f"this matrix is {symmetry}", "symmetric or general")
    return field, symmetry == "symmetric"


def _entries(text: TextFile, size: TextLine, n: int, pattern: bool) -> tuple[Integers, Array]:
    width = 2 if pattern else 3
    plain = plain_pairs(text, size.number, 1, n, width)
    if plain is not None:
        return plain[0] - 1, plain[1]
    pairs: list[tuple[int, int]] = []
    values: list[float] = []
    for line in text:
        if line.number <= size.number or line.words[0].startswith("%"):
            continue
        if len(line.words) != width:
            raise text.fault(line.number, "this line is no entry", "`i j`" if pattern else "`i j value`")
        i, j = (text.whole(line.number, word, "an index", 1, n) for word in line.words[:2])
        pairs.append((i - 1, j - 1))
        values.append(1.0 if pattern else text.real(line.number, line.words[2], "the value"))
    return np.array(pairs, dtype=np.int64).reshape(-1, 2), np.array(values)


def _upper(text: TextFile, size: TextLine, n: int, pairs: Integers, values: Array) -> tuple[Integers, Array]:
    """Return the upper triangle and the diagonal of a whole matrix, which must be symmetric."""
    above, below = pairs[:, 0] < pairs[:, 1], pairs[:, 0] > pairs[:, 1]
    one, other = merged(n, pairs[above], values[above]), merged(n, pairs[below], values[below])
    if not (np.array_equal(one.pairs, other.pairs) and np.array_equal(one.values, other.values)):
        raise text.fault(size.number, "the matrix is not symmetric", "the weights of undirected edges")
    loops = pairs[:, 0] == pairs[:, 1]
    return np.concatenate([one.pairs, pairs[loops]]), np.concatenate([one.values, values[loops]])
