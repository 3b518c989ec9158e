"""`write_tsplib`: cities as a file that `read_tsplib` reads as equal cities."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from analoghop.arrays import Array
from analoghop.errors import InputError
from analoghop.formats.files import write_text
from analoghop.formats.tsplib.instance import EUCLIDEAN, EXPLICIT, Cities
from analoghop.formats.tsplib.layouts import LAYOUTS
from analoghop.formats.tsplib.reading import COORDINATES, DISPLAY, WEIGHTS

SHORT = 10  # numbers on a line


def write_tsplib(path: str | Path, cities: Cities, layout: str = "FULL_MATRIX") -> None:
    """Write `cities` to a TSPLIB file; `layout` is the EDGE_WEIGHT_FORMAT of explicit distances.

    Real Euclidean distances, which have no type in TSPLIB, are listed. Numbers have enough digits to be read
    back as the same float64. Raises `InputError` for an unknown layout, a triangle of an asymmetric matrix,
    or a path that cannot be written.
    """
    if layout not in LAYOUTS:
        raise InputError(f"`layout` is {layout!r}, expected one of {', '.join(LAYOUTS)}")
    symmetric = np.array_equal(cities.distances, cities.distances.T)
    if not symmetric and layout != "FULL_MATRIX":
        raise InputError(f"`layout` {layout} holds a triangle; these distances are asymmetric")
    write_text(path, "\n".join([*_lines(cities, layout, symmetric), "EOF", ""]))


def _lines(cities: Cities, layout: str, symmetric: bool) -> Iterator[str]:
    listed = cities.edge_weight_type in (EXPLICIT, EUCLIDEAN)
    yield f"NAME : {cities.name}"
    yield f"TYPE : {'TSP' if symmetric else 'ATSP'}"
    yield from (f"COMMENT : {line}" for line in cities.comment.splitlines())
    yield f"DIMENSION : {len(cities.distances)}"
    yield f"EDGE_WEIGHT_TYPE : {EXPLICIT if listed else cities.edge_weight_type}"
    if listed:
        yield f"EDGE_WEIGHT_FORMAT : {layout}"
        yield f"DISPLAY_DATA_TYPE : {'NO_DISPLAY' if cities.coordinates is None else 'TWOD_DISPLAY'}"
        yield WEIGHTS
        values = cities.distances[LAYOUTS[layout].entries(len(cities.distances))]
        yield from _numbers(values)
    if cities.coordinates is not None:
        yield DISPLAY if listed else COORDINATES
        for k, (x, y) in enumerate(cities.coordinates.tolist(), 1):
            yield f"{k} {_number(x)} {_number(y)}"


def _numbers(values: Array) -> Iterator[str]:
    words = [_number(value) for value in values.tolist()]
    for k in range(0, len(words), SHORT):
        yield " ".join(words[k : k + SHORT])


def _number(value: float) -> str:
    return repr(value).removesuffix(".0")
