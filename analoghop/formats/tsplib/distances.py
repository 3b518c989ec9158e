"""Distances from coordinates, rounded as TSPLIB 95 (section 2) rounds them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from analoghop.arrays import Array
from analoghop.errors import InputError
from analoghop.formats.tsplib.instance import EUCLIDEAN, GREAT_CIRCLE

PI = 3.141592  # TSPLIB's own: the optima depend on it
EARTH = 6378.388  # km
MEAN_RADIUS = 6371.0088  # km, of the Earth (Moritz 2000, Journal of Geodesy 74:128)


def distance_matrix(coordinates: Array, edge_weight_type: str) -> Array:
    """Return the distances (n, n), zero diagonal, between the rows of `coordinates` (n, 2).

    Raises `InputError` for an `edge_weight_type` that is not in `DISTANCES`.
    """
    rule = DISTANCES.get(edge_weight_type)
    if rule is None:
        known = ", ".join(DISTANCES)
        raise InputError(f"`edge_weight_type` is {edge_weight_type!r}, expected one of {known}")
    matrix = rule(np.asarray(coordinates, dtype=np.float64))
    np.fill_diagonal(matrix, 0.0)
    return matrix


def _nearest(values: Array) -> Array:
    # TSPLIB's nint adds a half and truncates; NumPy's rint takes halves to the even number.
    return np.floor(values + 0.5)


def _differences(coordinates: Array) -> tuple[Array, Array]:
    x, y = coordinates.T
    return np.abs(x[:, None] - x), np.abs(y[:, None] - y)


def _length(coordinates: Array) -> Array:
    dx, dy = _differences(coordinates)
    return np.asarray(np.sqrt(dx * dx + dy * dy))


def _pseudo_euclidean(coordinates: Array) -> Array:
    dx, dy = _differences(coordinates)
    real = np.sqrt((dx * dx + dy * dy) / 10.0)
    rounded = _nearest(real)
    return np.asarray(np.where(rounded < real, rounded + 1.0, rounded))


def _geographical(coordinates: Array) -> Array:
    degrees = np.trunc(coordinates)
    minutes = coordinates - degrees
    latitude, longitude = (PI * (degrees + 5.0 * minutes / 3.0) / 180.0).T
    q1 = np.cos(longitude[:, None] - longitude)
    q2 = np.cos(latitude[:, None] - latitude)
    q3 = np.cos(latitude[:, None] + latitude)
    cosine = 0.5 * ((1.0 + q1) * q2 - (1.0 - q1) * q3)
    return np.asarray(np.trunc(EARTH * np.arccos(np.clip(cosine, -1.0, 1.0)) + 1.0))


def _great_circle(coordinates: Array) -> Array:
    """Haversines (Sinnott 1984): exact for near cities, too."""
    latitude, longitude = np.radians(coordinates).T
    north, east = (0.5 * (part[:, None] - part) for part in (latitude, longitude))
    across = np.cos(latitude)[:, None] * np.cos(latitude) * np.sin(east) ** 2
    return np.asarray(2.0 * MEAN_RADIUS * np.arcsin(np.sqrt(np.clip(np.sin(north) ** 2 + across, 0.0, 1.0))))


DISTANCES: Mapping[str, Callable[[Array], Array]] = {
    "EUC_2D": lambda xy: _nearest(_length(xy)),
    "CEIL_2D": lambda xy: np.ceil(_length(xy)),
    "MAN_2D": lambda xy: _nearest(np.add(*_differences(xy))),
    "MAX_2D": lambda xy: np.maximum(*map(_nearest, _differences(xy))),
    "GEO": _geographical,
    "ATT": _pseudo_euclidean,
    EUCLIDEAN: _length,
    GREAT_CIRCLE: _great_circle,
}
"""Matrix of distances from coordinates, by edge weight type."""
