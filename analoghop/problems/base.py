"""`Problem`, `Formulation`, `Encoding`, `Verdict`: from an instance to a circuit, and back to an answer."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, Literal, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Array
from analoghop.errors import InputError
from analoghop.limits import Limits
from analoghop.records import ValueRecord
from analoghop.systems.base import System

P = TypeVar("P", bound="Problem")
Answer = Any
"""What a problem's `verify` takes: an order of cities, a permutation, a colour per vertex ..."""


@dataclass(frozen=True)
class Verdict:
    """Whether an answer is valid, what it costs (None where that makes no sense), and what it violates.

    `violations` counts per constraint; a valid answer violates nothing.
    """

    valid: bool
    cost: float | None
    violations: Mapping[str, int] = field(default_factory=dict)


class Problem(ValueRecord, ABC):
    """An instance. `verify` judges an answer from the instance's own data and knows no encoding.

    `kind` is the word of the command line, `cost_name` the noun for the cost of an answer, and `sense` says
    whether a low or a high cost is better. `polishers` are the names of its local searches. Instances with
    equal data are equal.
    """

    kind: ClassVar[str]
    polishers: ClassVar[tuple[str, ...]] = ()
    cost_name: ClassVar[str] = "cost"
    sense: Literal["min", "max"] = "min"

    @property
    @abstractmethod
    def name(self) -> str:
        """Name of the instance."""

    @property
    @abstractmethod
    def size(self) -> int:
        """Number of cities, vertices, variables ..."""

    @property
    def best_known(self) -> float | None:
        """The best cost known, None where nobody knows one."""
        return None

    @abstractmethod
    def verify(self, answer: Answer) -> Verdict:
        """Return the verdict on `answer`. Raises `InputError` for something that is no answer at all."""

    @property
    def notices(self) -> tuple[str, ...]:
        """What was left out of the instance on reading it."""
        return ()

    @property
    def facts(self) -> Mapping[str, Any]:
        """Further keys that results report beside the size."""
        return {}

    @property
    def figures(self) -> Mapping[str, float | int | str | bool]:
        """Numbers of the instance that results report beside the parameters of the circuit."""
        return {}

    def describe_violations(self, answer: Answer) -> Sequence[str]:
        """Return each place where `answer` breaks a constraint, in a few words; empty for a valid answer."""
        return ()

    def baselines(self, seed: int, limits: Limits) -> Mapping[str, float]:
        """Return the costs that plain digital methods reach, by name, to judge a circuit's answers against.

        Each method asks `limits.over` every 0.1 s or more often. Where the time is up it gives the best that
        it has found so far; a method that has found nothing is left out.
        """
        return {}

    def polish(self, method: str, answer: Answer) -> Answer:
        """Return the result of the local search `method`, one of `polishers`, from a valid `answer`."""
        raise InputError(f"`polish` is {method!r}, and this problem has no local search")

    def random_answer(self, rng: np.random.Generator) -> Answer:
        """Return a valid answer at random; defined where there are `polishers`."""
        raise InputError("this problem has no answers at random")


@dataclass(frozen=True)
class Raw:
    """What one end state says: the answer, or None with what it violates where it says nothing valid."""

    answer: Answer | None
    violations: Mapping[str, int] = field(default_factory=dict)


class Reheating(NamedTuple):
    """How an invalid end state anneals on: from its states in `machine`, up to `times` times."""

    machine: System
    times: int


class Encoding(ABC):
    """A circuit for one instance. Arrays are (rows, members).

    `system` runs for `duration` (s of the circuit; `tau` is its time constant) with the fixed step `step`
    where the formulation was validated with one, else None. `parameters` are the numbers that were chosen.
    Laws: `decode(embed(a))` is `a` up to the problem's own symmetry; `objective(embed(a)) == cost(a)` up to a
    constant where there is an objective. `decode` never repairs.

    What an encoding may have beyond that, with its default:

    | power | what it is for | default |
    |---|---|---|
    | `objective` | the cost as a function of the outputs | None |
    | `start_near` | starts near an answer | refused |
    | `near_system` | the circuit of such starts, which does not forget the answer | `system` |
    | `reheating` | how invalid end states anneal on | they do not |
    | `ring` | outputs that are a ring of nodes on a map | they are not |
    """

    system: System
    duration: float
    tau: float
    step: float | None
    parameters: Mapping[str, float | int | str | bool]

    @abstractmethod
    def start(self, seed: int, index: NDArray[Any]) -> Array:
        """Return the states (size, len(index)) from which the trajectories numbered `index` begin.

        A function of (seed, index) alone: the same on every engine, whatever the order or the batch.
        """

    @abstractmethod
    def decode(self, outputs: Array) -> Sequence[Raw]:
        """Return what each column of the amplifier outputs (n_outputs, members) says, unrepaired."""

    @abstractmethod
    def embed(self, answer: Answer) -> Array:
        """Return the outputs (n_outputs, 1) that stand for `answer`."""

    def objective(self, outputs: Array) -> Array | None:
        """Return the cost in the instance's units as a function of the outputs, (members,), where defined."""
        return None

    def start_near(self, answer: Answer, seed: int, index: NDArray[Any]) -> Array:
        """Return the states (size, len(index)) near `answer` from which trajectories of `near_system` begin.

        Raises `InputError` where the formulation cannot begin near an answer.
        """
        raise InputError("this formulation cannot begin near an answer: leave out `start`")

    @property
    def near_system(self) -> System:
        """The circuit in which starts near an answer run."""
        return self.system

    @property
    def reheating(self) -> Reheating | None:
        """How an invalid end state anneals on, None where it does not."""
        return None

    def ring(self, outputs: Array) -> Array | None:
        """Return the ring's nodes (members, nodes, 2) in the instance's coordinates; None where it has
        none."""
        return None


class Formulation(ABC, Generic[P]):
    """A way to make a circuit of a problem: a frozen dataclass whose fields are its options.

    `name` is the word of the command line; `purpose` one line on what it is for.

    What a formulation may have beyond `encode`, with its default:

    | power | what it is for | default |
    |---|---|---|
    | `paced` | anneals as long as there is time for | their length stays |
    | `weights`, `weighted` | a weight of penalties that has to be found by trial | there is none |
    """

    name: ClassVar[str]
    purpose: ClassVar[str]

    @abstractmethod
    def encode(self, problem: P) -> Encoding:
        """Return the circuit of `problem`. Raises `InputError` for an instance that this way cannot take."""

    def paced(self, seconds: float) -> Formulation[P]:
        """Return the same for `seconds` of compiled steps for all starts together."""
        return self

    def weights(self, problem: P) -> Sequence[float]:
        """Return the weights of penalties to try, in this order; none where there is nothing to find."""
        return ()

    def weighted(self, weight: float) -> Formulation[P]:
        """Return the same with the weight of penalties `weight`."""
        return self
