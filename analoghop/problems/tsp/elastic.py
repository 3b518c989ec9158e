"""`Elastic`: an elastic ring that the cities stretch to a tour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Array, Indices
from analoghop.errors import InputError
from analoghop.formats.tsplib import EUCLIDEAN
from analoghop.problems.base import Answer, Encoding, Formulation, Raw
from analoghop.problems.option import option
from analoghop.problems.tsp.instance import TSP
from analoghop.problems.tsp.plane import Plane
from analoghop.schedules import Schedule
from analoghop.systems.assignment.elastic_net import ElasticNet

STEP = 0.2  # time constants
STIFFNESS, SOFTEST, STIFFEST = 0.15, 1.0, 8.0  # times one over the distance to the nearest city; bounds
NARROWEST = 0.1  # of that distance
CIRCLE = 0.1  # radius of the ring at the start


@dataclass(frozen=True)
class Elastic(Formulation[TSP]):
    """Durbin & Willshaw (1987), Nature 326:689, in the cities' bounding box, scaled to a longest side of 1.

    `beta`: stiffness; None: 0.15 divided by the mean distance to the nearest city, within 1 to 8, so that the
    ring is equally stiff, for any number of cities, at the scale on which the tour is decided. `alpha`: force
    of the cities. `nodes`: nodes of the ring per city. The width of the force falls from `wide` to `narrow`
    (None: a tenth of that mean distance) in `steps` of 0.2 time constants. The initial ring is a small circle
    around the centroid, rotated and disturbed at random by `jitter`.
    """

    beta: float | None = option(
        None, "stiffness of the ring", above=0, none="by the mean distance to the nearest city"
    )
    alpha: float = option(0.2, "force of the cities", above=0)
    nodes: float = option(2.5, "nodes of the ring per city", above=0)
    wide: float = option(0.2, "width of the force at the beginning", "longest side of the map", above=0)
    narrow: float | None = option(
        None,
        "width of the force at the end",
        "longest side of the map",
        above=0,
        none="a tenth of the mean distance to the nearest city",
    )
    steps: int = option(4000, "number of steps", low=1)
    jitter: float = option(0.001, "random part of the initial ring", "longest side of the map", low=0)
    tau: float = option(1.0, "time constant of the circuit", "s", above=0)

    name: ClassVar[str] = "elastic"
    purpose: ClassVar[str] = "an elastic ring on the map: cities with coordinates only"

    def encode(self, problem: TSP) -> ElasticEncoding:
        """Return the circuit of `problem`; raises `InputError` for explicit distances."""
        plane = Plane.of(problem)
        assert problem.coordinates is not None, "a plane has coordinates"
        cities = plane.inside(problem.coordinates)
        near = max(_nearest(cities), 1e-3)
        beta = float(np.clip(STIFFNESS / near, SOFTEST, STIFFEST)) if self.beta is None else self.beta
        narrow = NARROWEST * near if self.narrow is None else self.narrow
        duration = self.steps * STEP * self.tau
        width = Schedule(np.array([0.0, duration]), np.array([self.wide, narrow]), "geometric")
        m = max(3, round(self.nodes * problem.size))
        parameters: dict[str, float | int | str | bool] = {
            "beta": beta,
            "alpha": self.alpha,
            "nodes": m,
            "wide": self.wide,
            "narrow": narrow,
            "nearest": near,
            "unit": plane.side,
            "steps": self.steps,
            "step_tau": STEP,
            "jitter": self.jitter,
        }
        system = ElasticNet(cities, m, width, self.alpha, beta, self.tau)
        return ElasticEncoding(
            problem, system, plane, duration, self.tau, STEP * self.tau, parameters, self.jitter
        )


def _nearest(cities: Array) -> float:
    """Return the mean distance of a city to its nearest neighbour."""
    apart = np.linalg.norm(cities[:, None] - cities, axis=-1)
    np.fill_diagonal(apart, np.inf)
    return float(apart.min(axis=1).mean())


@dataclass(frozen=True, eq=False)
class ElasticEncoding(Encoding):
    """A tour as the order in which a ring passes the cities: every end state gives one."""

    problem: TSP
    system: ElasticNet
    plane: Plane
    duration: float
    tau: float
    step: float | None
    parameters: Mapping[str, float | int | str | bool]
    jitter: float

    def start(self, seed: int, index: NDArray[Any]) -> Array:
        """Return a small circle around the centroid, rotated and disturbed at random."""
        m, centre = self.system.nodes, self.system.cities.mean(axis=0)[:, None]
        states = np.empty((2 * m, len(index)))
        for k, number in enumerate(index):
            rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(int(number),)))
            angle = 2.0 * np.pi * (rng.uniform() + np.arange(m) / m)
            circle = centre + CIRCLE * np.stack([np.cos(angle), np.sin(angle)])
            states[:, k] = (circle + self.jitter * rng.standard_normal((2, m))).ravel()
        return states

    def decode(self, outputs: Array) -> Sequence[Raw]:
        """Return the cities in the order of their nearest nodes.

        Cities with the same nearest node are ordered along the ring's direction there.
        """
        rings = np.moveaxis(self.system.ring(outputs), -1, 0)
        return [Raw(tuple(_order(self.system.cities, y.T).tolist())) for y in rings]

    def embed(self, answer: Answer) -> Array:
        """Return the ring that lies on the tour, all its nodes on cities."""
        m, n = self.system.nodes, self.problem.size
        if m < n:
            raise InputError(f"{m} nodes cannot lie on {n} cities: raise `nodes` to at least 1")
        at = np.arange(m) * n // m
        return self.system.cities[np.asarray(answer, dtype=np.intp)[at]].T.reshape(-1, 1)

    def objective(self, outputs: Array) -> Array | None:
        """Return the ring's length if the instance's distances are Euclidean; else None."""
        if self.problem.edge_weight_type != EUCLIDEAN:
            return None
        y = self.system.ring(outputs)
        return np.asarray(self.plane.side * np.linalg.norm(np.roll(y, -1, axis=1) - y, axis=0).sum(axis=0))

    def ring(self, outputs: Array) -> Array:
        """Return the nodes (members, nodes, 2) in the instance's coordinates."""
        return self.plane.outside(np.moveaxis(self.system.ring(outputs), 0, -1).swapaxes(0, 1))


def _order(cities: Array, nodes: Array) -> Indices:
    apart = np.sum((cities[:, None] - nodes) ** 2, axis=-1)
    nearest = apart.argmin(axis=1)
    tangent = np.roll(nodes, -1, axis=0) - np.roll(nodes, 1, axis=0)
    along = np.sum((cities - nodes[nearest]) * tangent[nearest], axis=1)
    return np.asarray(np.lexsort((along, nearest)))
