"""Rudy's format: weighted graphs (G-set, Biq Mac), Ising couplings, and cuts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from analoghop.arrays import Array, Integers
from analoghop.errors import InputError
from analoghop.formats.files import write_text
from analoghop.formats.graphs.graph import LARGEST, Graph
from analoghop.formats.instances.quadratic import Quadratic
from analoghop.formats.lines import TextFile
from analoghop.formats.word_table import plain_pairs

_COMMENTS = ("#", "c", "%")


def read_rudy(path: str | Path) -> Graph:
    """Return the weighted graph of a file `n m`, then m lines `i j weight`, vertices from 1.

    A missing weight is 1. Loops are left out with a notice: no cut contains them. Raises `FileFormatError`,
    with file and line, for a vertex out of range, a weight that is not a finite number, a number of lines
    other than m, and a graph without vertices or edges.
    """
    text = TextFile(path)
    n, pairs, values, head = read_triples(text, "edge")
    if not len(pairs) or (pairs[:, 0] == pairs[:, 1]).all():
        raise text.fault(head, "the graph has no edges: there is nothing to decide")
    return Graph.of(n, pairs, values, text.name)


def read_ising(path: str | Path) -> Quadratic:
    """Return couplings `i j J` and fields `i i h`, spins from 1, after a line `n m`.

    The energy is `-sum_{i<j} J_ij s_i s_j - sum_i h_i s_i`. Couplings given twice are added. Raises
    `FileFormatError` as `read_rudy` does.
    """
    text = TextFile(path)
    n, pairs, values, head = read_triples(text, "coupling")
    if not len(pairs):
        raise text.fault(head, "there are no couplings and no fields: there is nothing to decide")
    return Quadratic.of(n, pairs, values, text.name)


def read_triples(text: TextFile, noun: str) -> tuple[int, Integers, Array, int]:
    """Return n, the pairs (m, 2) counted from 0, the values (m,) and the line of the sizes.

    `noun` is the name of a line's content in errors. Lines that begin with #, c or % are comments.
    """
    lines = (line for line in text if not line.words[0].startswith(_COMMENTS))
    first = next(lines, None)
    if first is None:
        raise text.fault(
            1, "holds no numbers", f"a line `n m`, then m lines `i j value`, one for each {noun}"
        )
    head = first.number
    if len(first.words) != 2:
        raise text.fault(head, "the first line gives no sizes", f"`n m`: sizes and number of {noun}s")
    n = text.size(head, first.words[0], "the size", LARGEST)
    m = text.whole(head, first.words[1], f"the number of {noun}s", 0)
    plain = plain_pairs(text, head, 1, n)
    if plain is not None and len(plain[1]) == m:
        return n, plain[0] - 1, plain[1], head
    pairs: list[tuple[int, int]] = []
    values: list[float] = []
    last = head
    for line in lines:
        last = line.number
        if len(line.words) not in (2, 3):
            raise text.fault(last, f"this line gives no {noun}", "`i j value`")
        i, j = (text.whole(last, word, f"an end of the {noun}", 1, n) for word in line.words[:2])
        pairs.append((i - 1, j - 1))
        values.append(text.real(last, line.words[2], "the value") if len(line.words) == 3 else 1.0)
    if len(pairs) != m:
        raise text.fault(last, f"there are {len(pairs)} {noun}s, line {head} says {m}")
    return n, np.array(pairs, dtype=np.int64).reshape(-1, 2), np.array(values), head


def write_rudy(path: str | Path, graph: Graph) -> None:
    """Write `graph` with its weights to a file that `read_rudy` reads as an equal graph."""
    lines = [f"{graph.n} {graph.m}"]
    rows = zip((graph.edges + 1).tolist(), graph.w.tolist(), strict=True)
    lines += [f"{i} {j} {shown(weight)}" for (i, j), weight in rows]
    write_text(path, "\n".join([*lines, ""]))


def write_ising(path: str | Path, form: Quadratic) -> None:
    """Write couplings and fields to a file that `read_ising` reads as an equal form."""
    rows = [(i, i, h) for i, h in enumerate(form.linear.tolist(), 1) if h]
    rows += [(i, j, J) for (i, j), J in zip((form.pairs + 1).tolist(), form.values.tolist(), strict=True)]
    lines = [f"{form.n} {len(rows)}", *(f"{i} {j} {shown(value)}" for i, j, value in rows)]
    write_text(path, "\n".join([*lines, ""]))


def shown(value: float) -> str:
    """Return the shortest decimal text that is read back as `value`."""
    return repr(float(value)).removesuffix(".0")


def write_cut(path: str | Path, sides: Sequence[int], comment: str = "") -> None:
    """Write sides, 0 or 1, as one line of digits, then the comment on lines that begin with #.

    Raises `InputError` for another number and a path that cannot be written.
    """
    if not set(sides) <= {0, 1}:
        raise InputError("`sides` holds something other than 0 and 1")
    lines = ["".join(map(str, map(int, sides)))] + [f"# {part}" for part in comment.splitlines()]
    write_text(path, "\n".join([*lines, ""]))


def read_cut(path: str | Path, size: int) -> tuple[int, ...]:
    """Return the sides of `size` vertices in a file of digits 0 and 1, with or without blanks between them.

    Raises `FileFormatError`, with file and line, for another character, and for too few or too many sides.
    """
    text = TextFile(path)
    sides: list[int] = []
    for line in text:
        if line.words[0].startswith("#"):
            continue
        digits = "".join(line.words)
        if not set(digits) <= {"0", "1"}:
            raise text.fault(line.number, "this line holds something other than 0 and 1")
        sides += map(int, digits)
        if len(sides) > size:
            raise text.fault(line.number, f"there are more than {size} sides")
    if len(sides) < size:
        raise text.fault(text.last, f"there are {len(sides)} sides, expected {size}")
    return tuple(sides)
