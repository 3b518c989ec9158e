"""`TSP`: cities and the distances between them, and the check of tours."""

from __future__ import annotations

import os
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from analoghop.arrays import Array, Indices, check_finite, frozen, readonly_fields, real_array
from analoghop.errors import InputError
from analoghop.formats.graphs.cities import cities_of_graph
from analoghop.formats.instances.tables import read_table
from analoghop.formats.intake import beside_instance
from analoghop.formats.matrices import is_sparse
from analoghop.formats.tsplib import (
    EUCLIDEAN,
    EXPLICIT,
    GREAT_CIRCLE,
    LARGEST,
    Cities,
    distance_matrix,
    read_tour,
    read_tsplib,
)
from analoghop.limits import Limits
from analoghop.problems.answers import known_cost, uses_told
from analoghop.problems.base import Problem, Verdict
from analoghop.problems.tsp import local_search
from analoghop.problems.tsp.baselines import tour_baselines

FEWEST = 3
_COARSE = 10.0  # largest distance below which rounding to whole numbers is worth a notice
EXPECTED = "a square matrix, or places (n, 2)"


@dataclass(frozen=True, eq=False, init=False)
class TSP(Problem):
    """A travelling salesman's instance.

    `distances` (n, n), symmetric or not; the diagonal is not read. `coordinates` (n, 2) or None.
    `edge_weight_type` is TSPLIB's word for the rule from coordinates to distances ("EUCLIDEAN": real ones);
    with "EXPLICIT", coordinates are for drawing only. `best_known` is the best known length, or None.
    `labels` are the cities' names, () if they have none.
    """

    distances: Array
    coordinates: Array | None = None
    name: str = "cities"
    best_known: float | None = None
    edge_weight_type: str = EXPLICIT
    labels: tuple[Hashable, ...] = ()

    kind: ClassVar[str] = "tsp"
    cost_name: ClassVar[str] = "tour length"
    polishers: ClassVar[tuple[str, ...]] = tuple(local_search.METHODS)

    def __init__(
        self,
        distances: Any = None,
        coordinates: Any = None,
        name: str | None = None,
        best_known: float | None = None,
        edge_weight_type: str | None = None,
        labels: Iterable[Hashable] = (),
    ) -> None:
        """Take distances, or coordinates.

        `distances`: a square matrix (n, n), or the coordinates of the cities (n, 2), whose distances are then
        computed by `edge_weight_type`, real ones by default; likewise `coordinates` without `distances`; or a
        complete graph of networkx, see `cities_of_graph`. Raises `InputError` for fewer than three cities,
        shapes and labels that do not fit, and distances that are negative or not finite: cities that cannot
        be reached from each other have no tour.
        """
        if all(hasattr(distances, method) for method in ("is_directed", "nodes", "edges")):
            cities = cities_of_graph(distances)
            distances, coordinates, name = cities.distances, cities.coordinates, name or cities.name
            edge_weight_type, labels = cities.edge_weight_type, cities.labels
        places = _places(distances, coordinates)
        if places is not None:
            coordinates, edge_weight_type = places, edge_weight_type or EUCLIDEAN
            distances = distance_matrix(places, edge_weight_type)
        d = _distances(distances)
        readonly_fields(self, distances=frozen(d))
        if coordinates is not None:
            coordinates = real_array(coordinates, "coordinates", f"{len(d)} pairs of finite numbers")
            if coordinates.shape != (len(d), 2) or not np.isfinite(coordinates).all():
                raise InputError(f"`coordinates` must be {len(d)} pairs of finite numbers")
            coordinates = frozen(coordinates)
        names = tuple(labels)
        if names and (len(names) != len(d) or len(set(names)) != len(d)):
            raise InputError(f"`labels` has {len(names)} names, expected {len(d)} different ones")
        fields = {
            "labels": names,
            "coordinates": coordinates,
            "name": name or "cities",
            "best_known": known_cost(best_known),
            "edge_weight_type": edge_weight_type or EXPLICIT,
        }
        for field, value in fields.items():
            object.__setattr__(self, field, value)

    @classmethod
    def read(cls, path: str | Path) -> TSP:
        """Return the instance in a TSPLIB file, or in a `.csv` or `.txt` table (see `formats.tables`).

        If the folder has a file of the same name with the suffix `.opt.tour`, as in TSPLIB, the length of
        that tour is `best_known`. Raises `FileFormatError`, with file and line.
        """
        place = Path(path)
        table = place.suffix.lower() in (".csv", ".txt")
        problem = cls.of(read_table(place) if table else read_tsplib(place))
        best = place.with_suffix(".opt.tour")
        if not os.path.isfile(best):
            return problem
        with beside_instance():
            tour = read_tour(best, problem.size, problem.name)
        return cls(
            problem.distances,
            problem.coordinates,
            problem.name,
            problem.length(tour.order),
            problem.edge_weight_type,
        )

    @property
    def notices(self) -> tuple[str, ...]:
        """A notice where TSPLIB's rounding leaves hardly anything of the distances."""
        largest = float(self.distances.max())
        if self.edge_weight_type in (EXPLICIT, EUCLIDEAN, GREAT_CIRCLE) or largest >= _COARSE:
            return ()
        return (
            f"{self.name}: {self.edge_weight_type} rounds every distance to a whole number, here at most "
            f"{largest:g}: enlarge the coordinates, or give them as .csv",
        )

    @classmethod
    def of(cls, cities: Cities) -> TSP:
        """Return the instance with the data of `cities`."""
        return cls(
            cities.distances,
            cities.coordinates,
            cities.name,
            edge_weight_type=cities.edge_weight_type,
            labels=cities.labels,
        )

    @classmethod
    def from_coordinates(
        cls, coordinates: Any, name: str = "cities", edge_weight_type: str = "EUCLIDEAN"
    ) -> TSP:
        """Return the instance of cities at `coordinates` (n, 2), by default with real distances."""
        return cls(None, coordinates, name, edge_weight_type=edge_weight_type)

    @classmethod
    def from_networkx(cls, graph: Any, weight: str = "weight") -> TSP:
        """Return the instance of a complete `networkx` graph, see `formats.graphs`."""
        return cls.of(cities_of_graph(graph, weight))

    @property
    def size(self) -> int:
        """Number of cities."""
        return len(self.distances)

    def labelled(self, answer: Any) -> tuple[Hashable, ...]:
        """Return the names of the cities in the order of the answer, their numbers if they have no names."""
        cities = _whole_numbers(answer).tolist()
        return tuple(self.labels[k] for k in cities) if self.labels else tuple(cities)

    @cached_property
    def symmetric(self) -> bool:
        """Whether the matrix of distances is symmetric."""
        return bool(np.array_equal(self.distances, self.distances.T))

    def length(self, order: Iterable[int]) -> float:
        """Return the length of the closed tour through the cities of `order`."""
        cities = np.fromiter(order, dtype=np.intp)
        return float(self.distances[cities, np.roll(cities, -1)].sum())

    def verify(self, answer: Any) -> Verdict:
        """Return whether the sequence of cities, numbered from 0, visits each once, and its length.

        Violations count cities that are `missing`, `repeated` (further visits) or `unknown`.
        """
        cities = _whole_numbers(answer)
        known = cities[(cities >= 0) & (cities < self.size)]
        visits = np.bincount(known, minlength=self.size)
        counts = {
            "missing": int((visits == 0).sum()),
            "repeated": int(np.maximum(visits - 1, 0).sum()),
            "unknown": len(cities) - len(known),
        }
        violations = {name: count for name, count in counts.items() if count}
        return Verdict(not violations, None if violations else self.length(cities), violations)

    def describe_violations(self, answer: Any) -> Sequence[str]:
        """Return the cities, numbered from 0, that are missing, visited several times, or unknown."""
        return uses_told(answer, self.size, "city", "visited")

    def random_answer(self, rng: np.random.Generator) -> tuple[int, ...]:
        """Return a random tour."""
        return tuple(rng.permutation(self.size).tolist())

    def polish(self, method: str, answer: Iterable[int]) -> tuple[int, ...]:
        """Return the tour after a local search, one of `polishers`; raises `InputError` for another."""
        return local_search.improved(self.distances, answer, method)

    def baselines(self, seed: int, limits: Limits) -> Mapping[str, float]:
        """Return the mean lengths of random, nearest-neighbour, 2-opt and 2-opt with or-opt tours."""
        return tour_baselines(self.distances, seed, limits)


