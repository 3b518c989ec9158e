"""`Potts`: doubly stochastic amplifiers, annealed on a ring whose coupling narrows; the default."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Array
from analoghop.problems.anneal_recipe import STEP, AnnealRecipe
from analoghop.problems.base import Answer, Encoding, Formulation, Raw, Reheating
from analoghop.problems.option import option
from analoghop.problems.permutation import permutation_outputs, read_permutations
from analoghop.problems.tsp.instance import TSP
from analoghop.problems.tsp.modes import ROUGH, Modes, leading_modes, obscured, roughness
from analoghop.problems.tsp.weights import centred, ranks, relative, with_diagonal
from analoghop.problems.turns import TakingTurns
from analoghop.systems.assignment.assignment import Assignment
from analoghop.systems.assignment.column_coupling import Ring

SMALL = 16  # number of cities up to which few steps suffice
TINY = 12
"""Number of cities below which two circuits, with more noise, share the starts."""
TURNS: Mapping[str, Mapping[str, Any]] = {
    "narrowing ring": {"sigma": 6.0, "steps": 2000, "slow": 4.0},
    "nearest neighbours": {"kernel": False, "sigma": 3.0, "steps": 2000, "self_coupling": 1.5},
}
"""Their settings."""
PLACES = {
    "start_temperature": 0.8,
    "end_temperature": 0.018,
    "self_coupling": 0.4,
    "width": 0.17,
    "slow": 4.0,
    "initial_power": 1.5,
    "diagonal": 0.25,
}
"""Settings for cities in a plane; further settings depend on their number."""
FEW_CITIES = {"steps": 150, "sigma": 0.15, "slow": 1.0}
"""Changes for cities up to `SMALL`."""
NO_PLACES = {"self_coupling": 0.0, "width": 0.0, "sigma": 3.0, "initial_power": 1.0, "diagonal": 0.0}
"""Changes for rough distances, which are not those of points in a plane."""
NO_KERNEL = {
    "steps": 4000,
    "start_temperature": 1.1,
    "end_temperature": 0.06,
    "self_coupling": 0.0,
    "sigma": 0.1,
    "initial_power": 1.0,
    "diagonal": 0.0,
}
"""Settings without a kernel."""
REPORTED = {
    "start_temperature": "hot",
    "end_temperature": "cold",
    "self_coupling": "own",
    "initial_power": "early",
}
"""Names in results of the settings that have another name there."""
AGAIN = 1500  # steps of a repeated anneal of an invalid end state, and of a start near a tour


@dataclass(frozen=True)
class Potts(Formulation[TSP]):
    """Cities are rows, positions in the tour are columns.

    The critical temperature Tc of the ring with nearest neighbours and all weights follow from the instance.
    `kernel`: whether the ring's coupling starts wide and narrows; without it, this is the plain recipe:
    nearest neighbours, geometric cooling, a growing self-coupling. `steps`, `start_temperature`,
    `end_temperature`, `self_coupling`, `width`, `sigma`, `slow`: see `AnnealRecipe`; None means the default,
    which depends on the instance's `size` and `roughness` (see `modes`): distances that are not those of
    points in a plane have no wide rings. `initial_power`: power of the distances at the beginning (1:
    unchanged). `diagonal`: the distance of a city from itself, in units of its nearest neighbour's distance:
    no tour contains it, but a city spread over neighbouring positions does. `ranks`: whether the circuit uses
    the ranks of the distances instead; None: if some are so long that they would hide the others (see
    `obscured`). A quiet anneal of few cities ends in one tour, the best or not: below 12 cities, unless an
    option is given, starts with and without a kernel take turns, both with more noise. `reheats`: largest
    number of repeated anneals of an invalid end state, from T = 0.3 Tc. `tau` in seconds.
    """

    kernel: bool = option(True, "whether the coupling of the ring begins wide and narrows")
    steps: int | None = option(
        None, "number of steps", whole=True, low=1, none="by size and distances of the instance"
    )
    start_temperature: float | None = option(
        None,
        "temperature at the beginning",
        "critical temperature",
        above=0,
        none="by size and distances of the instance",
    )
    end_temperature: float | None = option(
        None,
        "temperature at the end",
        "critical temperature",
        above=0,
        none="by size and distances of the instance",
    )
    self_coupling: float | None = option(
        None, "self-coupling of an output at the end", none="by size and distances of the instance"
    )
    width: float | None = option(
        None,
        "initial width of the coupling",
        "length of the ring",
        low=0,
        none="by size and distances of the instance",
    )
    sigma: float | None = option(
        None,
        "intensity of the noise",
        "temperature per root time constant",
        low=0,
        none="by size and distances of the instance",
    )
    slow: float | None = option(
        None,
        "how much slower the anneal passes its middle",
        above=0,
        none="by size and distances of the instance",
    )
    initial_power: float | None = option(
        None, "power of the distances at the beginning", above=0, none="by size and distances of the instance"
    )
    diagonal: float | None = option(
        None,
        "distance of a city from itself",
        "distance of its nearest neighbour",
        low=0,
        none="by size and distances of the instance",
    )
    ranks: bool | None = option(
        None,
        "whether ranks stand for the distances",
        number=False,
        none="where some distances would hide the others",
    )
    reheats: int = option(3, "largest number of repeated anneals of an invalid end state", low=0)
    tau: float = option(1.0, "time constant of the circuit", "s", above=0)

    name: ClassVar[str] = "potts"
    purpose: ClassVar[str] = "doubly stochastic amplifiers on a narrowing ring: the best tours"

    def encode(self, problem: TSP) -> Encoding:
        """Return the circuit of `problem`, for few cities two that take turns."""
        if problem.size < TINY and self == Potts(reheats=self.reheats, tau=self.tau):
            shares = [(name, replace(self, **given), 1) for name, given in TURNS.items()]
            return TakingTurns(*((name, form.encoded(problem), starts) for name, form, starts in shares))
        return self.encoded(problem)

    def encoded(self, problem: TSP) -> PottsEncoding:
        """Return the single circuit of `problem` with these options."""
        n, d = problem.size, relative(problem.distances)
        rough = roughness(d)
        ranked = obscured(problem.distances) if self.ranks is None else self.ranks
        if ranked:
            d = relative(ranks(problem.distances))
            rough = roughness(d)
        plan = self._plan(n, rough > ROUGH)
        power, self_distance, steps = plan.pop("initial_power"), plan.pop("diagonal"), int(plan.pop("steps"))
        recipe = AnnealRecipe(steps, kernel=self.kernel, **plan)
        A = centred(with_diagonal(d, self_distance))
        modes = leading_modes(A)
        Tc = modes.critical / n
        early = None
        if power != 1.0:
            early = centred(with_diagonal(d**power, self_distance))
            early = early * (modes.critical / leading_modes(early).critical)

        def network(recipe: AnnealRecipe, early: Array | None = None) -> Assignment:
            return recipe.network(A, early, Ring(n, recipe.self_coupling), Tc, self.tau)

        system = network(recipe, early)
        return PottsEncoding(
            problem=problem,
            system=system,
            again=network(recipe.reheated(AGAIN)),
            warm=network(recipe.warm(AGAIN)),
            reheats=self.reheats,
            duration=system.duration,
            tau=self.tau,
            step=system.step,
            parameters={
                "kernel": self.kernel,
                "Tc": Tc,
                "roughness": rough,
                "ranks": ranked,
                "steps": steps,
                "step_tau": STEP,
                **{REPORTED.get(name, name): value for name, value in plan.items()},
                "early": power,
                "diagonal": self_distance,
                "reheats": self.reheats,
            },
            modes=modes,
            amplitude=0.3 * Tc * math.sqrt(n) if self.kernel else 0.0,
            jitter=(1e-4 if self.kernel else 1e-3) * Tc,
        )

    def _plan(self, n: int, rough: bool) -> dict[str, float]:
        """Return the settings for `n` cities: those that are given, and defaults found by measurements."""
        # The first wave around the ring gains self_coupling + 2 cos(2 pi / n): with few cities it condenses
        # at Tc only if slots are coupled to themselves. Slow anneals of few cities all end in one tour, the
        # best or not.
        first = 1.0 - 2.0 * math.cos(2.0 * math.pi / n)
        small = n <= SMALL
        # Below 100 cities there is time for more steps, which allow more noise; above 200 for fewer.
        steps = max(min(1.2e6 / n, 48e3), min(2.4e6 / n, 12e3))
        usual = PLACES | {"steps": steps, "sigma": max(min(100.0 / n, 2.0), 1.0)}
        if not self.kernel:
            plan = NO_KERNEL | ({"steps": 600, "self_coupling": max(0.8, first)} if small else {})
        elif rough:
            plan = usual | NO_PLACES | ({"steps": 2000, "self_coupling": max(0.2, first)} if small else {})
        else:
            plan = usual | (FEW_CITIES | {"self_coupling": max(0.6, first)} if small else {})
        given = {name: getattr(self, name) for name in plan}
        return plan | {name: float(value) for name, value in given.items() if value is not None}


@dataclass(frozen=True, eq=False)
class PottsEncoding(Encoding):
    """A tour as an anneal of n^2 amplifiers.

    `again` is the circuit of repeated anneals of invalid end states, `warm` that of starts near a tour.
    """

    problem: TSP
    system: Assignment
    again: Assignment
    warm: Assignment
    reheats: int
    duration: float
    tau: float
    step: float | None
    parameters: Mapping[str, float | int | str | bool]
    modes: Modes
    amplitude: float
    jitter: float

    def start(self, seed: int, index: NDArray[Any]) -> Array:
        """Return a ring of random phase and sense on the leading modes, with a little noise."""
        n = self.problem.size
        states = np.empty((n * n, len(index)))
        for k, number in enumerate(index):
            rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(int(number),)))
            phase, sense = rng.uniform(0.0, 2.0 * np.pi), rng.choice([-1.0, 1.0])
            ring = self.amplitude * self.modes.ring(n, phase, sense) if self.amplitude else np.zeros((n, n))
            states[:, k] = (ring + self.jitter * rng.standard_normal((n, n))).ravel()
        return states

    @property
    def near_system(self) -> Assignment:
        """The circuit `warm`."""
        return self.warm

    @property
    def reheating(self) -> Reheating:
        """Repeated anneals in the circuit `again`, `reheats` times at most."""
        return Reheating(self.again, self.reheats)

    def start_near(self, answer: Answer, seed: int, index: NDArray[Any]) -> Array:
        """Return the inputs that hold the tour `answer`, with a little noise: a start for `warm`."""
        V = self.system.grid(self.embed(answer))
        held = self.warm.force(0.0, V).reshape(-1, 1)
        noise = [
            np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(int(k),))).standard_normal(
                len(held)
            )
            for k in index
        ]
        return np.asarray(held + self.jitter * np.stack(noise, axis=1))

    def decode(self, outputs: Array) -> Sequence[Raw]:
        """Return the tours: the city at each position."""
        return read_permutations(outputs, "cities", "places")

    def embed(self, answer: Answer) -> Array:
        """Return the permutation matrix of a tour."""
        return permutation_outputs(answer)

    def objective(self, outputs: Array) -> Array:
        """Return sum_xyi V_xi d_xy V_y,i+1, the length of the tour that the outputs represent."""
        V = self.system.grid(outputs)
        return np.asarray(np.sum(V * (self.problem.distances @ np.roll(V, -1, axis=2)), axis=(1, 2)))
