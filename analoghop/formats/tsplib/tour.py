"""`Tour`: a tour file, TYPE TOUR, 1-based and ended by -1."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from analoghop.errors import FileFormatError, InputError
from analoghop.formats.files import write_text
from analoghop.formats.tsplib.scan import Scan, scan

SECTION = "TOUR_SECTION"


@dataclass(frozen=True)
class Tour:
    """The `order` in which cities, numbered from 0, are visited; `name` and `comment` as in the file."""

    order: tuple[int, ...]
    name: str = ""
    comment: str = ""


def read_tour(path: str | Path, size: int | None = None, instance: str = "") -> Tour:
    """Return the tour in a file; with `size` and `instance`, one of that many cities of that instance.

    Raises `FileFormatError`, with file and line, where the tour misses or repeats a city, or belongs to
    another instance: by its number of cities, or by a name that ends in this number, as TSPLIB's do.
    """
    parts = _tour_parts(path)
    order = _order(parts)
    n = parts.dimension()[0] if "DIMENSION" in parts.entries else len(order)
    whose = f"of {instance} " if instance else ""
    if size is not None and n != size:
        entry = parts.entries.get("DIMENSION")
        where = entry.where if entry else parts.sections[SECTION].end
        raise FileFormatError(f"this tour has {n} cities: it is no tour {whose}with {size}", where)
    _check_cities(parts, order, n)
    name = parts.value("NAME")
    other = _instance_name(name, n)
    if instance and other and other != instance.lower().partition(".")[0]:
        raise FileFormatError(
            f"this tour is one of {other!r} by its name, not of {instance!r}",
            parts.entries["NAME"].where,
            "the instance's own tour, or no NAME",
        )
    return Tour(tuple(city - 1 for city in order), name, parts.value("COMMENT"))


def read_order(path: str | Path, size: int) -> tuple[int, ...]:
    """Return the cities of a tour in a file, numbered from 0, whichever they are: it need not be a tour.

    Raises `FileFormatError`, with file and line, for a file of another TYPE, one whose DIMENSION is another
    than `size`, and for numbers that are not whole.
    """
    parts = _tour_parts(path)
    if "DIMENSION" in parts.entries:
        n, where = parts.dimension()
        if n != size:
            raise FileFormatError(f"this tour has {n} cities: it is no tour with {size}", where)
    return tuple(city - 1 for city in _order(parts))


def _tour_parts(path: str | Path) -> Scan:
    parts = scan(path)
    kind = parts.entries.get("TYPE")
    if kind and kind.value.upper() != "TOUR":
        raise FileFormatError(f"TYPE is {kind.value!r}", kind.where, "TOUR")
    return parts


def write_tour(path: str | Path, tour: Tour) -> None:
    """Write a tour file; raises `InputError` where the place cannot be written or cities repeat."""
    if sorted(tour.order) != list(range(len(tour.order))):
        raise InputError("`order` does not visit every city from 0 on exactly once")
    head = [f"NAME : {tour.name}"] if tour.name else []
    head += [f"COMMENT : {line}" for line in tour.comment.splitlines()]
    head += ["TYPE : TOUR", f"DIMENSION : {len(tour.order)}", SECTION]
    write_text(path, "\n".join([*head, *(str(city + 1) for city in tour.order), "-1", "EOF", ""]))


def _order(parts: Scan) -> Sequence[int]:
    """Return the cities of the first tour as the file numbers them."""
    section = parts.sections.get(SECTION)
    if section is None:
        raise FileFormatError(f"{SECTION} is missing", parts.start)
    values = section.numbers().tolist()
    order: list[int] = []
    for k, value in enumerate(values):
        if value == -1:
            return order
        if value != int(value):
            raise FileFormatError(f"{value:g} is no number of a city", section.location_of(k))
        order.append(int(value))
    return order


def _check_cities(parts: Scan, order: Sequence[int], n: int) -> None:
    section = parts.sections[SECTION]
    seen = set[int]()
    for k, city in enumerate(order):
        if not 1 <= city <= n:
            raise FileFormatError(f"city {city} is not one of 1 to {n}", section.location_of(k))
        if city in seen:
            raise FileFormatError(f"city {city} is visited twice", section.location_of(k))
        seen.add(city)
    if len(order) < n:
        raise FileFormatError(f"the tour ends after {len(order)} of {n} cities", section.end)


def _instance_name(name: str, n: int) -> str:
    """Return the instance that a tour's name tells ("./TSPLIB/a280.tsp.optbc.tour" is one of a280), or ""."""
    stem = re.split(r"[\\/]", name.strip())[-1].lower().partition(".")[0]
    match = re.fullmatch(r"[a-z_]+0*([0-9]+)[a-z]?", stem)
    return stem if match and int(match[1]) == n else ""
