"""Kinds of special points, and the branches that leave them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from analoghop.arrays import Array
from analoghop.study.continuation.equations import Equations
from analoghop.study.continuation.following import AxisCrossing, BranchPoint, point_at

_IMAGINARY = 1e-5  # of the largest eigenvalue: an imaginary part that counts
_ZERO = 1e-5  # of the largest eigenvalue: a real part that counts as zero at a located point
_EVEN = 1e-4  # a quadratic term, in scaled coordinates, that counts as none
_SECOND = 1e-3  # step of second differences, in scaled coordinates
_AWAY = (0.03, 0.01, 0.003)  # distances at which a new branch is sought
_DIRECTIONS = 60  # directions that are tried in a kernel of several dimensions


class Judged(NamedTuple):
    """The kind of a crossing, its eigenvalue in 1/s, and the dimension of the kernel."""

    kind: str
    eigenvalue: complex
    kernel: int


def judged(equations: Equations, crossing: AxisCrossing) -> Judged:
    """Return the kind of a crossing.

    A pair of complex eigenvalues: Hopf. A real one where the parameter turns: fold. Else two branches cross:
    a pitchfork where the quadratic term psi F_xx[phi, phi] of the kernel vanishes, transcritical otherwise
    (Golubitsky & Schaeffer 1985); with several eigenvalues of zero it is a "crossing".
    """
    values = crossing.point.eigenvalues
    size = float(np.abs(values).max())
    crossed = complex(values[crossing.number])
    if abs(crossed.imag) > _IMAGINARY * size:
        return Judged("Hopf", crossed, 2)
    kernel = max(1, int(np.count_nonzero(np.abs(values) <= _ZERO * size)))
    turns = crossing.before[-1] * crossing.after[-1] < 0
    if turns and kernel == 1 and abs(crossing.point.tangent[-1]) < 1e-3:
        return Judged("fold", crossed, 1)
    if kernel > 1:
        return Judged("crossing", crossed, kernel)
    even = abs(_quadratic(equations, crossing.point)) < _EVEN
    return Judged("pitchfork" if even else "transcritical", crossed, 1)


def _quadratic(equations: Equations, point: BranchPoint) -> float:
    """Return psi . F_xx[phi, phi] for unit null vectors of F_x, by second differences."""
    y = point.y
    phi, psi = null_vectors(equations, y)
    move = np.append(_SECOND * phi, 0.0)
    second = equations.residual(y + move) - 2.0 * equations.residual(y) + equations.residual(y - move)
    return float(psi @ second) / _SECOND**2


def null_vectors(equations: Equations, y: Array) -> tuple[Array, Array]:
    """Return the right and left unit vectors that F_x almost maps to zero, (n,) each."""
    J = equations.jacobian(y)
    if isinstance(J, np.ndarray):
        left, _, right = np.linalg.svd(J)
        return right[-1], left[:, -1]
    from scipy.sparse import csc_array, eye_array
    from scipy.sparse.linalg import splu

    n = equations.size
    shift = 1e-12 * float(abs(J).sum(axis=1).max())
    factors: Any = splu(csc_array(J - shift * eye_array(n)))
    found = []
    for way in ("N", "T"):
        v = np.random.default_rng(0).standard_normal(n)
        for _ in range(4):
            v = factors.solve(v / np.linalg.norm(v), trans=way)
        found.append(v / np.linalg.norm(v))
    return found[0], found[1]


def directions(equations: Equations, point: BranchPoint, kernel: int) -> Array:
    """Return orthonormal directions (kernel, n + 1) that leave a crossing, normal to the branch's own."""
    place = point.y + 1e-9 * point.tangent
    solve = equations.bordered(place, point.tangent, equations.slope(place))
    rng = np.random.default_rng(0)
    block = rng.standard_normal((equations.size + 1, kernel))
    for _ in range(6):
        block = np.stack([solve(column) for column in np.linalg.qr(block)[0].T], axis=1)
        block -= np.outer(point.tangent, point.tangent @ block)
    return np.asarray(np.linalg.qr(block)[0].T)


def leaving(equations: Equations, point: BranchPoint, kernel: int) -> Iterator[BranchPoint]:
    """Yield points of the branches that leave a crossing, with tangents that point away from it."""
    try:
        basis = directions(equations, point, kernel)
    except np.linalg.LinAlgError:
        return
    found: list[Array] = []
    for d in _rays(basis):
        for away in _AWAY:
            corrected = equations.corrected(point.y + away * d, d)
            if corrected is None or np.linalg.norm(corrected[0] - point.y) > 5.0 * away:
                continue
            y = corrected[0]
            if not equations.low <= equations.value(y) <= equations.high:
                continue
            if any(np.linalg.norm(y - other) < 1e-3 * away for other in found):
                break
            made = point_at(equations, y, (y - point.y) / np.linalg.norm(y - point.y))
            if made is not None:
                found.append(y)
                yield made
            break


def _rays(basis: Array) -> Iterator[Array]:
    """Yield unit directions in the span of `basis`: both ways, and for several dimensions also between."""
    kernel = len(basis)
    if kernel == 1:
        yield from (basis[0], -basis[0])
        return
    signs = itertools.islice(itertools.product((1.0, -1.0, 0.0), repeat=kernel), _DIRECTIONS)
    rng = np.random.default_rng(1)
    rays = [np.array(sign) for sign in signs if any(sign)] + list(rng.standard_normal((_DIRECTIONS, kernel)))
    for ray in rays:
        yield (ray / np.linalg.norm(ray)) @ basis
