"""`Plane`: the map from coordinates to points in the unit box, and its inverse."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analoghop.arrays import Array
from analoghop.errors import InputError
from analoghop.formats.tsplib import EXPLICIT
from analoghop.problems.tsp.instance import TSP


@dataclass(frozen=True, eq=False)
class Plane:
    """A map of coordinates to a bounding box whose longest side is one.

    `origin` (2,) and `side` of the box; `geographical`: coordinates are TSPLIB's degrees and minutes
    (DDD.MM), latitude first, and `shrink` is the cosine of the middle latitude that longitudes are
    multiplied by.
    """

    origin: Array
    side: float
    geographical: bool
    shrink: float

    @classmethod
    def of(cls, problem: TSP) -> Plane:
        """Return the map of `problem`; raises `InputError` if distances are not those of coordinates."""
        if problem.coordinates is None or problem.edge_weight_type == EXPLICIT:
            raise InputError(
                f"{problem.name} gives a matrix of distances: an elastic net needs coordinates that they "
                "follow from"
            )
        geographical = problem.edge_weight_type == "GEO"
        points = degrees(problem.coordinates) if geographical else problem.coordinates
        shrink = 1.0
        if geographical:
            middle = 0.5 * (points[:, 0].min() + points[:, 0].max())
            shrink = max(float(np.cos(np.radians(middle))), 0.01)
            points = points * np.array([1.0, shrink])
        side = float(np.ptp(points, axis=0).max())
        return cls(points.min(axis=0), side if side > 0 else 1.0, geographical, shrink)

    def inside(self, coordinates: Array) -> Array:
        """Return coordinates (..., 2) as points in the unit box."""
        points = degrees(coordinates) * np.array([1.0, self.shrink]) if self.geographical else coordinates
        return np.asarray((points - self.origin) / self.side)

    def outside(self, points: Array) -> Array:
        """Return points (..., 2) in the unit box as coordinates of the instance."""
        flat = self.origin + self.side * points
        if not self.geographical:
            return np.asarray(flat)
        return minutes(flat / np.array([1.0, self.shrink]))


def degrees(coordinates: Array) -> Array:
    """Return DDD.MM as degrees."""
    whole = np.trunc(coordinates)
    return np.asarray(whole + (coordinates - whole) / 0.6)


def minutes(angles: Array) -> Array:
    """Return degrees as DDD.MM."""
    whole = np.trunc(angles)
    return np.asarray(whole + 0.6 * (angles - whole))
