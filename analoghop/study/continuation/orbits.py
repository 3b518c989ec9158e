"""`orbits_from`: the oscillations that begin at a Hopf point, with amplitude, frequency and stability."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from analoghop.arrays import Array, Mask, frozen, readonly_fields
from analoghop.errors import InputError
from analoghop.limits import Limits
from analoghop.records import Brief
from analoghop.study.continuation.equations import Equations
from analoghop.study.continuation.paths import At

_POINTS = 41  # of an orbit: its Fourier series has 20 harmonics
LARGEST = 20
"""States of the largest circuit whose orbits are followed: Newton's matrix is that of all points together."""
_FIRST, _LONGEST = 0.02, 0.08  # steps, in the reach of the states
_EXACT = 1e-10
_STEPS = 8
_PROBE = 1e-6
_SHARP = 0.9  # cosine between tangents below which a step is too long
_FINER = 4  # points between two of an orbit, for the multipliers


@dataclass(frozen=True, eq=False)
class OrbitBranch(Brief):
    """Periodic orbits along the parameter, from the Hopf point number `origin` on.

    `values` (k,), angular `frequencies` (k,) in 1/s, the `lows` and `highs` of the outputs (k, m), and
    `multipliers` (k,), the largest absolute Floquet multiplier beside the trivial one: an orbit is stable
    where it is below 1. `largest_harmonic` (k,) is the share of the highest harmonic, the series' error.
    """

    values: Array
    frequencies: Array
    lows: Array
    highs: Array
    multipliers: Array
    largest_harmonic: Array
    origin: int

    def __post_init__(self) -> None:
        names = ("values", "frequencies", "lows", "highs", "multipliers", "largest_harmonic")
        readonly_fields(self, **{name: frozen(getattr(self, name)) for name in names})

    def __len__(self) -> int:
        return len(self.values)

    @cached_property
    def stable(self) -> Mask:
        """Whether each orbit is stable, (k,)."""
        return np.asarray(self.multipliers < 1.0)


def orbits_from(
    at: At,
    low: float,
    high: float,
    value: float,
    state: Array,
    *,
    origin: int = 0,
    most: int = 40,
    limits: Limits | None = None,
) -> OrbitBranch:
    """Return the periodic orbits that begin at the Hopf point `state` (n,) at `value`, up to `most` of them.

    An orbit is a Fourier series of 20 harmonics that fulfils the equations at 41 times (collocation); orbits
    are followed by pseudo-arclength with the phase fixed by that of the step's guess. Raises `InputError` for
    more than 20 states.
    """
    equations = Equations(at, low, high)
    if equations.size > LARGEST:
        raise InputError(f"the circuit has {equations.size} states: orbits are followed of up to {LARGEST}")
    series = _FourierOrbits(equations)
    within = limits or Limits()
    z, tangent = series.first(value, state)
    found: list[tuple[Any, ...]] = []
    h = _FIRST
    while len(found) < most and not within.over:
        guess = z + h * tangent
        new = series.corrected(guess, tangent, guess)
        if new is None or not (low <= series.value(new) <= high):
            h *= 0.5
            if h < 1e-5:
                break
            continue
        along = series.tangent(new, tangent, guess)
        if along is None or float(along @ tangent) < _SHARP:
            h *= 0.5
            if h < 1e-5:
                break
            continue
        z, tangent = new, along
        found.append(series.described(z))
        h = min(1.3 * h, _LONGEST)
    rows = [np.array([row[k] for row in found]) for k in range(6)]
    outputs = len(equations.output_names)
    lows, highs = rows[2].reshape(-1, outputs), rows[3].reshape(-1, outputs)
    return OrbitBranch(rows[0], rows[1], lows, highs, rows[4], rows[5], origin)


