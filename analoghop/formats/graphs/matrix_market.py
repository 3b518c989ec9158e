"""Matrix Market files as graphs (Boisvert, Pozo & Remington 1996), read by SciPy."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np

from analoghop.formats.graphs.graph import LARGEST, Graph
from analoghop.formats.lines import TextFile

BANNER = "%%matrixmarket"


def read_matrix_market(path: str | Path) -> Graph:
    """Return the graph whose matrix of weights a Matrix Market file holds; of a pattern, a graph without any.

    The matrix is square and symmetric, by its head or by its entries. Loops are left out with a notice.
    Raises `FileFormatError`, with file and line, for any other matrix.
    """
    from scipy.io import mmread

    text = TextFile(path)
    head = text.lines[0].lower().split()
    size = next((line for line in text if not line.words[0].startswith("%")), None)
    if len(head) != 5 or size is None:
        raise text.fault(1, "the head is not complete", "%%MatrixMarket matrix coordinate real symmetric")
    if head[1] != "matrix" or head[3] not in ("real", "integer", "pattern"):
        raise text.fault(1, f"this is a {head[3]} {head[1]}", "a real, integer or pattern matrix")
    claims = [text.whole(size.number, word, "a size", 0) for word in size.words]
    if len(claims) not in (2, 3) or claims[0] != claims[1]:
        raise text.fault(size.number, "the matrix is not square", "a symmetric matrix of weights")
    text.size(size.number, size.words[0], "the number of vertices", LARGEST)
    for claim in claims[2:]:
        text.check_size(size.number, claim, "the number of entries")
    try:
        matrix = mmread(io.BytesIO("\n".join(text.lines).encode()))
    except (ValueError, OverflowError, TypeError) as error:
        raise text.fault(size.number, f"the entries cannot be read: {error}") from error
    from scipy.sparse import coo_array, csr_array

    whole = csr_array(matrix)
    if abs(whole - whole.T).count_nonzero():
        raise text.fault(size.number, "the matrix is not symmetric", "the weights of undirected edges")
    entries = coo_array(whole)
    if not np.isfinite(entries.data).all():
        raise text.fault(size.number, "an entry is not finite")
    upper = (entries.row <= entries.col) & (entries.data != 0)
    pairs = np.stack([entries.row[upper], entries.col[upper]], axis=1).astype(np.int64)
    if not len(pairs) or (pairs[:, 0] == pairs[:, 1]).all():
        raise text.fault(size.number, "the graph has no edges: there is nothing to decide")
    weights = None if head[3] == "pattern" else entries.data[upper]
    return Graph.of(claims[0], pairs, weights, text.name)
