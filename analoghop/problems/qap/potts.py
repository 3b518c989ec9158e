"""`PottsQAP` for quadratic assignment: doubly stochastic amplifiers, facilities against locations."""

from __future__ import annotations

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
from analoghop.problems.qap.few import CIRCUITS, FEW, circuit, split
from analoghop.problems.qap.instance import QAP
from analoghop.problems.qap.modes import critical_temperature
from analoghop.problems.turns import TakingTurns
from analoghop.systems.assignment.anneal_signals import Hardening
from analoghop.systems.assignment.assignment import Assignment
from analoghop.systems.assignment.column_coupling import PlaceTable

JITTER = 1e-3
"""Standard deviation of the initial inputs, in units of the critical temperature."""
SOME, LOUD = 28, 6.0
"""Number of facilities below which every second start has more noise, and its intensity."""
DECISIVE = 10.0
"""Late self-coupling in repeated anneals of an invalid end state: it decides between equal outputs."""


@dataclass(frozen=True)
class PottsQAP(Formulation[QAP]):
    """Locations are rows, facilities are columns: the force is -(B V A^T + B^T V A) + g V.

    Both matrices are shifted to mean zero and scaled to standard deviation one, which changes all costs
    equally; if one is symmetric the other is replaced by its symmetric part, which changes no cost.
    `self_coupling` is added to the diagonal of B, in units of its largest eigenvalue: it adds a constant to
    the costs of all permutations, and changes the cost of a facility spread over several locations. The
    critical temperature Tc, at which the uniform state becomes unstable, follows from the instance. `steps`,
    `start_temperature`, `end_temperature`, `sigma`, `slow`: see `AnnealRecipe`. `reheats`: largest number of
    repeated anneals of an invalid end state, in `again` steps from T = 0.3 Tc. `tau` in seconds. A quiet
    anneal of few facilities ends in one assignment, the best or not: below 12 facilities, unless an option is
    given, two circuits with much more noise take turns (see `few`); of 12 to 27 facilities every second start
    has a `sigma` of 6.
    """

    steps: int = option(4000, "number of steps", low=1)
    start_temperature: float = option(1.1, "temperature at the beginning", "critical temperature", above=0)
    end_temperature: float = option(0.018, "temperature at the end", "critical temperature", above=0)
    sigma: float = option(1.0, "intensity of the noise", "temperature per root time constant", low=0)
    slow: float = option(4.0, "how much slower the anneal passes its middle", above=0)
    self_coupling: float = option(
        0.05, "self-coupling added to the distances", "largest eigenvalue of the distances"
    )
    again: int = option(1500, "steps of a repeated anneal", low=1)
    reheats: int = option(3, "largest number of repeated anneals of an invalid end state", low=0)
    tau: float = option(1.0, "time constant of the circuit", "s", above=0)

    name: ClassVar[str] = "potts"
    purpose: ClassVar[str] = "doubly stochastic amplifiers, annealed"

    def encode(self, problem: QAP) -> Encoding:
        """Return the circuit of `problem`, below 28 facilities two that take turns."""
        usual = self.encoded(problem)
        if problem.size >= SOME or self != PottsQAP(reheats=self.reheats, tau=self.tau):
            return usual
        if problem.size >= FEW:
            loud = replace(self, sigma=LOUD).encoded(problem)
            return TakingTurns((self.name, usual, 1), (f"noisy {self.name}", loud, 1))
        terms, shares = split(problem), []
        for name, settings in CIRCUITS.items():
            system, Tc = circuit(terms, settings, self.tau)
            told = dict(usual.parameters) | {"Tc": Tc, "steps": settings["steps"], "sigma": settings["sigma"]}
            told |= {"own": settings["self_coupling"]}
            told |= {"hot": settings.get("start_temperature", AnnealRecipe.start_temperature)}
            told |= {"cold": settings.get("end_temperature", AnnealRecipe.end_temperature)}
            one = replace(usual, system=system, duration=system.duration, parameters=told, jitter=JITTER * Tc)
            shares.append((name, one, 1))
        return TakingTurns(*shares)

    def encoded(self, problem: QAP) -> PottsQAPEncoding:
        """Return the single circuit of `problem` with these options."""
        A, B = problem.A, problem.B
        if problem.symmetric:
            A, B = 0.5 * (A + A.T), 0.5 * (B + B.T)
        A, B = _standardised(A), _standardised(B)
        B = B + self.self_coupling * float(np.linalg.norm(B, 2)) * np.eye(len(B))
        Tc = critical_temperature(A, B)
        recipe = AnnealRecipe(
            self.steps,
            start_temperature=self.start_temperature,
            end_temperature=self.end_temperature,
            sigma=self.sigma,
            slow=self.slow,
        )
        places = PlaceTable(A)
        system = recipe.network(B, None, places, Tc, self.tau)
        again = recipe.reheated(self.again).network(B, None, places, Tc, self.tau)
        assert isinstance(again.self_coupling, Hardening), "the recipe's own"
        again = replace(again, self_coupling=replace(again.self_coupling, late=DECISIVE * Tc))
        warm = recipe.warm(self.again).network(B, None, places, Tc, self.tau)
        parameters: dict[str, float | int | str | bool] = {
            "Tc": Tc,
            "steps": self.steps,
            "step_tau": STEP,
            "hot": self.start_temperature,
            "cold": self.end_temperature,
            "sigma": self.sigma,
            "slow": self.slow,
            "own": self.self_coupling,
            "reheats": self.reheats,
        }
        return PottsQAPEncoding(
            problem=problem,
            system=system,
            again=again,
            warm=warm,
            reheats=self.reheats,
            duration=system.duration,
            tau=self.tau,
            step=system.step,
            parameters=parameters,
            jitter=JITTER * Tc,
        )


