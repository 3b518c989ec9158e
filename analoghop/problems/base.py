"""`Problem`, `Formulation`, `Encoding`, `Verdict`: from an instance to a circuit, and back to an answer."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, Literal, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Array
from analoghop.errors import InputError
from analoghop.limits import Limits
from analoghop.problems.option import check_options
from analoghop.records import ValueRecord
from analoghop.systems.base import System

P = TypeVar("P", bound="Problem")
Answer = Any
"""The argument of a problem's `verify`: an order of cities, a permutation, a colour per vertex ..."""


@dataclass(frozen=True)
class Verdict:
    """Whether an answer is valid, its cost (None if undefined), and its violations.

    `violations` counts per constraint; a valid answer has none.
    """

    valid: bool
    cost: float | None
    violations: Mapping[str, int] = field(default_factory=dict)


class Problem(ValueRecord, ABC):
    """An instance. `verify` judges an answer by the instance's own data, independently of any encoding.

    `kind` is the word of the command line, `cost_name` the noun for the cost of an answer, and `sense` is
    "min" if a low cost is better, "max" if a high one is. `polishers` are the names of its local searches.
    Instances with equal data are equal.
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
        """The best known cost, None if unknown."""
        return None

    @abstractmethod
    def verify(self, answer: Answer) -> Verdict:
        """Return the verdict on `answer`. Raises `InputError` for a value that is not an answer."""

    @property
    def notices(self) -> tuple[str, ...]:
        """Notices about data that were left out when the instance was read."""
        return ()

    @property
    def labels(self) -> tuple[Hashable, ...]:
        """The names of cities, vertices or variables in the order of their numbers, () if they have none."""
        return ()

    def labelled(self, answer: Answer) -> Any:
        """Return `answer` by names: a dictionary of values by label, or by number where there is none."""
        values = answer.tolist() if isinstance(answer, np.ndarray) else list(answer)
        return dict(zip(self.labels or range(len(values)), values, strict=True))

    @property
    def facts(self) -> Mapping[str, Any]:
        """Further keys of a result's report, beside the size."""
        return {}

    @property
    def figures(self) -> Mapping[str, float | int | str | bool]:
        """Numbers of the instance in a result's report, beside the parameters of the circuit."""
        return {}

    def describe_violations(self, answer: Answer) -> Sequence[str]:
        """Return a short description of each violated constraint; empty for a valid answer."""
        return ()

    def baselines(self, seed: int, limits: Limits) -> Mapping[str, float]:
        """Return the costs that standard digital methods reach, by name, for comparison with a circuit.

        Each method checks `limits.over` every 0.1 s or more often. When the limits are over it returns its
        best cost so far; a method without a result is left out.
        """
        return {}

    def polish(self, method: str, answer: Answer) -> Answer:
        """Return the result of the local search `method`, one of `polishers`, from a valid `answer`."""
        raise InputError(f"`polish` is {method!r}, and this problem has no local search")

    def random_answer(self, rng: np.random.Generator) -> Answer:
        """Return a random valid answer; defined for problems with `polishers`."""
        raise InputError("this problem has no random answers")


@dataclass(frozen=True)
class Raw:
    """The decoded end state: an answer, or None and the violations if the state is not an answer."""

    answer: Answer | None
    violations: Mapping[str, int] = field(default_factory=dict)


class Turn(NamedTuple):
    """A circuit that takes turns with others, and its `name` in results."""

    name: str
    encoding: Encoding


class Reheating(NamedTuple):
    """Repeated anneals of an invalid end state: from that state in `machine`, up to `times` times.

    `later` are the circuits of the second and further anneals, the last of them of all that follow; empty if
    all run in `machine`.
    """

    machine: System
    times: int
    later: tuple[System, ...] = ()

    def circuit(self, number: int) -> System:
        """Return the circuit of the repeated anneal `number`, from 1 on."""
        circuits = (self.machine, *self.later)
        return circuits[min(number, len(circuits)) - 1]


