"""`BifurcationDiagram`: branches of equilibria along a parameter, and the points where they change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array, Integers
from analoghop.display import picture
from analoghop.records import Brief
from analoghop.study.continuation.orbits import OrbitBranch
from analoghop.study.findings import Fact, Findings

if TYPE_CHECKING:
    from matplotlib.figure import Figure

KINDS = ("fold", "pitchfork", "transcritical", "crossing", "Hopf")
"""Kinds of special points; a "crossing" has a kernel of several dimensions."""


@dataclass(frozen=True, eq=False)
class DiagramBranch(Brief):
    """A branch: `values` (k,) of the parameter, `states` (n, k), `outputs` (m, k) in order along it.

    `growth` (k,) is the largest real part of the eigenvalues in 1/s, `unstable` (k,) the number of
    eigenvalues with a positive real part (of the ten rightmost beyond 300 states); a special point is a point
    of the branch too, with the smaller number of both sides. `origin` is the number of the special point at
    which it branches off, None for one that was found at an end of the range. `end` says why it ends.
    """

    values: Array
    states: Array
    outputs: Array
    growth: Array
    unstable: Integers
    origin: int | None = None
    end: str = ""

    def __len__(self) -> int:
        return len(self.values)


@dataclass(frozen=True, eq=False)
class SpecialPoint(Brief):
    """A point where an eigenvalue crosses the imaginary axis, located along its branch.

    `kind` is "fold", "pitchfork", "transcritical", "crossing" or "Hopf"; `value` of the parameter, `state`
    (n,), `outputs` (m,); `eigenvalue` in 1/s that crosses, whose imaginary part is the angular frequency of a
    Hopf point; `kernel`, how many cross there; `branch`, the number of the branch on which it was found.
    """

    kind: str
    value: float
    state: Array
    outputs: Array
    eigenvalue: complex
    kernel: int
    branch: int

    @property
    def message(self) -> str:
        """The point as words."""
        told = f"{self.kind} at {self.value:.9g}"
        if self.kind == "Hopf":
            return f"{told}, angular frequency {abs(self.eigenvalue.imag):.6g}/s"
        return f"{told}, {self.kernel} eigenvalues cross" if self.kind == "crossing" else told


@dataclass(frozen=True, eq=False)
class BifurcationDiagram(Brief):
    """All branches that were followed, and their special `points`.

    `parameter` is its name; `names` those of the states, `output_names` those of the outputs; `orbits`
    are the oscillations that begin at the Hopf points.
    """

    parameter: str
    low: float
    high: float
    branches: tuple[DiagramBranch, ...]
    points: tuple[SpecialPoint, ...]
    names: tuple[str, ...]
    output_names: tuple[str, ...]
    interrupted: bool = False
    orbits: tuple[OrbitBranch, ...] = ()

    def of(self, kind: str) -> tuple[SpecialPoint, ...]:
        """Return the points of one kind."""
        return tuple(point for point in self.points if point.kind == kind)

    def steps(self, tolerance: float = 1e-6) -> Array:
        """Return the different values of the special points, increasing."""
        values = sorted(point.value for point in self.points)
        kept = [v for k, v in enumerate(values) if k == 0 or v - values[k - 1] > tolerance]
        return np.array(kept)

    def counts(self, values: ArrayLike) -> tuple[Integers, Integers]:
        """Return the numbers of equilibria and of stable ones at `values` (k,), as the branches pass them."""
        at = np.atleast_1d(np.asarray(values, dtype=np.float64))
        every, stable = np.zeros(len(at), dtype=np.int64), np.zeros(len(at), dtype=np.int64)
        for branch in self.branches:
            a, b = branch.values[:-1, None], branch.values[1:, None]
            passed = ((a <= at) & (at < b)) | ((b <= at) & (at < a))
            calm = (branch.unstable[:-1] == 0) & (branch.unstable[1:] == 0)
            every += passed.sum(axis=0)
            stable += (passed & calm[:, None]).sum(axis=0)
        return every, stable

    @property
    def lines(self) -> tuple[str, ...]:
        """The report."""
        count = sum(len(branch) for branch in self.branches)
        many = "branch" if len(self.branches) == 1 else "branches"
        first = f"{len(self.branches)} {many} of equilibria, {count} points, {len(self.points)} special ones"
        points = [f"{point.message} (branch {point.branch + 1})" for point in self.sorted_points]
        swings = [
            f"oscillations from {one.values[0]:.6g} to {one.values[-1]:.6g}, "
            f"{np.count_nonzero(one.stable)} of {len(one)} stable, "
            f"angular frequency {one.frequencies[0]:.6g} to {one.frequencies[-1]:.6g}/s"
            for one in self.orbits
            if len(one)
        ]
        return (first, *points, *swings)

    @cached_property
    def sorted_points(self) -> tuple[SpecialPoint, ...]:
        """The special points by value."""
        return tuple(sorted(self.points, key=lambda point: point.value))

    def findings(self, facts: Sequence[Fact] = (), record: dict[str, Any] | None = None) -> Findings:
        """Return the diagram as columns, one row for each point, and one for each special point."""
        number = [np.full(len(b), k + 1) for k, b in enumerate(self.branches)]
        empty = np.zeros((0,))
        arrays: dict[str, Any] = {
            "branch": np.concatenate(number) if number else empty,
            "value": _joined([b.values for b in self.branches]),
            "states": _joined([b.states.T for b in self.branches]),
            "outputs": _joined([b.outputs.T for b in self.branches]),
            "growth": _joined([b.growth for b in self.branches]),
            "unstable": _joined([b.unstable for b in self.branches]),
            "point_kind": np.array([p.kind for p in self.points], dtype=str),
            "point_value": np.array([p.value for p in self.points]),
            "point_branch": np.array([p.branch + 1 for p in self.points], dtype=np.int64),
            "point_outputs": np.array([p.outputs for p in self.points]),
            "point_frequency": np.array([abs(p.eigenvalue.imag) for p in self.points]),
        }
        if self.orbits:
            numbers = [np.full(len(one), k + 1) for k, one in enumerate(self.orbits)]
            arrays |= {
                "orbit_branch": _joined(numbers),
                "orbit_value": _joined([one.values for one in self.orbits]),
                "orbit_frequency": _joined([one.frequencies for one in self.orbits]),
                "orbit_low": _joined([one.lows for one in self.orbits]),
                "orbit_high": _joined([one.highs for one in self.orbits]),
                "orbit_multiplier": _joined([one.multipliers for one in self.orbits]),
            }
        units = {
            "orbit_frequency": "1/s",
            "orbit_low": "V",
            "orbit_high": "V",
            "states": "V",
            "outputs": "V",
            "growth": "1/s",
            "point_frequency": "1/s",
        }
        return Findings(
            "continuation",
            arrays,
            units,
            self.lines,
            tuple(facts),
            {"parameter": self.parameter, "low": self.low, "high": self.high, **(record or {})},
            self.interrupted,
        )

    def plot(self, output: int = 0) -> Figure:
        """Return the bifurcation diagram: one output over the parameter, unstable branches dashed."""
        return picture("bifurcations", self.findings(), output)


def _joined(parts: Sequence[Any]) -> Any:
    return np.concatenate(parts) if parts else np.zeros((0,))
