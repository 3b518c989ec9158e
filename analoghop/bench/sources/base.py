"""`Source`: a circuit on the bench, with its knobs and the parts of it that can be broken."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from analoghop.arrays import Array
from analoghop.bench.faults import Fault
from analoghop.systems.base import System

if TYPE_CHECKING:
    from analoghop.circuit.circuit import Circuit
    from analoghop.problems.base import Encoding, Problem


class Knob(NamedTuple):
    """A number that can be turned while the circuit runs.

    `name` is its key in the log, `label` its name on the page and `unit` its unit there. `value` lies between
    `low` and `high`; a `log` knob turns in equal ratios. `whole` knobs take whole numbers only. `mark` is a
    value of interest, such as the critical gain, None without one, and `about` says in a line what it does.
    """

    name: str
    label: str
    value: float
    low: float
    high: float
    log: bool = False
    unit: str = ""
    whole: bool = False
    mark: float | None = None
    about: str = ""


@dataclass(frozen=True, eq=False)
class Built:
    """A source with all its values put in, ready to run.

    `start(seed)` returns the state (n,) at t = 0: with None the circuit's own start, else a random one.
    `tick` is a sensible length of circuit time, in s, for one tick of the bench. `circuit` are the elements
    of a deck; `problem` and `encoding` those of a problem; None without them.
    """

    system: System
    start: Callable[[int | None], Array]
    tick: float
    circuit: Circuit | None = None
    problem: Problem | None = None
    encoding: Encoding | None = None


class Source(ABC):
    """A deck or a problem. Subclasses are frozen dataclasses of texts, so that a log can carry them."""

    @property
    @abstractmethod
    def title(self) -> str:
        """One line that names the circuit."""

    @property
    @abstractmethod
    def knobs(self) -> tuple[Knob, ...]:
        """The knobs of this source alone, at their nominal values."""

    @property
    def best_known(self) -> float | None:
        """The best known cost of an answer; None if unknown, and for decks."""
        return None

    @abstractmethod
    def build(self, values: Mapping[str, float], faults: tuple[Fault, ...]) -> Built:
        """Return the circuit with `values` of its own knobs, and with those `faults` that concern parts.

        Raises `InputError` for values and faults that the circuit cannot have.
        """

    @abstractmethod
    def to_dict(self) -> dict[str, Any]:
        """Return the source as plain values for a log; `source_of` reads them."""
