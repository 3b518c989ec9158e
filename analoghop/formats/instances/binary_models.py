"""`BinaryModel`: a quadratic model of bits or spins with its constant and labels, read from any file."""

from __future__ import annotations

import re
from collections.abc import Hashable
from dataclasses import dataclass, replace
from pathlib import Path

from analoghop.formats.graphs.rudy import read_ising
from analoghop.formats.instances.binary_json import ModelTerms, read_terms, vartype_of
from analoghop.formats.instances.quadratic import Quadratic
from analoghop.formats.instances.qubo import VARTYPE, read_coordinates, read_qubo
from analoghop.formats.intake import read_head
from analoghop.formats.kinds import first_line, refuse_others
from analoghop.formats.lines import TextFile, instance_name
from analoghop.records import ValueRecord


@dataclass(frozen=True, eq=False)
class BinaryModel(ValueRecord):
    """A `form`, its `constant`, and the `labels` of its variables, () if these are their numbers.

    The constant and the terms of bits are added; from the constant of spins their terms are subtracted, as
    in `Ising`.
    """

    form: Quadratic
    constant: float = 0.0
    labels: tuple[Hashable, ...] = ()


def read_bits(path: str | Path) -> BinaryModel:
    """Return the bits of a file: a model of dimod or bqpjson in JSON, or what `read_qubo` reads.

    Raises `FileFormatError` for a damaged file, and for one whose variables are spins.
    """
    if not is_json(path):
        return BinaryModel(read_qubo(path))
    terms = read_terms(path, "BINARY")
    return BinaryModel(_form(path, terms, 1.0), terms.constant, terms.labels)


def read_spins_of(path: str | Path) -> BinaryModel:
    """Return the spins of a file.

    - JSON: a model of dimod or bqpjson, whose terms are added to its energy.
    - `# vartype=SPIN`, then lines `i j J` and `i i h` from 0: a coordinate list of dimod, also added.
    - `n m`, then m lines `i j J` and `i i h` from 1, or such lines without a head, from 0 if there is a 0:
      the energy is minus their sum, see `read_ising`.

    Raises `FileFormatError` for a damaged file, and for one whose variables are bits.
    """
    if is_json(path):
        terms = read_terms(path, "SPIN")
        return BinaryModel(_form(path, terms, -1.0), terms.constant, terms.labels)
    text = TextFile(path)
    refuse_others(text, "couplings `i j J` and fields `i i h`", "ising")
    first = first_line(text)
    if first is None or len(first.words) != 3:
        return BinaryModel(read_ising(path))
    declared = next((found for line in text.lines if (found := VARTYPE.match(line))), None)
    form = read_coordinates(text, "SPIN")
    if declared is not None:
        words = f"{text.name}: couplings and fields are added to the energy, as in dimod"
        added = Quadratic(form.n, 0.0 - form.linear, form.pairs, 0.0 - form.values, form.name)
        return BinaryModel(replace(added, notices=(*form.notices, words)))
    if not form.notices:
        form = replace(form, notices=(f"{text.name}: a list of couplings; spins are counted from 0",))
    return BinaryModel(form)


def holds_spins(path: str | Path) -> bool:
    """Return whether the variables of a JSON file, or of a list with `# vartype=...`, are spins.

    Raises `FileFormatError` for a JSON file that holds no such model.
    """
    if is_json(path):
        return vartype_of(path) == "SPIN"
    found = (VARTYPE.match(line) for line in TextFile(path).lines)
    return any(match is not None and match[1].upper() == "SPIN" for match in found)


def is_json(path: str | Path) -> bool:
    """Return whether a file begins as JSON does; raises `FileFormatError` where it cannot be read."""
    return re.match(rb"(\xef\xbb\xbf)?\s*[{\[]", read_head(path, 4096)) is not None


def _form(path: str | Path, terms: ModelTerms, sign: float) -> Quadratic:
    form = Quadratic.of(terms.n, terms.at, terms.values, instance_name(path))
    if sign > 0:
        return form
    return Quadratic(form.n, 0.0 - form.linear, form.pairs, 0.0 - form.values, form.name)
