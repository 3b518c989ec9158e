"""QUBO files: Biq Mac's sparse format, qbsolv's `.qubo`, coordinate lists (`.coo`), and plain matrices."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np

from analoghop.arrays import Array, Integers
from analoghop.errors import FileFormatError, InputError, Location
from analoghop.formats.files import write_text
from analoghop.formats.graphs.graph import LARGEST
from analoghop.formats.graphs.rudy import read_triples, shown
from analoghop.formats.instances.quadratic import Quadratic
from analoghop.formats.kinds import first_line, refuse_others
from analoghop.formats.lines import TextFile, TextLine, instance_name
from analoghop.formats.numpy_files import read_array
from analoghop.formats.word_table import plain_pairs

LARGEST_MATRIX = 20_000
VARTYPE = re.compile(r"\s*#.*\bvartype\s*=\s*\W?(\w+)", re.IGNORECASE)
"""The comment of dimod that names the type of the variables."""
_READ_BY = {"SPIN": "spins: `solve ising` reads them", "BINARY": "bits: `solve qubo` reads them"}


def read_qubo(path: str | Path) -> Quadratic:
    """Return the coefficients of `x_i` and `x_i x_j` in a file, each pair once.

    - `.npy`, `.csv`: a square matrix Q, of x'Qx.
    - a first line `p qubo ...`: qbsolv, indices from 0, an entry `i j value` is the term value x_i x_j.
    - a first line `n m`: Biq Mac's sparse format, indices from 1, for x'Qx with a symmetric Q: an entry off
      the diagonal is the term 2 value x_i x_j.
    - a first line `i j value`: a coordinate list, indices from 0, an entry is the term value x_i x_j.

    Raises `FileFormatError`, with file and line, for indices out of range, values that are not finite, a
    matrix that is not square, and numbers of entries that differ from the file's first line.
    """
    suffix = Path(path).suffix.lower()
    if suffix == ".npy":
        return form_of_matrix(_stored(path), instance_name(path))
    text = TextFile(path)
    if suffix == ".csv":
        return form_of_matrix(_table(text), text.name)
    refuse_others(text, "a QUBO", "qubo")
    first = first_line(text)
    if first is None:
        raise text.fault(1, "holds no numbers", "`p qubo ...`, `n m`, or entries `i j value`")
    if first.words[0] == "p":
        return _qbsolv(text)
    return read_coordinates(text, "BINARY") if len(first.words) == 3 else _biqmac(text)


def form_of_matrix(Q: Array, name: str) -> Quadratic:
    """Return the coefficients of x'Qx; raises `InputError` for a `Q` that is not square or not finite."""
    if Q.ndim != 2 or Q.shape[0] != Q.shape[1]:
        raise InputError(f"the matrix of {name} has shape {Q.shape}, expected a square one")
    if not np.isfinite(Q).all():
        i, j = np.argwhere(~np.isfinite(Q))[0].tolist()
        raise InputError(f"the matrix of {name} holds {Q[i, j]} in row {i + 1}, column {j + 1}")
    both = np.triu(Q + Q.T, 1) + np.diag(np.diag(Q))
    at = np.argwhere(both)
    return Quadratic.of(len(Q), at, both[tuple(at.T)], name)


def _stored(path: str | Path) -> Array:
    where, Q = Location(str(path), 1), read_array(path, "a NumPy array")
    if Q.dtype.kind not in "iuf" or Q.ndim != 2 or Q.shape[0] != Q.shape[1] or not len(Q) >= 1:
        raise FileFormatError(f"holds an array of {Q.dtype} with shape {Q.shape}", where, "a square matrix")
    if not np.isfinite(Q).all():
        raise FileFormatError("holds a number that is not finite", where, "a square matrix of numbers")
    return np.asarray(Q, dtype=np.float64)


