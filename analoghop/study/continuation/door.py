"""`continuation`: the bifurcation diagram of a circuit."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array, check_number, column, whole_number
from analoghop.errors import InputError, NumericalError
from analoghop.limits import Limits, limited
from analoghop.study.all_equilibria import equilibria
from analoghop.study.continuation.branching import judged, leaving
from analoghop.study.continuation.diagram import BifurcationDiagram, DiagramBranch, SpecialPoint
from analoghop.study.continuation.equations import Equations
from analoghop.study.continuation.following import BranchPoint, Followed, follow, point_at
from analoghop.study.continuation.orbits import LARGEST, orbits_from
from analoghop.study.continuation.paths import Source, path_of
from analoghop.study.resting import quiet_time

SMALL = 6
"""States up to which all equilibria at both ends of the range begin branches."""
_SAME_POINT = 1e-6  # distance of two special points that are one, in scaled coordinates


def continuation(
    source: Source,
    parameter: str,
    values: tuple[float, float],
    *,
    x0: ArrayLike | None = None,
    everywhere: bool | None = None,
    switch: bool = True,
    orbits: bool = True,
    most_branches: int = 200,
    most_points: int = 2000,
    parameters: Mapping[str, str | float] | None = None,
    time_limit: float | None = None,
    limits: Limits | None = None,
) -> BifurcationDiagram:
    """Return the equilibria of `source` followed while `parameter` moves between `values` (low, high).

    `source` and `parameter` are those of `path_of`: a deck, a circuit, a network, or a function from the
    value to a system. Followed is the equilibrium at the low end to which Newton's method leads from `x0`
    (n,), by default zero. With `everywhere` (by default for up to six states and no `x0`) all equilibria at
    both ends are followed, so that branches without a connection to the first are found. With `switch`, all
    branches that leave a crossing are followed too, up to `most_branches` of up to `most_points` points each.
    At a crossing of more than two branches some may be missed. With `orbits`, the oscillations that begin at
    Hopf points are followed in circuits of up to twenty states.

    Dense Jacobians are solved by LAPACK, sparse ones by SuperLU; beyond 300 states only the ten rightmost
    eigenvalues are looked at. `time_limit` (s of wall clock) and Ctrl-C end the work, and what has been
    followed is returned. Raises `InputError` for an unknown parameter, ends that are not increasing, noise,
    inputs that never come to rest, and `NumericalError` where there is no equilibrium to begin with.
    """
    low, high = _pair(values)
    if not low < high:
        raise InputError(f"`values` are {low:g} and {high:g}, expected the lower one first")
    most_points = whole_number(most_points, "most_points", "a whole number")
    if most_points < 2:
        raise InputError(f"`most_points` is {most_points}, expected 2 or more")
    at = path_of(source, parameter, parameters)
    for value in (low, high):
        _check(at(value))
    if at(low).size != at(high).size:
        raise InputError(f"the circuit has another number of states at {low:g} than at {high:g}")
    equations = Equations(at, low, high)
    search = _BranchSearch(equations, most_points)
    if everywhere is None:
        everywhere = x0 is None and equations.size <= SMALL
    with limited(limits, time_limit=time_limit) as within, within.heed(), np.errstate(all="ignore"):
        for seed in _seeds(equations, x0, everywhere, within):
            # Those at the low end with all that leaves them come first: so branches begin at their crossings.
            search.begin(seed)
            while search.waiting and len(search.followed) < most_branches and not within.over:
                search.advance(within, switch)
                within.tell(len(search.followed), None, "branches")
        swings = []
        if orbits and equations.size <= LARGEST:
            for number, point in enumerate(search.points):
                if point.kind == "Hopf" and not within.over:
                    begin = point.value, point.state
                    swings.append(orbits_from(at, low, high, *begin, origin=number, limits=within))
        over = within.over
    branches = tuple(_branch(equations, one) for one in search.followed)
    system = at(low)
    return BifurcationDiagram(
        parameter,
        low,
        high,
        branches,
        tuple(search.points),
        system.state_names,
        equations.output_names,
        over,
        tuple(swings),
    )


def _pair(values: Any) -> tuple[float, float]:
    expected = "two numbers, the lower first"
    try:
        low, high = values
    except (TypeError, ValueError) as error:
        raise InputError(f"`values` is {values!r}, expected {expected}") from error
    return check_number(low, "values", expected), check_number(high, "values", expected)


def _check(system: Any) -> None:
    if not hasattr(system, "quiet_after"):
        raise InputError(f"`source` returned {system!r}, expected a system")
    quiet_time(system)


def _seeds(
    equations: Equations, x0: ArrayLike | None, everywhere: bool, limits: Limits
) -> list[tuple[Array, float]]:
    """Return the states and values from which branches are followed."""
    if everywhere:
        seeds = []
        for value in (equations.low, equations.high):
            found = equilibria(equations.at(value), starts=64, limits=limits)
            seeds += [(x, value) for x in found.states.T]
        return seeds
    start = np.zeros(equations.size) if x0 is None else column(x0, equations.size, "x0")[:, 0]
    border = np.zeros(equations.size + 1)
    border[-1] = 1.0
    corrected = equations.corrected(equations.place(start, equations.low), border)
    if corrected is None:
        raise NumericalError(
            f"Newton's method finds no equilibrium at {equations.low:g}: give another `x0`, or `everywhere`"
        )
    return [(equations.state(corrected[0]), equations.low)]


class _Waiting(NamedTuple):
    first: BranchPoint
    origin: int | None
    before: BranchPoint | None


class _OneBranch(NamedTuple):
    followed: Followed
    origin: int | None


class _BranchSearch:
    """The branches that are known, and those that are still to be followed."""

    def __init__(self, equations: Equations, most_points: int) -> None:
        self._equations, self._most = equations, most_points
        self.waiting: deque[_Waiting] = deque()
        self.followed: list[_OneBranch] = []
        self.points: list[SpecialPoint] = []
        self._places: list[Array] = []

    def begin(self, seed: tuple[Array, float]) -> None:
        """Let a branch begin at an equilibrium at an end of the range."""
        equations = self._equations
        inwards = np.zeros(equations.size + 1)
        inwards[-1] = 1.0 if seed[1] == equations.low else -1.0
        made = point_at(equations, equations.place(*seed), inwards)
        if made is not None:
            self.waiting.append(_Waiting(made, None, None))

    def advance(self, limits: Limits, switch: bool) -> None:
        """Follow the next branch, unless it is known."""
        first, origin, before = self.waiting.popleft()
        if self.known(first.y):
            return
        found = follow(self._equations, first, limits, most=self._most, known=self.known)
        if before is not None:
            found.begin_with(before)
        self.followed.append(_OneBranch(found, origin))
        for crossing in found.crossings:
            y = crossing.point.y
            if any(
                np.linalg.norm(y - other) < _SAME_POINT * (1.0 + np.abs(y).max()) for other in self._places
            ):
                continue
            kind = judged(self._equations, crossing)
            self._places.append(y)
            self.points.append(
                SpecialPoint(
                    kind.kind,
                    self._equations.value(y),
                    self._equations.state(y),
                    crossing.point.outputs,
                    kind.eigenvalue,
                    kind.kernel,
                    len(self.followed) - 1,
                )
            )
            if switch and kind.kind in ("pitchfork", "transcritical", "crossing"):
                number = len(self.points) - 1
                for new in leaving(self._equations, crossing.point, kind.kernel):
                    self.waiting.append(_Waiting(new, number, crossing.point))

    def known(self, y: Array) -> bool:
        """Return whether `y` lies on a branch that has been followed."""
        for one in self.followed:
            P = np.array([point.y for point in one.followed.points])
            if len(P) < 2:
                continue
            along = np.diff(P, axis=0)
            squares = np.maximum((along**2).sum(axis=1), 1e-300)
            share = np.clip(((y - P[:-1]) * along).sum(axis=1) / squares, 0.0, 1.0)
            nearest = P[:-1] + share[:, None] * along
            far = np.linalg.norm(nearest - y, axis=1)
            k = int(np.argmin(far))
            if far[k] > 0.5 * np.sqrt(squares[k]):
                continue
            direction = along[k] / np.sqrt(squares[k])
            # The point of that branch in the plane through y: the same one, if y lies on it.
            place = nearest[k] + direction * float(direction @ (y - nearest[k]))
            corrected = self._equations.corrected(place, direction)
            if corrected is not None and np.linalg.norm(corrected[0] - y) < 1e-6 * (1.0 + np.abs(y).max()):
                return True
        return False


def _branch(equations: Equations, one: _OneBranch) -> DiagramBranch:
    points = one.followed.points
    values = np.array([equations.value(p.y) for p in points])
    states = np.array([equations.state(p.y) for p in points]).T
    return DiagramBranch(
        values,
        states,
        np.array([p.outputs for p in points]).T,
        np.array([p.eigenvalues[0].real for p in points]),
        np.array(one.followed.unstable, dtype=np.int64),
        one.origin,
        one.followed.end,
    )
