"""`follow`: one branch of equilibria in steps of its arc length, and the eigenvalues that cross."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from analoghop.arrays import Array
from analoghop.limits import Limits
from analoghop.study.continuation.equations import Equations
from analoghop.study.continuation.spectra import Complex, rightmost

FIRST, SHORTEST, LONGEST = 0.01, 1e-7, 0.04  # steps, in units of the range and of the reach of the states
_SHARP, _STRAIGHT = 0.96, 0.995  # cosines between tangents: above and below these a step is too long, short
_NEARBY = 1e-5  # arc length to which a crossing is found by bisection, before the polynomial
_AROUND = 2e-3  # arc length around a crossing in which the polynomial's points lie
_NODES = np.array([-1.0, -0.6, -0.2, 0.2, 0.6, 1.0])


class BranchPoint(NamedTuple):
    """A point of a branch: `y`, the unit tangent, the eigenvalues by falling real parts, the outputs (m,)."""

    y: Array
    tangent: Array
    eigenvalues: Complex
    outputs: Array

    @property
    def unstable(self) -> int:
        """Number of eigenvalues with a positive real part."""
        return int(np.count_nonzero(self.eigenvalues.real > 0))


def _examined(equations: Equations, y: Array, tangent: Array) -> BranchPoint:
    return BranchPoint(y, tangent, rightmost(equations.system(y), equations.state(y)), equations.outputs(y))


class AxisCrossing(NamedTuple):
    """Where the real part of an eigenvalue changes its sign: the point, and the tangents on both sides."""

    point: BranchPoint
    before: Array
    after: Array
    number: int


@dataclass
class Followed:
    """What `follow` returns: the points, the crossings among them, and why it ended.

    `unstable` are the numbers of unstable directions, at a crossing the smaller one of both sides.
    """

    points: list[BranchPoint] = field(default_factory=list)
    unstable: list[int] = field(default_factory=list)
    crossings: list[AxisCrossing] = field(default_factory=list)
    end: str = ""

    def add(self, point: BranchPoint, crossings: Sequence[AxisCrossing] = ()) -> None:
        """Add a point, and before it the crossings on the way to it."""
        for one in crossings:
            self.crossings.append(one)
            self.points.append(one.point)
            self.unstable.append(min(self.unstable[-1], point.unstable))
        self.points.append(point)
        self.unstable.append(point.unstable)

    def begin_with(self, point: BranchPoint) -> None:
        """Put the crossing from which the branch leaves before its points."""
        self.points.insert(0, point)
        self.unstable.insert(0, self.unstable[0])


Known = Callable[[Array], bool]


def follow(
    equations: Equations,
    first: BranchPoint,
    limits: Limits,
    *,
    most: int,
    known: Known | None = None,
) -> Followed:
    """Follow the branch from `first` to an end of the range, back to itself, or for `most` points.

    Pseudo-arclength continuation (Keller 1977): steps along the tangent, corrected in the plane normal to it;
    shorter where the branch bends or Newton's method needs many steps. With `known`, a branch that has passed
    a crossing and then lies on a known branch ends there.
    """
    found = Followed()
    found.add(first)
    h, passed = FIRST, False
    while len(found.points) < most:
        if limits.over:
            found.end = "the time was over"
            return found
        here = found.points[-1]
        step, at_end = _within(equations, here, h)
        if step <= 0.0:
            found.end = "the end of the range"
            return found
        new, iterations = _stepped(equations, here, step, at_end)
        if new is None or float(new.tangent @ here.tangent) < _SHARP:
            h = 0.5 * min(h, step)
            if h < SHORTEST:
                found.end = "no step is short enough: the branch ends, or has a corner"
                return found
            continue
        crossings = located(equations, here, new)
        found.add(new, crossings)
        if at_end:
            found.end = "the end of the range"
            return found
        if _closed(found.points):
            found.end = "the branch is closed"
            return found
        if passed and known is not None and known(new.y):
            found.end = "on a branch that is known"
            return found
        passed = bool(crossings) or passed
        if iterations <= 3 and float(new.tangent @ here.tangent) > _STRAIGHT:
            h = min(1.4 * h, LONGEST)
        elif iterations > 5:
            h *= 0.7
    found.end = f"after {most} points"
    return found


def point_at(equations: Equations, y: Array, along: Array, crossing: bool = False) -> BranchPoint | None:
    """Return the point `y` of a branch with its tangent on the side of `along` and its eigenvalues.

    At a crossing the tangent may be undefined: it is then `along`. Elsewhere None is returned.
    """
    tangent = equations.tangent(y, along)
    if tangent is None:
        if not crossing:
            return None
        tangent = along
    return _examined(equations, y, tangent)


def _within(equations: Equations, here: BranchPoint, h: float) -> tuple[float, bool]:
    """Return a step that does not leave the range, and whether it leads to its end."""
    pace, value = here.tangent[-1], here.y[-1]
    ends = equations.low / equations.span, equations.high / equations.span
    if pace == 0.0:
        return h, False
    room = ((ends[1] if pace > 0 else ends[0]) - value) / pace
    if room <= 1e-12:
        return 0.0, True
    return (room, True) if h >= room else (h, False)


def _stepped(
    equations: Equations, here: BranchPoint, step: float, at_end: bool
) -> tuple[BranchPoint | None, int]:
    y = here.y + step * here.tangent
    border = here.tangent
    if at_end:
        border = np.zeros(len(y))
        border[-1] = np.sign(here.tangent[-1])
        y[-1] = (equations.high if border[-1] > 0 else equations.low) / equations.span
    corrected = equations.corrected(y, border)
    if corrected is None or np.linalg.norm(corrected[0] - y) > 0.5 * step:
        return None, 0
    return point_at(equations, corrected[0], here.tangent), corrected[1]


def _closed(points: list[BranchPoint]) -> bool:
    """Return whether the last step passes the first point."""
    if len(points) < 6:
        return False
    a, b, start = points[-2].y, points[-1].y, points[0].y
    along = b - a
    share = float((start - a) @ along / (along @ along))
    return 0.0 < share <= 1.0 and bool(
        np.linalg.norm(a + share * along - start) < 0.1 * np.linalg.norm(along)
    )


def located(equations: Equations, a: BranchPoint, b: BranchPoint) -> list[AxisCrossing]:
    """Return the crossings between two neighbouring points of a branch, in their order.

    The k-th largest real part is a continuous function of the arc length; where it has two signs, Brent's
    method finds its zero.
    """
    few, many = sorted((a.unstable, b.unstable))
    found: list[tuple[float, AxisCrossing]] = []
    for k in range(few, min(many, len(a.eigenvalues), len(b.eigenvalues))):
        s, point = _Between(equations, a, b, k).zero()
        if not any(abs(place - s) < 1e-7 for place, _ in found):
            found.append((s, AxisCrossing(point, a.tangent, b.tangent, k)))
    return [one for _, one in sorted(found, key=lambda pair: pair[0])]


class _Between:
    """The points between two neighbours `a` and `b` by their arc length, and their k-th largest real part."""

    def __init__(self, equations: Equations, a: BranchPoint, b: BranchPoint, k: int) -> None:
        self._equations, self._a, self._k = equations, a, k
        self._length = float(a.tangent @ (b.y - a.y))
        self._places = {0.0: a, self._length: b}

    def _point(self, s: float) -> BranchPoint:
        if s not in self._places:
            a = self._a
            corrected = self._equations.corrected(a.y + s * a.tangent, a.tangent)
            made = None if corrected is None else point_at(self._equations, corrected[0], a.tangent, True)
            if made is None:
                raise np.linalg.LinAlgError("the branch cannot be followed there")
            self._places[s] = made
        return self._places[s]

    def _real_part(self, s: float) -> float:
        return float(self._point(s).eigenvalues[self._k].real)

    def zero(self) -> tuple[float, BranchPoint]:
        """Return the arc length of the zero and the point there.

        At a crossing of branches the equations are singular, and rounding moves what Newton's method finds.
        So the last digits come from a polynomial through points around it, where they are not.
        """
        from scipy.optimize import brentq

        try:
            s = float(brentq(self._real_part, 0.0, self._length, xtol=_NEARBY))
            return self._refined(s)
        except (np.linalg.LinAlgError, ValueError):
            s = min(self._places, key=lambda one: abs(self._real_part(one)))
            return s, self._places[s]

    def _refined(self, s: float) -> tuple[float, BranchPoint]:
        nodes = _NODES * min(_AROUND, 0.5 * self._length)
        points = [self._point(s + float(node)) for node in nodes]
        values = np.array([point.eigenvalues[self._k].real for point in points])
        P = np.vander(_NODES, increasing=True)
        coefficients = np.linalg.solve(P, np.column_stack([values, *np.array([p.y for p in points]).T]))
        growth = np.polynomial.Polynomial(coefficients[:, 0])
        roots = growth.roots()
        real = roots[np.abs(roots.imag) < 1e-6].real
        if not len(real) or np.abs(real).min() > 1.0:
            return s, self._point(s)
        z = float(real[np.argmin(np.abs(real))])
        y = z ** np.arange(len(nodes)) @ coefficients[:, 1:]
        along = np.arange(1, len(nodes)) * z ** np.arange(len(nodes) - 1) @ coefficients[1:, 1:]
        place = s + z * float(nodes[-1])
        tangent: Array = along / float(np.linalg.norm(along))
        return place, _examined(self._equations, np.asarray(y), tangent)