def _whole_numbers(answer: Any) -> Indices:
    try:
        cities = np.asarray(answer)
    except ValueError as error:
        raise InputError(f"`answer` is no sequence of cities: {error}") from error
    if cities.ndim != 1 or cities.dtype.kind not in "iuf" or (cities != np.floor(cities)).any():
        raise InputError("`answer` is no sequence of cities, whole numbers from 0")
    return cities.astype(np.intp)


def _places(distances: Any, coordinates: Any) -> Array | None:
    """Return the coordinates (n, 2) that define the distances; None if a matrix is given."""
    if distances is None and coordinates is None:
        raise InputError("`distances` is missing, expected a matrix of distances or the places of the cities")
    if distances is None:
        name, xy = "coordinates", real_array(coordinates, "coordinates", "pairs of numbers")
        if xy.ndim != 2 or xy.shape[1] != 2:
            raise InputError(f"`coordinates` has shape {xy.shape}, expected pairs of finite numbers")
    else:
        shape = np.shape(distances) if isinstance(distances, np.ndarray) or is_sparse(distances) else None
        if shape is None:
            shape = real_array(distances, "distances", EXPECTED).shape
        if len(shape) != 2 or shape[1] != 2 or shape[0] == 2 or coordinates is not None:
            return None
        name, xy = "distances", real_array(distances, "distances", EXPECTED)
    if len(xy) > LARGEST:
        raise InputError(f"`{name}` has {len(xy)} places, expected {LARGEST} at most")
    check_finite(xy, name)
    return xy


def _distances(given: Any) -> Array:
    """Return the matrix of distances, with zeros on its diagonal."""
    if is_sparse(given):
        raise InputError("`distances` is a sparse matrix, expected a distance between every two cities")
    d = real_array(given, "distances", EXPECTED)
    if d.ndim != 2 or d.shape[0] != d.shape[1]:
        raise InputError(f"`distances` has shape {d.shape}, expected {EXPECTED}")
    if not FEWEST <= len(d) <= LARGEST:
        raise InputError(f"`distances` has {len(d)} cities, expected {FEWEST} to {LARGEST}")
    d = d.copy()
    np.fill_diagonal(d, 0.0)
    for bad, fault in ((~np.isfinite(d), "not finite"), (d < 0, "negative")):
        if bad.any():
            i, j = np.argwhere(bad)[0].tolist()
            raise InputError(f"`distances` from city {i} to city {j} is {d[i, j]:g}: {fault}")
    return d
