"""`Cities`: what a file says of a travelling salesman's instance."""

from __future__ import annotations

from dataclasses import dataclass

from analoghop.arrays import Array, frozen, readonly_fields

EXPLICIT = "EXPLICIT"
"""Edge weight type of an instance that lists its distances."""

EUCLIDEAN = "EUCLIDEAN"
"""Edge weight type, ours, of coordinates with real distances: TSPLIB rounds all of its own."""

FEWEST = 3
LARGEST = 10_000
"""Most cities that are read: their distance matrix takes 0.8 GB."""


@dataclass(frozen=True, eq=False)
class Cities:
    """An instance as plain data, read-only.

    `distances` (n, n) in the instance's own rounding, zero diagonal; `coordinates` (n, 2), None where there
    are none. `edge_weight_type` is TSPLIB's word, or "EUCLIDEAN" for real distances; "EXPLICIT" says that
    the coordinates, if any, are for drawing only.
    """

    name: str
    distances: Array
    coordinates: Array | None
    edge_weight_type: str
    comment: str = ""

    def __post_init__(self) -> None:
        coordinates = None if self.coordinates is None else frozen(self.coordinates)
        object.__setattr__(self, "coordinates", coordinates)
        readonly_fields(self, distances=frozen(self.distances))