def _table(text: TextFile) -> Array:
    rows: list[list[float]] = []
    for number, line in enumerate(text.lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        rows.append([text.real(number, word.strip(), "an entry of the matrix") for word in line.split(",")])
        if len(rows[-1]) != len(rows[0]) or len(rows[0]) > LARGEST_MATRIX:
            raise text.fault(number, f"this row has {len(rows[-1])} entries, the first has {len(rows[0])}")
    if len(rows) != (len(rows[0]) if rows else 1):
        columns = len(rows[0]) if rows else 0
        raise text.fault(
            text.last, f"the matrix has {len(rows)} rows and {columns} columns", "as many of both"
        )
    return np.array(rows)


def _biqmac(text: TextFile) -> Quadratic:
    n, pairs, values, head = read_triples(text, "coefficient")
    if not len(pairs):
        raise text.fault(head, "there are no entries: there is nothing to decide")
    twice = np.where(pairs[:, 0] == pairs[:, 1], 1.0, 2.0)
    return Quadratic.of(n, pairs, twice * values, text.name)


def _qbsolv(text: TextFile) -> Quadratic:
    lines = (line for line in text if line.words[0] != "c")
    head = next(lines)
    form = "`p qubo 0 MAXDIAGONALS NDIAGONALS NELEMENTS`"
    if len(head.words) != 6 or head.words[1] != "qubo":
        raise text.fault(head.number, "this `p` line describes no QUBO", form)
    n = text.size(head.number, head.words[3], "the number of variables", LARGEST)
    wanted = [text.whole(head.number, word, "a number of entries", 0) for word in head.words[4:]]
    at, values, last = _entries(text, lines, n, head.number)
    diagonal = int((at[:, 0] == at[:, 1]).sum())
    found = [diagonal, len(at) - diagonal]
    if found != wanted:
        reason = f"there are {found[0]} diagonal and {found[1]} other entries"
        raise text.fault(last or head.number, f"{reason}, the `p` line says {wanted[0]} and {wanted[1]}")
    if not len(at):
        raise text.fault(head.number, "there are no entries: there is nothing to decide")
    return Quadratic.of(n, at, values, text.name)


def read_coordinates(text: TextFile, vartype: str) -> Quadratic:
    """Return the terms of lines `i j value`, counted from 0 if there is a 0, else from 1 with a notice.

    Raises `FileFormatError`, with file and line, where a comment `# vartype=...` is not of `vartype`.
    """
    for number, line in enumerate(text.lines, 1):
        found = VARTYPE.match(line)
        if found is not None and found[1].upper() != vartype:
            raise text.fault(number, f"these variables are {_READ_BY.get(found[1].upper(), 'unknown')}")
    lines = (line for line in text if line.words[0] != "c" and line.words[0][0] != "#")
    first = next(line.number for line in text if line.words[0] != "c" and line.words[0][0] != "#")
    at, values, _ = _entries(text, lines, LARGEST + 1, first - 1)
    notices: tuple[str, ...] = ()
    if at.min() > 0:
        at = at - 1
        notices = (f"{text.name}: there is no variable 0: variables are counted from 1, and so are answers",)
    n = int(np.max(at)) + 1
    text.check_size(first, n, "the number of variables")
    return replace(Quadratic.of(n, at, values, text.name), notices=notices)


def _entries(text: TextFile, lines: Iterable[TextLine], n: int, head: int) -> tuple[Integers, Array, int]:
    """Return the indices (k, 2), the values (k,), and the last line of the entries below line `head`."""
    plain = plain_pairs(text, head, 0, n - 1, width=3)
    if plain is not None:
        return *plain, text.last
    at: list[tuple[int, int]] = []
    values: list[float] = []
    last = 0
    for line in lines:
        last = line.number
        if len(line.words) != 3:
            raise text.fault(last, "this line gives no entry", "`i j value`")
        i, j = (text.whole(last, word, "an index", 0, n - 1) for word in line.words[:2])
        at.append((i, j))
        values.append(text.real(last, line.words[2], "the value"))
    return np.array(at, dtype=np.int64).reshape(-1, 2), np.array(values), last


def write_qubo(path: str | Path, form: Quadratic, comment: str = "") -> None:
    """Write `form` to a file that `read_qubo` reads as an equal form; the suffix of `path` is the format.

    `.qubo`: qbsolv; `.coo`: a coordinate list; `.sparse`: Biq Mac. Raises `InputError` for another suffix.
    """
    suffix = Path(path).suffix.lower()
    diagonal = [(i, i, c) for i, c in enumerate(form.linear.tolist()) if c]
    others = [(i, j, c) for (i, j), c in zip(form.pairs.tolist(), form.values.tolist(), strict=True)]
    rows = [*diagonal, *others]
    if suffix == ".qubo":
        head = f"p qubo 0 {form.n} {len(diagonal)} {len(others)}"
        lines = [*(f"c {part}" for part in comment.splitlines()), head]
        lines += [f"{i} {j} {shown(value)}" for i, j, value in rows]
    elif suffix == ".coo":
        for end in (0, form.n - 1):  # a list of entries shows its variables by naming the first and the last
            if not any(end in row[:2] for row in rows):
                rows.append((end, end, 0.0))
        lines = [*(f"# {part}" for part in comment.splitlines()), "# vartype=BINARY"]
        lines += [f"{i} {j} {shown(value)}" for i, j, value in rows]
    elif suffix == ".sparse":
        lines = [*(f"# {part}" for part in comment.splitlines()), f"{form.n} {len(rows)}"]
        lines += [f"{i + 1} {j + 1} {shown(value if i == j else value / 2)}" for i, j, value in rows]
    else:
        raise InputError(f"QUBOs are written to .qubo, .coo or .sparse files, not to {str(path)!r}")
    write_text(path, "\n".join([*lines, ""]))
