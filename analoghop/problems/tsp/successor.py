"""`SuccessorTour`: amplifiers that say who follows whom, held together by a determinant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Array, Mask
from analoghop.errors import InputError
from analoghop.problems.base import Answer, Encoding, Formulation, Raw, Reheating
from analoghop.problems.option import option
from analoghop.problems.permutation import THRESHOLD
from analoghop.problems.tsp.instance import TSP
from analoghop.problems.tsp.modes import roughness
from analoghop.problems.tsp.weights import Ways, relative
from analoghop.schedules import Constant, Schedule
from analoghop.systems.assignment.anneal_signals import Cooling, Hardening, Rising
from analoghop.systems.assignment.successor import Successor

STEP = 0.2
"""Length of a step in time constants; 0.1 and 0.05 end in tours of the same lengths."""
STEPS, WORK = 4000, 2_000_000
"""Largest number of steps by default, and of steps times cities: more steps find no better tours."""
CURVE = 1.0 / 3.0
"""Power in which the temperature falls on a straight line."""
HARD = 0.5
"""Share of the anneal after which the self-coupling rises."""
CLOSE = 2.0
"""Costs up to which repeated anneals take distances as they are; longer ones by their logarithm."""
WARM = 0.3
"""Start temperature of an anneal near a tour, which takes a quarter of the steps: 0.5 destroys the tour."""
JITTER = 1e-2
"""Deviation of the inputs at the start."""


@dataclass(frozen=True)
class SuccessorTour(Formulation[TSP]):
    """V_xy says that city y follows city x: rows and columns are cities. See `Successor` for the circuit.

    Distances, less the shortest one, are in units of the usual one, the mean of the two shortest ways out of
    and into each city. `steps` of 0.2 time constants, by default 4000, fewer beyond 500 cities. The strength
    of the determinant rises from `first_determinant` by the third power of time to `last_determinant`, the
    temperature falls from `start_temperature` to `end_temperature`, the self-coupling rises from the middle
    on to `self_coupling`; `sigma` is the noise in units of the temperature. An end state that is no tour
    anneals again up to `reheats` times: first with a stronger determinant, then with long distances taken by
    their logarithm, at last with both and a harder self-coupling. `tau` in seconds.
    """

    steps: int | None = option(
        None, "number of steps", whole=True, low=1, none="4000, fewer beyond 500 cities"
    )
    first_determinant: float = option(1.0, "strength of the determinant at the beginning", low=0)
    last_determinant: float = option(4.0, "strength of the determinant at the end", low=0)
    start_temperature: float = option(1.0, "temperature at the beginning", "usual distance", above=0)
    end_temperature: float = option(0.02, "temperature at the end", "usual distance", above=0)
    self_coupling: float = option(1.0, "self-coupling of an output at the end", low=0)
    sigma: float = option(0.6, "intensity of the noise", "temperature per root time constant", low=0)
    reheats: int = option(3, "largest number of repeated anneals of an invalid end state", low=0)
    tau: float = option(1.0, "time constant of the circuit", "s", above=0)

    name: ClassVar[str] = "successor"
    purpose: ClassVar[str] = "who follows whom, one cycle by a determinant: matrices, asymmetric ways, maps"

    def encode(self, problem: TSP) -> SuccessorEncoding:
        """Return the circuit of `problem`."""
        self._check()
        ways = Ways.of(problem.distances)
        recipe = Recipe(
            steps=self.steps or max(1, min(STEPS, WORK // problem.size)),
            determinant=(self.first_determinant, self.last_determinant),
            temperature=(self.start_temperature, self.end_temperature),
            hardness=self.self_coupling,
            sigma=self.sigma,
            tau=self.tau,
        )
        system = recipe.network(ways.cost)
        return SuccessorEncoding(
            problem=problem,
            system=system,
            warm=recipe.warm().network(ways.cost),
            again=recipe.repeated(ways),
            reheats=self.reheats,
            duration=system.duration,
            tau=self.tau,
            step=system.step,
            parameters={
                "usual": ways.usual,
                "longest_link": ways.longest_link,
                "roughness": roughness(relative(problem.distances)),
                "steps": recipe.steps,
                "step_tau": STEP,
                "first_determinant": self.first_determinant,
                "last_determinant": self.last_determinant,
                "hot": self.start_temperature,
                "cold": self.end_temperature,
                "own": self.self_coupling,
                "sigma": self.sigma,
                "reheats": self.reheats,
            },
        )

    def _check(self) -> None:
        if not self.start_temperature > self.end_temperature:
            raise InputError(
                f"`start_temperature` ({self.start_temperature:g}) must be above `end_temperature`"
                f" ({self.end_temperature:g})"
            )


@dataclass(frozen=True)
class Recipe:
    """An anneal in `steps` of 0.2 tau: where `determinant` and `temperature` begin and end, the self-coupling
    `hardness` at the end, and the noise `sigma` in units of the temperature.
    """

    steps: int
    determinant: tuple[float, float]
    temperature: tuple[float, float]
    hardness: float
    sigma: float
    tau: float

    def warm(self) -> Recipe:
        """Return the anneal of a start near a tour, cool enough to preserve what is good in it."""
        late, cold = self.determinant[1], self.temperature[1]
        return replace(
            self,
            steps=max(1, self.steps // 4),
            determinant=(late, late),
            temperature=(max(WARM, 2.0 * cold), cold),
        )

    def repeated(self, ways: Ways) -> tuple[Successor, ...]:
        """Return the networks of repeated anneals, each with stronger means against groups of cities."""
        first, last = self.determinant
        strong = replace(self, determinant=(1.5 * first, last))
        hard = replace(self, determinant=(3.0 * first, 2.0 * last), hardness=2.0 * self.hardness)
        near = ways.near(CLOSE)
        return strong.network(ways.cost), strong.network(near), hard.network(near)

    def network(self, cost: Array) -> Successor:
        """Return the network for the costs `cost` (n, n)."""
        duration = self.steps * STEP * self.tau
        progress = Schedule(np.array([0.0, duration]), np.array([0.0, 1.0]))
        return Successor(
            D=cost,
            determinant=Rising(*self.determinant, 3.0, progress),
            temperature=Cooling(*self.temperature, CURVE, progress),
            self_coupling=Hardening(0.0, self.hardness, HARD, progress),
            duration=duration,
            step=STEP * self.tau,
            tau=self.tau,
            sigma=Constant(self.sigma) if self.sigma else None,
        )


@dataclass(frozen=True, eq=False)
class SuccessorEncoding(Encoding):
    """A tour as an anneal of n^2 amplifiers, those of the diagonal left out.

    `again` are the circuits of repeated anneals of invalid end states, `warm` that of starts near a tour.
    """

    problem: TSP
    system: Successor
    warm: Successor
    again: tuple[Successor, ...]
    reheats: int
    duration: float
    tau: float
    step: float | None
    parameters: Mapping[str, float | int | str | bool]

    def start(self, seed: int, index: NDArray[Any]) -> Array:
        """Return small random inputs."""
        return JITTER * self._noise(seed, index)

    def _noise(self, seed: int, index: NDArray[Any]) -> Array:
        drawn = [
            np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(int(k),))).standard_normal(
                self.system.size
            )
            for k in index
        ]
        return np.stack(drawn, axis=1)

    @property
    def near_system(self) -> Successor:
        """The circuit `warm`."""
        return self.warm

    @property
    def reheating(self) -> Reheating:
        """Repeated anneals in the circuits `again`, one after the other."""
        return Reheating(self.again[0], self.reheats, self.again[1:])

    def start_near(self, answer: Answer, seed: int, index: NDArray[Any]) -> Array:
        """Return the inputs that hold the tour `answer`, with a little noise: a start for `warm`."""
        V = self.system.grid(self.embed(answer))
        return np.asarray(self.warm.force(0.0, V).reshape(-1, 1) + JITTER * self._noise(seed, index))

    def decode(self, outputs: Array) -> Sequence[Raw]:
        """Return the tours from city 0 on; cycles are counted where they are more than one."""
        on = outputs.T.reshape(-1, self.problem.size, self.problem.size) > THRESHOLD
        return [_read(member) for member in on]

    def embed(self, answer: Answer) -> Array:
        """Return the permutation matrix of the successors."""
        order = np.asarray(answer, dtype=np.intp)
        V = np.zeros((self.problem.size, self.problem.size))
        V[order, np.roll(order, -1)] = 1.0
        return V.reshape(-1, 1)

    def objective(self, outputs: Array) -> Array:
        """Return sum_xy V_xy d_xy, the length of the tour that the outputs represent."""
        d = np.where(np.eye(self.problem.size, dtype=bool), 0.0, self.problem.distances)
        return np.asarray(d.reshape(-1) @ outputs)


def _read(on: Mask) -> Raw:
    """Return the tour in a matrix (n, n) of who follows whom."""
    without = {
        "successors": int((on.sum(axis=1) != 1).sum()),
        "predecessors": int((on.sum(axis=0) != 1).sum()),
    }
    if any(without.values()):
        return Raw(None, without)
    after, seen, cycles = on.argmax(axis=1), np.zeros(len(on), dtype=bool), 0
    tour: list[int] = []
    for first in range(len(on)):
        if seen[first]:
            continue
        cycles, city = cycles + 1, first
        while not seen[city]:
            seen[city] = True
            tour.append(int(city))
            city = after[city]
    return Raw(tuple(tour)) if cycles == 1 else Raw(None, {"cycles": cycles})
