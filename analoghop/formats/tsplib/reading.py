"""`read_tsplib`: an instance file as cities with their distances."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from analoghop.arrays import Array
from analoghop.errors import FileFormatError
from analoghop.formats.tsplib.distances import DISTANCES, distance_matrix
from analoghop.formats.tsplib.instance import EUCLIDEAN, EXPLICIT, FEWEST, LARGEST, Cities
from analoghop.formats.tsplib.layouts import LAYOUTS
from analoghop.formats.tsplib.scan import Scan, Section, scan

TYPES = ("TSP", "ATSP")
COORDINATES = "NODE_COORD_SECTION"
WEIGHTS = "EDGE_WEIGHT_SECTION"
DISPLAY = "DISPLAY_DATA_SECTION"


def read_tsplib(path: str | Path) -> Cities:
    """Return the instance in a TSPLIB file of TYPE TSP or ATSP.

    Raises `FileFormatError`, with file and line, for a file that does not follow the format or has no tour:
    fewer than three cities, a truncated section, distances that are negative or not finite.
    """
    parts = scan(path)
    _check_type(parts)
    n, where = parts.dimension()
    if not FEWEST <= n <= LARGEST:
        reason = f"DIMENSION is {n}: a tour has at least {FEWEST} cities, and at most {LARGEST} are read"
        raise FileFormatError(reason, where)
    entry = parts.require("EDGE_WEIGHT_TYPE", '"EDGE_WEIGHT_TYPE : EUC_2D"')
    rule = entry.value.upper()
    known = [name for name in (*DISTANCES, EXPLICIT) if name != EUCLIDEAN]
    if rule not in known:
        raise FileFormatError(f"{entry.value!r} is no edge weight type known here", entry.where, _any(known))
    if rule == EXPLICIT:
        distances = _explicit(parts, n)
        shown = parts.sections.get(DISPLAY) or parts.sections.get(COORDINATES)
        coordinates = _coordinates(shown, n) if shown else None
    else:
        coordinates = _coordinates(_section(parts, COORDINATES), n)
        distances = distance_matrix(coordinates, rule)
    return Cities(
        name=parts.value("NAME").removesuffix(".tsp") or Path(path).stem,
        distances=distances,
        coordinates=coordinates,
        edge_weight_type=rule,
        comment=parts.value("COMMENT"),
    )


def _any(names: list[str]) -> str:
    return "one of " + ", ".join(names)


def _check_type(parts: Scan) -> None:
    entry = parts.entries.get("TYPE")
    # Some files add the name of their author after the word.
    word = entry.value.split()[0].upper() if entry and entry.value else "TSP"
    if entry and word not in TYPES:
        raise FileFormatError(f"TYPE is {word!r}", entry.where, "TSP or ATSP")
    for name, section in parts.sections.items():
        if name not in (COORDINATES, WEIGHTS, DISPLAY):
            reason = f"{name} is not understood here, and leaving it out would change the problem"
            raise FileFormatError(reason, section.where)


def _section(parts: Scan, name: str) -> Section:
    if name not in parts.sections:
        raise FileFormatError(f"{name} is missing", parts.start)
    return parts.sections[name]


def _coordinates(section: Section, n: int) -> Array:
    """Return the two coordinates of each city, (n, 2), in the order of the cities' numbers."""
    values = section.numbers()
    for line, text in section.lines:
        if len(text.split()) != 3:
            raise FileFormatError(
                "this line has not three numbers", section.at(line, text), "a city's number, x and y"
            )
    if len(values) < 3 * n:
        reason = f"{section.name} ends after {len(values) // 3} of {n} cities"
        raise FileFormatError(reason, section.end)
    numbers = values[::3]
    seen = np.zeros(n, dtype=bool)
    for k, number in enumerate(numbers.tolist()):
        if number != int(number) or not 1 <= number <= n:
            reason = f"{section.name}: city {number:g} is not one of 1 to {n}"
            raise FileFormatError(reason, section.location_of(3 * k))
        if seen[int(number) - 1]:
            raise FileFormatError(
                f"{section.name}: city {number:g} is given twice", section.location_of(3 * k)
            )
        seen[int(number) - 1] = True
    coordinates = np.empty((n, 2))
    coordinates[numbers.astype(int) - 1] = values.reshape(-1, 3)[:, 1:]
    return coordinates


def _explicit(parts: Scan, n: int) -> Array:
    entry = parts.require("EDGE_WEIGHT_FORMAT", '"EDGE_WEIGHT_FORMAT : FULL_MATRIX"')
    layout = LAYOUTS.get(entry.value.upper())
    if layout is None:
        raise FileFormatError(
            f"{entry.value!r} is no edge weight format known here", entry.where, _any(list(LAYOUTS))
        )
    section = _section(parts, WEIGHTS)
    values = section.numbers()
    wanted = layout.count(n)
    if len(values) != wanted:
        where = section.end if len(values) < wanted else section.location_of(wanted)
        reason = f"{WEIGHTS} has {len(values)} numbers, {wanted} make {entry.value} for {n} cities"
        raise FileFormatError(reason, where)
    rows, columns = layout.entries(n)
    negative = np.flatnonzero((values < 0) & (rows != columns))
    if negative.size:
        k = int(negative[0])
        reason = f"the distance from city {rows[k] + 1} to city {columns[k] + 1} is negative"
        raise FileFormatError(reason, section.location_of(k))
    d = layout.matrix(values, n)
    if layout.part == "full" and not parts.value("TYPE").upper().startswith("ATSP"):
        unequal = np.argwhere(d != d.T)
        if unequal.size:
            i, j = unequal[0].tolist()
            reason = f"the distances between cities {i + 1} and {j + 1} differ: {d[i, j]:g} and {d[j, i]:g}"
            raise FileFormatError(reason, section.location_of(i * n + j), "TYPE : ATSP for such a matrix")
    return d
