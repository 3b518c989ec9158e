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
    """The cities, numbered from 0, in the `order` of their visits; `name` and `comment` as in the file."""

    order: tuple[int, ...]
    name: str = ""
    comment: str = ""


def read_tour(path: str | Path, size: int | None = None, instance: str = "") -> Tour:
    """Return the tour in a file; with `size` or `instance`, it must have `size` cities or be of `instance`.

    Raises `FileFormatError`, with file and line, if the tour lacks or repeats a city, or belongs to
    another instance: by its number of cities, or by a name that ends in this number, as in TSPLIB.
    """
    parts = _tour_parts(path)
    order = _order(parts)
    n = parts.dimension()[0] if "DIMENSION" in parts.entries else len(order)
    whose = f"of {instance} " if instance else ""
    if size is not None and n != size:
        entry = parts.entries.get("DIMENSION")
        where = entry.where if entry else parts.sections[SECTION].end
        raise FileFormatError(f"this tour has {n} cities: it is not a tour {whose}with {size}", where)
    _check_cities(parts, order, n)
    name = parts.value("NAME")
    other = _instance_name(name, n)
    if instance and other and other != instance.lower().partition(".")[0]:
        raise FileFormatError(
            f"this tour belongs to {other!r} by its name, not to {instance!r}",
            parts.entries["NAME"].where,
            "the instance's own tour, or no NAME",
        )
    return Tour(tuple(city - 1 for city in order), name, parts.value("COMMENT"))


def read_order(path: str | Path, size: int) -> tuple[int, ...]:
    """Return the cities in a tour file, numbered from 0; they need not be a valid tour.

    Raises `FileFormatError`, with file and line, for a file of another TYPE, a DIMENSION other than `size`,
    and for numbers that are not whole.
    """
    parts = _tour_parts(path)
    if "DIMENSION" in parts.entries:
        n, where = parts.dimension()
        if n != size:
            raise FileFormatError(f"this tour has {n} cities: it is not a tour with {size}", where)
    return tuple(city - 1 for city in _order(parts))


def _tour_parts(path: str | Path) -> Scan:
    parts = scan(path)
    kind = parts.entries.get("TYPE")
    if kind and kind.value.upper() != "TOUR":
        raise FileFormatError(f"TYPE is {kind.value!r}", kind.where, "TOUR")
    return parts


def write_tour(path: str | Path, tour: Tour) -> None:
    """Write a tour file; raises `InputError` for a path that cannot be written or repeated cities."""
    if sorted(tour.order) != list(range(len(tour.order))):
        raise InputError("`order` does not visit every city from 0 on exactly once")
    head = [f"NAME : {tour.name}"] if tour.name else []
    head += [f"COMMENT : {line}" for line in tour.comment.splitlines()]
    head += ["TYPE : TOUR", f"DIMENSION : {len(tour.order)}", SECTION]
    write_text(path, "\n".join([*head, *(str(city + 1) for city in tour.order), "-1", "EOF", ""]))


def _order(parts: Scan) -> Sequence[int]:
    """Return the cities of the first tour with the numbers in the file."""
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
    """Return the instance in a tour's name (a280 for "./TSPLIB/a280.tsp.optbc.tour"), or ""."""
    stem = re.split(r"[\\/]", name.strip())[-1].lower().partition(".")[0]
    match = re.fullmatch(r"[a-z_]+0*([0-9]+)[a-z]?", stem)
    return stem if match and int(match[1]) == n else ""
