"""Formulations of satisfiability: clauses with adaptive weights, and the published gradient flow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Array
from analoghop.ensembles.streams import normal
from analoghop.problems.base import Answer, Encoding, Formulation, Raw
from analoghop.problems.option import option
from analoghop.problems.satisfiability.instance import Satisfiability
from analoghop.problems.turns import TakingTurns
from analoghop.systems.machines.adaptive_clauses import ClauseCircuit
from analoghop.systems.machines.clause_machine import ClauseMachine
from analoghop.systems.machines.clauses import Clauses
from analoghop.systems.machines.lagrange import Lagrange
from analoghop.systems.machines.memcomputing import Memcomputing
from analoghop.systems.machines.satisfaction import Satisfaction

CHECK_EVERY = 10
"""Steps between two checks whether all clauses hold."""
LONGER = 10.0
"""Longest duration of digital memcomputing that takes turns with clauses, in units of theirs."""


def clauses_of(problem: Satisfiability) -> Clauses:
    """Return the clauses of `problem` in the form of the circuits."""
    first, variables, signs = problem.literals
    return Clauses(problem.variables, first, variables, signs.astype(np.float64))


@dataclass(frozen=True)
class ClauseEncoding(Encoding):
    """Amplifiers whose signs are the truth values; initial inputs: `spread` times normal numbers, below 1."""

    problem: Satisfiability
    system: ClauseMachine
    spread: float
    parameters: Mapping[str, float | int | str | bool]

    @property
    def duration(self) -> float:  # type: ignore[override]
        """Largest duration, in seconds of the circuit."""
        return self.system.duration

    @property
    def step(self) -> float:  # type: ignore[override]
        """The fixed step of the machine."""
        return self.system.step

    tau = 1.0
    searching = True

    def start(self, seed: int, index: NDArray[Any]) -> Array:
        """Return small random inputs, and weights of 1."""
        n = self.problem.size
        states = np.ones((self.system.size, len(index)))
        states[:n] = np.tanh(self.spread * normal(seed, index, n))
        return states

    def decode(self, outputs: Array) -> Sequence[Raw]:
        """Return the truth values; every state gives some."""
        return [Raw(tuple(column)) for column in (outputs > 0).T.tolist()]

    def embed(self, answer: Answer) -> Array:
        """Return 1 for true and -1 for false."""
        return np.where(np.asarray(answer, dtype=bool), 1.0, -1.0)[:, None]

    def objective(self, outputs: Array) -> Array:
        """Return the sum of K over the clauses: for truth values the number of violated clauses."""
        products, _ = clauses_of(self.problem).products(outputs)
        return np.asarray(products.sum(axis=0))


@dataclass(frozen=True)
class AdaptiveClauses(Formulation[Satisfiability]):
    """Amplifiers of fixed gain driven by clauses; the weight of a violated clause grows (see the system).

    `sigma`: intensity of the noise; `eta`, `delta`: rates of growth and decay of the weights; `duration`: the
    longest, in time constants. Formulas of structure, such as those of colourings, this circuit hardly ever
    satisfies, digital memcomputing does: `others` starts of that circuit (`MemcomputingForm`), ten times as
    long at most, follow each start of this one; 0 for none.
    """

    gain: float = option(5.0, "gain of the amplifiers", above=0)
    sigma: float = option(0.2, "intensity of the noise", "u per root time constant", low=0)
    eta: float = option(1.0, "rate at which the weight of a violated clause grows", "1/time constant", low=0)
    delta: float = option(0.02, "rate at which weights fall back to 1", "1/time constant", low=0)
    step: float = option(0.2, "length of a step", "time constants", above=0)
    duration: float = option(4000.0, "longest duration", "time constants", above=0)
    others: int = option(
        1, "starts of digital memcomputing after each start of this circuit", whole=True, low=0
    )

    name: ClassVar[str] = "clauses"
    purpose: ClassVar[str] = "noisy amplifiers and clauses whose weights adapt, by turns with memcomputing"

    def encode(self, problem: Satisfiability) -> Encoding:
        """Return the circuit of `problem`, and that of digital memcomputing where they take turns."""
        alone = self.encoded(problem)
        if not self.others:
            return alone
        other = MemcomputingForm(duration=LONGER * self.duration)
        return TakingTurns((self.name, alone, 1), (other.name, other.encode(problem), self.others))

    def encoded(self, problem: Satisfiability) -> ClauseEncoding:
        """Return the single circuit of `problem` with these options."""
        system = ClauseCircuit(
            clauses_of(problem),
            self.gain,
            self.sigma,
            self.eta,
            self.delta,
            self.duration,
            self.step,
            CHECK_EVERY,
        )
        names = ("gain", "sigma", "eta", "delta", "step", "duration")
        return ClauseEncoding(problem, system, 0.01, {name: getattr(self, name) for name in names})


@dataclass(frozen=True)
class GradientFlow(Formulation[Satisfiability]):
    """Continuous-time satisfiability of Ercsey-Ravasz & Toroczkai (2011): no noise, weights that only grow.

    `step` in time constants at most, and no longer than an amplifier needs to move by `reach`; `duration`
    counts full steps.
    """

    step: float = option(10.0, "longest step", "time constants", above=0)
    reach: float = option(0.1, "largest change of an amplifier in a step", above=0)
    duration: float = option(200000.0, "longest duration", "time constants", above=0)

    name: ClassVar[str] = "satisfaction"
    purpose: ClassVar[str] = (
        "gradient flow with exponentially growing weights (Ercsey-Ravasz & Toroczkai 2011)"
    )

    def encode(self, problem: Satisfiability) -> ClauseEncoding:
        """Return the circuit of `problem`."""
        system = Satisfaction(clauses_of(problem), self.duration, self.step, self.reach, CHECK_EVERY)
        names = ("step", "reach", "duration")
        return ClauseEncoding(problem, system, 1.0, {name: getattr(self, name) for name in names})


@dataclass(frozen=True)
class MemcomputingForm(Formulation[Satisfiability]):
    """Digital memcomputing of Bearden, Pei & Di Ventra (2020): a short and a long memory for each clause.

    `step` in time constants; `zeta` as in the paper, `duration` the longest, in time constants; the other
    constants are the paper's.
    """

    step: float = option(0.1, "length of a step", "time constants", above=0)
    zeta: float = option(0.1, "weight of the rigidity, zeta of the paper", low=0)
    duration: float = option(4000.0, "longest duration", "time constants", above=0)

    name: ClassVar[str] = "memcomputing"
    purpose: ClassVar[str] = "digital memcomputing (Bearden, Pei & Di Ventra 2020)"

    def encode(self, problem: Satisfiability) -> ClauseEncoding:
        """Return the circuit of `problem`."""
        system = Memcomputing(
            clauses_of(problem), self.duration, self.step, zeta=self.zeta, check_every=CHECK_EVERY
        )
        names = ("step", "zeta", "duration")
        return ClauseEncoding(problem, system, 1.0, {name: getattr(self, name) for name in names})


@dataclass(frozen=True)
class LagrangeOscillators(Formulation[Satisfiability]):
    """Oscillators with a Lagrange unit for each clause (LagONN, Delacour et al. 2025, arXiv:2505.07179).

    `rate` of the units, `sigma` of the noise of the phases, `step` and the longest `duration` in time
    constants.
    """

    rate: float = option(0.5, "rate of the Lagrange units", "1/time constant", low=0)
    sigma: float = option(0.2, "noise of the phases", "rad per root time constant", low=0)
    step: float = option(0.1, "length of a step", "time constants", above=0)
    duration: float = option(4000.0, "longest duration", "time constants", above=0)

    name: ClassVar[str] = "lagrange"
    purpose: ClassVar[str] = "oscillators and a Lagrange unit for each clause (LagONN, Delacour et al. 2025)"

    def encode(self, problem: Satisfiability) -> ClauseEncoding:
        """Return the circuit of `problem`."""
        system = Lagrange(clauses_of(problem), self.duration, self.step, self.rate, self.sigma, CHECK_EVERY)
        names = ("rate", "sigma", "step", "duration")
        return ClauseEncoding(problem, system, 1.0, {name: getattr(self, name) for name in names})


FORMULATIONS: Mapping[str, type[Formulation[Satisfiability]]] = {
    form.name: form for form in (AdaptiveClauses, GradientFlow, MemcomputingForm, LagrangeOscillators)
}
"""Formulations by the word of the command line, the default first."""
