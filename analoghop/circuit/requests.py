"""The analyses that a deck requests: transient, `.dc`, `.ac`, `.noise`, sweeps, measurements, as records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from analoghop.circuit.expressions import Expr


class Tran(NamedTuple):
    """`.tran`: times in seconds; `max_step` None leaves the step to the engine; `uic` starts from IC=/.ic."""

    step: float
    stop: float
    start: float = 0.0
    max_step: float | None = None
    uic: bool = False


class Sweep(NamedTuple):
    """One run for each of `values` of the parameter or element called `name`."""

    name: str
    values: tuple[float, ...]


class MonteCarlo(NamedTuple):
    """`*!analoghop mc`: `parts` circuits whose parts scatter, drawn from `seed`.

    `scatter` has the other settings as they are written, keys of the table `[tolerance]` of a study.
    """

    parts: int
    seed: int = 0
    scatter: tuple[tuple[str, str], ...] = ()


class SweptSource(NamedTuple):
    """`.dc`: the source, resistor or parameter `name` goes from `start` to `stop` in steps of `step`."""

    name: str
    start: float
    stop: float
    step: float


class Frequencies(NamedTuple):
    """From `start` to `stop` in Hz: `points` in each decade ("dec") or octave ("oct"), or in all ("lin")."""

    kind: Literal["dec", "oct", "lin"]
    points: int
    start: float
    stop: float


class NoiseRequest(NamedTuple):
    """`.noise`: the noise of V(node, reference), also referred to `source`; the deck's temperature."""

    node: str
    reference: str
    source: str
    frequencies: Frequencies
    celsius: float = 27.0


@dataclass(frozen=True, slots=True)
class Instant:
    """A given time in seconds."""

    time: float


@dataclass(frozen=True, slots=True)
class Crossing:
    """The moment when `left` crosses `right`.

    `edge`: "rise" (left goes from below to above), "fall", or "cross" (either). `count` is 1 for the first
    such moment, 2 for the second ..., 0 for the last. Earlier times than `after` (TD=, seconds) are ignored.
    """

    left: Expr
    right: Expr
    edge: Literal["rise", "fall", "cross"] = "cross"
    count: int = 1
    after: float = 0.0


When = Instant | Crossing
Statistic = Literal["max", "min", "avg", "rms", "integ", "pp", "max_at", "min_at"]


@dataclass(frozen=True, slots=True)
class FindMeasure:
    """FIND `quantity` at `when`; if `quantity` is None (WHEN alone), the time of `when`.

    A crossing counts only within `start`..`stop` (FROM=, TO=; seconds, None is the end of the run).
    """

    name: str
    quantity: Expr | None
    when: When
    start: float = 0.0
    stop: float | None = None


@dataclass(frozen=True, slots=True)
class StatisticMeasure:
    """MAX, MIN, AVG, RMS, INTEG, PP (max - min), MAX_AT, MIN_AT (times) of `quantity`, `start` to `stop`."""

    name: str
    statistic: Statistic
    quantity: Expr
    start: float = 0.0
    stop: float | None = None


@dataclass(frozen=True, slots=True)
class IntervalMeasure:
    """TRIG .. TARG: the time of `target` minus the time of `trigger`, in seconds."""

    name: str
    trigger: When
    target: When


@dataclass(frozen=True, slots=True)
class DerivedMeasure:
    """PARAM='expression': the variables are names of other measurements."""

    name: str
    expression: Expr


Measure = FindMeasure | StatisticMeasure | IntervalMeasure | DerivedMeasure


def expressions(measure: Measure) -> tuple[Expr, ...]:
    """Return the expressions of signals that `measure` observes; none for a derived one."""
    if isinstance(measure, DerivedMeasure):
        return ()
    if isinstance(measure, StatisticMeasure):
        return (measure.quantity,)
    whens = (measure.when,) if isinstance(measure, FindMeasure) else (measure.trigger, measure.target)
    found = [e for when in whens if isinstance(when, Crossing) for e in (when.left, when.right)]
    if isinstance(measure, FindMeasure) and measure.quantity is not None:
        found.insert(0, measure.quantity)
    return tuple(found)