def _standardised(matrix: Array) -> Array:
    """Return `matrix` minus its mean, divided by its standard deviation unless that is 0."""
    shifted = matrix - matrix.mean()
    deviation = float(np.sqrt(np.mean(shifted**2)))
    flat = deviation <= 1e-12 * np.abs(matrix).max(initial=0.0)
    return np.zeros_like(matrix) if flat else np.asarray(shifted / deviation)


@dataclass(frozen=True, eq=False)
class PottsQAPEncoding(Encoding):
    """An assignment as an anneal of n^2 amplifiers.

    `again`: the circuit of repeated anneals of invalid end states; `warm`: that of starts near an answer.
    """

    problem: QAP
    system: Assignment
    again: Assignment
    warm: Assignment
    reheats: int
    duration: float
    tau: float
    step: float | None
    parameters: Mapping[str, float | int | str | bool]
    jitter: float

    def start(self, seed: int, index: NDArray[Any]) -> Array:
        """Return random inputs near zero."""
        return self.jitter * _noise(self.system.size, seed, index)

    @property
    def near_system(self) -> Assignment:
        """The circuit `warm`."""
        return self.warm

    @property
    def reheating(self) -> Reheating:
        """Repeated anneals in the circuit `again`, `reheats` times at most."""
        return Reheating(self.again, self.reheats)

    def start_near(self, answer: Answer, seed: int, index: NDArray[Any]) -> Array:
        """Return the inputs that hold the permutation `answer`, with a little noise: a start for `warm`."""
        held = self.warm.force(0.0, self.system.grid(self.embed(answer))).reshape(-1, 1)
        return np.asarray(held + self.jitter * _noise(self.system.size, seed, index))

    def decode(self, outputs: Array) -> Sequence[Raw]:
        """Return the permutations: location by facility."""
        return read_permutations(outputs, "locations", "facilities")

    def embed(self, answer: Answer) -> Array:
        """Return the permutation matrix of an assignment."""
        return permutation_outputs(answer)

    def objective(self, outputs: Array) -> Array:
        """Return sum A[i, j] V_xi B[x, y] V_yj, the cost of the assignment that the outputs represent."""
        V = self.system.grid(outputs)
        return np.asarray(np.sum(V * (self.problem.B @ V @ self.problem.A.T), axis=(1, 2)))


def _noise(size: int, seed: int, index: NDArray[Any]) -> Array:
    """Return independent normal numbers (size, members); a member's depend on `seed` and its index alone."""
    keys = (np.random.SeedSequence(seed, spawn_key=(int(k),)) for k in index)
    return np.stack([np.random.default_rng(key).standard_normal(size) for key in keys], axis=1)
