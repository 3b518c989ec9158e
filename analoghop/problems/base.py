"""`Problem`, `Formulation`, `Encoding`, `Verdict`: from an instance to a circuit, and back to an answer."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, Literal, TypeVar

from numpy.typing import NDArray

from analoghop.arrays import Array
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
    whether a low or a high cost is better. Instances with equal data are equal.
    """

    kind: ClassVar[str]
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


@dataclass(frozen=True)
class Raw:
    """What one end state says: the answer, or None with what it violates where it says nothing valid."""

    answer: Answer | None
    violations: Mapping[str, int] = field(default_factory=dict)


class Encoding(ABC):
    """A circuit for one instance. Arrays are (rows, members).

    `system` runs for `duration` (s of the circuit; `tau` is its time constant) with the fixed step `step`
    where the formulation was validated with one, else None. `parameters` are the numbers that were chosen.
    Laws: `decode(embed(a))` is `a` up to the problem's own symmetry; `objective(embed(a)) == cost(a)` up to a
    constant where there is an objective. `decode` never repairs.
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


class Formulation(ABC, Generic[P]):
    """A way to make a circuit of a problem: a frozen dataclass whose fields are its options.

    `name` is the word of the command line; `purpose` one line on what it is for.
    """

    name: ClassVar[str]
    purpose: ClassVar[str]

    @abstractmethod
    def encode(self, problem: P) -> Encoding:
        """Return the circuit of `problem`. Raises `InputError` for an instance that this way cannot take."""
