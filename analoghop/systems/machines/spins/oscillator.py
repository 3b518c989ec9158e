"""`Oscillator`: phases of oscillators, locked to 0 or pi by a second harmonic (oscillator Ising machine)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array
from analoghop.errors import InputError
from analoghop.schedules import Signal
from analoghop.systems.base import Flow, Theorem
from analoghop.systems.machines.spins.spin_machine import SpinMachine


def longest_step(c0: float, reach: float, lowest: float, locking: float) -> float:
    """Return the longest step in time constants with which the energy of frozen phases cannot rise.

    `reach`: the largest of sum_j |J_ij| + |b_i| over the spins; `lowest`: the smallest eigenvalue of J;
    `locking`: the largest K. The second derivatives of the energy are bounded by
    L = c0 (reach + |lowest|) + 2 K, and a step along the negative gradient that is not above 2/L never rises
    (the descent lemma; Nesterov 2004, Introductory Lectures on Convex Optimization, sec. 1.2.3).
    """
    bound = c0 * (reach + max(-lowest, 0.0)) + 2.0 * locking
    return 2.0 / bound if bound > 0.0 else np.inf


@dataclass(frozen=True, eq=False)
class Oscillator(SpinMachine):
    """`tau phi_i' = -c0 (sum_j J_ij sin(phi_i - phi_j) + b_i sin phi_i) - K(t) sin 2 phi_i`, and noise.

    Phases of coupled oscillators relative to a reference, Wang & Roychowdhury (2019), "OIM: oscillator-based
    Ising machines", arXiv:1903.07163: the reference, of phase 0, drives oscillator i with b_i, and injection
    at twice its frequency, of strength K = `locking`, locks every phase to 0 or pi. The outputs are cos phi,
    whose signs are the spins. Noise of deviation s(t) sqrt(tau) dW, s(t) = `sigma` times `noise_factor` (t),
    in rad. The step is Euler's (Euler & Maruyama's with noise). Raises `InputError` for invalid fields, and
    for a step beyond `longest_step`.

    Energy: `-c0 (sum_ij J_ij cos(phi_i - phi_j)/2 + sum_i b_i cos phi_i) - K/2 sum_i cos 2 phi_i`, whose
    gradient the phases descend: for constant K it never rises. At phases 0 and pi it is c0 times Ising's
    energy, minus n K/2.
    """

    J: Any
    c0: float
    locking: Signal
    duration: float
    step: float
    bias: Array = field(default_factory=lambda: np.zeros(()))
    sigma: float = 0.0
    noise_factor: Signal | None = None
    check_every: int = 100
    tau: float = 1.0
    kinds: ClassVar[tuple[str, ...]] = ("phi",)

    def __post_init__(self) -> None:
        self.prepare()
        if not self.c0 > 0:
            raise InputError(f"`c0` is {self.c0:g}, expected a positive number")
        if not self.sigma >= 0:
            raise InputError(f"`sigma` is {self.sigma:g}, expected zero or more")
        levels = self.locking.value(np.linspace(0.0, self.duration, 100))
        if levels.min() < 0:
            raise InputError(f"`locking` falls to {levels.min():g}, expected zero or more")
        reach = float((self.J.row_sums() + np.abs(self.bias[:, 0])).max())
        self.check_step(longest_step(self.c0, reach, self.spectrum[0], float(levels.max())))

    @property
    def noise(self) -> Array | None:
        """sigma / sqrt(tau), None without noise."""
        return np.full((self.size, 1), self.sigma / np.sqrt(self.tau)) if self.sigma > 0 else None

    @property
    def normals(self) -> int:
        """One number per phase with noise, else 0."""
        return self.cells if self.sigma > 0 else 0

    def amplitudes(self, k: ArrayLike) -> Array:
        """Return the standard deviation of the noise of step number `k`, at the middle of the step."""
        middle = (np.asarray(k) + 0.5) * self.step
        factor = 1.0 if self.noise_factor is None else self.noise_factor.value(middle)
        return np.asarray(self.sigma * np.sqrt(self.step / self.tau) * factor * np.ones(np.shape(k)))

    def force(self, t: ArrayLike, x: Array) -> Array:
        """Return tau dphi/dt: minus the gradient of the energy."""
        c, s = np.cos(x), np.sin(x)
        pull = c * (self.J @ s) - s * (self.J @ c + self.bias)
        return np.asarray(self.c0 * pull - 2.0 * self.locking.value(t) * s * c)

    def advance(self, k: int, x: Array, normal: Array | None) -> Array:
        """Return the phases after step number `k`."""
        x = x + self.step / self.tau * self.force(k * self.step, x)
        return x if normal is None else x + self.amplitudes(k) * normal

    def rhs(self, t: ArrayLike, x: Array) -> Array:
        """Return dphi/dt without noise."""
        return self.force(t, x) / self.tau

    def outputs(self, t: ArrayLike, x: Array) -> Array:
        """Return cos phi."""
        return np.asarray(np.cos(x))

    def jacobian(self, t: float, x: Array) -> Any:
        """Return d(dphi/dt)/dphi, sparse."""
        from scipy.sparse import csc_array, diags_array

        c, s = np.cos(x), np.sin(x)
        J, C, S = self.J.tosparse(), diags_array(c[:, 0]), diags_array(s[:, 0])
        own = self.c0 * (c * (self.J @ c + self.bias) + s * (self.J @ s))
        own = own + 2.0 * self.locking.value(t) * np.cos(2.0 * x)
        return csc_array((self.c0 * (C @ J @ C + S @ J @ S) - diags_array(own[:, 0])) / self.tau)

    @property
    def has_energy(self) -> bool:
        """True: the phases descend it."""
        return True

    @property
    def theorem(self) -> Theorem:
        """The theorem of a gradient flow; it requires constant locking and no noise."""
        reasons = []
        if self.locking.quiet_after() > 0.0:
            reasons.append("a schedule of the locking is running: guaranteed for a frozen locking only")
        if self.sigma > 0:
            reasons.append("noise feeds energy in")
        return Theorem(not reasons, "" if reasons else "Wang & Roychowdhury 2019", tuple(reasons))

    def energy(self, t: ArrayLike, x: Array) -> Mapping[str, Array]:
        """Return the coupling, bias and locking parts of the energy, each (members,)."""
        c, s = np.cos(x), np.sin(x)
        products = c * (self.J @ c) + s * (self.J @ s)
        return {
            "coupling": -0.5 * self.c0 * np.sum(products, axis=0),
            "bias": -self.c0 * np.sum(self.bias * c, axis=0),
            "locking": -0.5 * self.locking.value(t) * np.sum(np.cos(2.0 * x), axis=0),
        }

    def flow(self, t: ArrayLike, x: Array) -> Flow:
        """Return dphi/dt, the dissipated power tau |dphi/dt|^2, and the power supplied by rising locking."""
        force, locked = self.force(t, x), np.sum(np.cos(2.0 * x), axis=0)
        dissipated = np.sum(force**2, axis=0) / self.tau
        return Flow(force / self.tau, dissipated, -0.5 * self.locking.rate(t) * locked)

    def breakpoints(self, until: float) -> tuple[float, ...]:
        """Return the corners of the locking."""
        return tuple(self.locking.breakpoints(until))

    def quiet_after(self) -> float:
        """Return the time after which the locking is constant."""
        return self.locking.quiet_after()

    def start(self, normal: Array) -> Array:
        """Return phases pi/2 + pi `normal`, spread over the circle."""
        return np.asarray(np.pi * (0.5 + normal))
