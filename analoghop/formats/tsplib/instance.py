"""`Cities`: the data of an instance of the travelling salesman problem, as read from a file."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

from analoghop.arrays import Array, frozen, readonly_fields

EXPLICIT = "EXPLICIT"
"""Edge weight type of an instance that lists its distances."""

EUCLIDEAN = "EUCLIDEAN"
"""Edge weight type of coordinates with real distances, not one of TSPLIB, whose types all round."""

GREAT_CIRCLE = "GREAT_CIRCLE"
"""Edge weight type of latitudes and longitudes in degrees, with real distances in kilometres."""

FEWEST = 3
LARGEST = 10_000
"""Largest number of cities that are read: their distance matrix takes 0.8 GB."""


@dataclass(frozen=True, eq=False)
class Cities:
    """An instance as plain data, read-only.

    `distances` (n, n), rounded as the instance defines, zero diagonal; `coordinates` (n, 2) or None.
    `edge_weight_type` is TSPLIB's word, or "EUCLIDEAN" or "GREAT_CIRCLE" for real distances; with "EXPLICIT"
    the coordinates, if any, are for drawing only. `labels` are the cities' names, () if they have none.
    """

    name: str
    distances: Array
    coordinates: Array | None
    edge_weight_type: str
    comment: str = ""
    labels: tuple[Hashable, ...] = ()

    def __post_init__(self) -> None:
        coordinates = None if self.coordinates is None else frozen(self.coordinates)
        object.__setattr__(self, "coordinates", coordinates)
        readonly_fields(self, distances=frozen(self.distances))