class _FourierOrbits:
    """Collocation equations of an orbit: z = (states at 41 phases / scale / sqrt(41), omega, value)."""

    def __init__(self, equations: Equations) -> None:
        self._eq, self._n = equations, equations.size
        N = _POINTS
        k = np.arange(N)
        apart = (k[:, None] - k) % N
        with np.errstate(divide="ignore"):
            self._D = np.where(apart == 0, 0.0, 0.5 * (-1.0) ** apart / np.sin(np.pi * apart / N))
        self._fast = 1.0

    def _split(self, z: Array) -> tuple[Array, float, float]:
        X = z[:-2].reshape(_POINTS, self._n).T * self._eq.scale[:, None] * np.sqrt(_POINTS)
        return X, float(z[-2] * self._fast), self.value(z)

    def value(self, z: Array) -> float:
        """Return the value of the parameter."""
        return float(z[-1] * self._eq.span)

    def first(self, value: float, state: Array) -> tuple[Array, Array]:
        """Return the Hopf point as an orbit without extent, and the direction in which the orbits begin."""
        system = self._eq.at(value)
        t = system.quiet_after()
        J = system.jacobians(t, state[:, None])[0]
        values, vectors = np.linalg.eig(J)
        upper = np.flatnonzero(values.imag > 0)
        k = upper[np.argmin(np.abs(values.real[upper]))]
        self._fast = float(values.imag[k])
        phase = 2.0 * np.pi * np.arange(_POINTS) / _POINTS
        wave = (vectors[:, k, None] * np.exp(1j * phase)).real
        still = self._packed(np.repeat(state[:, None], _POINTS, axis=1))
        z = np.concatenate([still, [1.0, value / self._eq.span]])
        tangent = np.concatenate([self._packed(wave), [0.0, 0.0]])
        return z, tangent / np.linalg.norm(tangent)

    def _packed(self, X: Array) -> Array:
        return np.asarray((X / self._eq.scale[:, None] / np.sqrt(_POINTS)).T.ravel())

    def residual(self, z: Array, before: Array) -> Array:
        """Return omega dX/dphi - f(X) in scales per fastest angle, and the phase relative to `before`."""
        X, omega, value = self._split(z)
        system = self._eq.at(value)
        rate = system.rhs(system.quiet_after(), X)
        off = self._packed((omega * X @ self._D.T - rate) / self._fast)
        return np.append(off, self._phase(before) @ (z[:-2] - before[:-2]))

    def _phase(self, before: Array) -> Array:
        X = before[:-2].reshape(_POINTS, self._n)
        moved = (self._D @ X).ravel()
        return np.asarray(moved / np.linalg.norm(moved))

    def _matrix(self, z: Array, before: Array, border: Array) -> Array:
        X, omega, value = self._split(z)
        system, n = self._eq.at(value), self._n
        J = system.jacobians(system.quiet_after(), X)
        scale = self._eq.scale
        blocks = -J * scale / scale[:, None] / self._fast
        size = n * _POINTS
        M = np.zeros((size + 2, size + 2))
        M[:size, :size] = np.kron(self._D * (omega / self._fast), np.eye(n))
        for j, block in enumerate(blocks):
            M[j * n : (j + 1) * n, j * n : (j + 1) * n] += block
        M[:size, size] = (self._D @ z[:-2].reshape(_POINTS, n)).ravel()
        away = np.array(z)
        away[-1] += _PROBE
        M[:size, size + 1] = (self.residual(away, before) - self.residual(z, before))[:size] / _PROBE
        M[size, :size] = self._phase(before)
        M[size + 1] = border
        return M

    def corrected(self, z: Array, border: Array, before: Array) -> Array | None:
        """Return the orbit in the plane through `z` normal to `border`, None where there is none near."""
        place = np.array(z)
        for _ in range(_STEPS):
            F = np.append(self.residual(place, before), border @ (place - z))
            try:
                step = np.linalg.solve(self._matrix(place, before, border), -F)
            except np.linalg.LinAlgError:
                return None
            if not np.isfinite(step).all():
                return None
            place = place + step
            if np.abs(step).max() < _EXACT:
                return place
        return None

    def tangent(self, z: Array, along: Array, before: Array) -> Array | None:
        """Return the unit tangent of the branch of orbits on the side of `along`."""
        right = np.zeros(len(z))
        right[-1] = 1.0
        try:
            t = np.linalg.solve(self._matrix(z, before, along), right)
        except np.linalg.LinAlgError:
            return None
        return np.asarray(t / np.linalg.norm(t))

    def described(self, z: Array) -> tuple[Any, ...]:
        """Return value, frequency, lowest and highest outputs, multiplier, share of the highest harmonic."""
        X, omega, value = self._split(z)
        system = self._eq.at(value)
        t = system.quiet_after()
        series = np.fft.rfft(X, axis=1)
        N = _POINTS * _FINER
        fine = np.fft.irfft(series, N, axis=1) * _FINER
        v = system.outputs(t, fine)
        turned = series * np.exp(1j * np.pi / N * np.arange(series.shape[1]))
        middle = np.fft.irfft(turned, N, axis=1) * _FINER
        multiplier = _multiplier(system.jacobians(t, middle), 2.0 * np.pi / abs(omega) / N)
        size = np.abs(series[:, 1:]).max()
        share = float(np.abs(series[:, -1]).max() / size) if size > 0 else 0.0
        return value, abs(omega), v.min(axis=1), v.max(axis=1), multiplier, share


def _multiplier(J: Array, step: float) -> float:
    """Return the largest absolute Floquet multiplier but that next to 1, by the exponential midpoint rule."""
    from scipy.linalg import expm

    n = J.shape[1]
    M = np.eye(n)
    for factor in expm(J * step):
        M = factor @ M
    values = np.linalg.eigvals(M)
    trivial = int(np.argmin(np.abs(values - 1.0)))
    others = np.delete(np.abs(values), trivial)
    return float(others.max()) if len(others) else 0.0