class Encoding(ABC):
    """A circuit for one instance. Arrays are (rows, members).

    `system` runs for `duration` (s of the circuit; `tau` is its time constant) with the fixed step `step`,
    None if the formulation has no fixed step. `parameters` are the chosen numbers. Laws: `decode(embed(a))`
    is `a` up to the problem's own symmetry; `objective(embed(a)) == cost(a)` up to a constant if there is an
    objective. `decode` never repairs.

    Optional methods of an encoding, with their defaults:

    | method | purpose | default |
    |---|---|---|
    | `objective` | the cost as a function of the outputs | None |
    | `start_near` | starts near an answer | raises `InputError` |
    | `near_system` | the circuit of such starts, which preserves the answer | `system` |
    | `reheating` | repeated anneals of invalid end states | None |
    | `ring` | outputs as a ring of nodes on a map | None |
    | `turns` | circuits that share the starts | every start runs in this circuit |
    | `searching` | whether a start may be ended at any time | False |
    """

    system: System
    duration: float
    tau: float
    step: float | None
    parameters: Mapping[str, float | int | str | bool]

    @abstractmethod
    def start(self, seed: int, index: NDArray[Any]) -> Array:
        """Return the initial states (size, len(index)) of the trajectories numbered `index`.

        A function of (seed, index) alone: equal on every engine, for any order and batch.
        """

    @abstractmethod
    def decode(self, outputs: Array) -> Sequence[Raw]:
        """Return the answer in each column of the amplifier outputs (n_outputs, members), without repair."""

    @abstractmethod
    def embed(self, answer: Answer) -> Array:
        """Return the outputs (n_outputs, 1) that represent `answer`."""

    def objective(self, outputs: Array) -> Array | None:
        """Return the cost of the outputs in the instance's units, (members,), None if undefined."""
        return None

    def start_near(self, answer: Answer, seed: int, index: NDArray[Any]) -> Array:
        """Return initial states (size, len(index)) near `answer` for trajectories of `near_system`.

        Raises `InputError` if the formulation cannot start near an answer.
        """
        raise InputError("this formulation cannot begin near an answer: leave out `start`")

    @property
    def near_system(self) -> System:
        """The circuit in which starts near an answer run."""
        return self.system

    @property
    def reheating(self) -> Reheating | None:
        """Repeated anneals of an invalid end state, None for none."""
        return None

    def ring(self, outputs: Array) -> Array | None:
        """Return the ring's nodes (members, nodes, 2) in the instance's coordinates; None without a ring."""
        return None

    @property
    def turns(self) -> Sequence[Turn]:
        """Circuits that share the starts: start number k runs in `turns[k % len(turns)]`.

        Empty: every start runs in this circuit. Starts near an answer always do. See `problems.turns`.
        """
        return ()

    @property
    def searching(self) -> bool:
        """Whether a start may be ended at any time: circuits that take turns then share a time limit."""
        return False


class Formulation(ABC, Generic[P]):
    """A mapping of a problem to a circuit: a frozen dataclass whose fields are its options, made by `option`.

    Raises `InputError` for an option outside of its range. `name` is the word of the command line; `purpose`
    describes its use in one line.

    Optional methods of a formulation, with their defaults:

    | method | purpose | default |
    |---|---|---|
    | `paced` | anneals whose length fits a time limit | `self` |
    | `weights`, `weighted` | a weight of penalties that has to be found by trial | no weights |
    """

    name: ClassVar[str]
    purpose: ClassVar[str]

    def __post_init__(self) -> None:
        check_options(self)

    @abstractmethod
    def encode(self, problem: P) -> Encoding:
        """Return the circuit of `problem`. Raises `InputError` for an instance that does not fit."""

    def paced(self, seconds: float) -> Formulation[P]:
        """Return the formulation whose anneals, all together, need about `seconds` of compiled steps."""
        return self

    def weights(self, problem: P) -> Sequence[float]:
        """Return the weights of penalties to try, in this order; empty if no weight has to be found."""
        return ()

    def weighted(self, weight: float) -> Formulation[P]:
        """Return the formulation with the weight of penalties `weight`."""
        return self
