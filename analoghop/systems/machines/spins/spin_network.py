"""`SpinNetwork`: Hopfield's network of spins, annealed by rising gain or falling noise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from analoghop.activations import Tanh
from analoghop.amplifiers import Amplifiers
from analoghop.arrays import Array
from analoghop.errors import InputError
from analoghop.schedules import Signal
from analoghop.systems.base import Flow, Theorem
from analoghop.systems.circuits.network import Network
from analoghop.systems.machines.spins.spin_machine import SpinMachine

SATURATED = 0.8
"""Mean slope of steep amplifiers at unit normal inputs: twice the normal density at 0."""


def longest_step(gain: float, pull: float, noisy: bool) -> float:
    """Return the longest step in time constants: h (1 + g |lambda_min|) < 2, else the state alternates.

    `pull` is |lambda_min| of the coupling as it enters the equation. g is the mean slope of the amplifiers:
    the gain, but at most 0.8 with `noisy` inputs, which keep most steep amplifiers in saturation.
    """
    return 2.0 / (1.0 + (min(gain, SATURATED) if noisy else gain) * pull)


def exact_sigma(sigma: float, h: float) -> float:
    """Return the noise whose variance equals that of Euler steps of length h with `sigma`.

    Euler-Maruyama makes the stationary variance of a relaxing node 1/(1 - h/2) times too large, so published
    settings correspond to `sigma / sqrt(1 - h/2)` in the real circuit: 0.2 at h = 0.4 is 0.224.
    """
    return float(sigma / np.sqrt(1.0 - 0.5 * h))


@dataclass(frozen=True, eq=False)
class SpinNetwork(SpinMachine):
    """`tau du = (-u + c (J v + b)) dt + s(t) sqrt(tau) dW`, `v = tanh(g(t) u)`: Hopfield (1984).

    `gain` is g(t), s(t) is `sigma` times `noise_factor` (t), in the unit of u. The step is exact for the
    decay and for the noise (Ornstein-Uhlenbeck) at any length. Raises `InputError` for invalid fields, and
    for a step beyond `longest_step`: a symmetric network cannot oscillate, so a state of period two is an
    artefact of the step. `unsafe` allows such a step.
    """

    J: Any
    c: float
    gain: Signal
    duration: float
    step: float
    bias: Array = field(default_factory=lambda: np.zeros(()))
    sigma: float = 0.0
    noise_factor: Signal | None = None
    check_every: int = 100
    tau: float = 1.0
    unsafe: bool = False
    kinds: ClassVar[tuple[str, ...]] = ("u",)

    def __post_init__(self) -> None:
        self.prepare()
        if not self.sigma >= 0:
            raise InputError(f"`sigma` is {self.sigma:g}, expected zero or more")
        if not self.unsafe:
            steepest = float(self.gain.value(np.linspace(0.0, self.duration, 100)).max())
            pull = self.c * max(-self.spectrum[0], 0.0)
            self.check_step(longest_step(steepest, pull, self.sigma > 0.0))

    @cached_property
    def circuit(self) -> Network:
        """The same circuit as a `Network`, whose time constant is that of 1 S and tau farad."""
        rests = self.gain.quiet_after() <= 0.0
        return Network(
            T=self.c * self.J,
            amplifiers=Amplifiers.uniform(
                Tanh(), self.cells, gain=float(self.gain.value(0.0)) if rests else 1.0
            ),
            C=np.full(self.cells, self.tau),
            bias=self.c * self.bias,
            gain_factor=None if rests else self.gain,
            noise_density=np.full(self.cells, self.sigma / np.sqrt(self.tau)),
            noise_factor=self.noise_factor,
        )

    @property
    def decay(self) -> Array:
        """1/tau."""
        return self.circuit.decay

    @property
    def noise(self) -> Array | None:
        """sigma / sqrt(tau), None without noise."""
        return self.circuit.noise

    @property
    def normals(self) -> int:
        """One number per spin with noise, else 0."""
        return self.cells if self.sigma > 0 else 0

    def amplitudes(self, k: ArrayLike) -> Array:
        """Return the standard deviation of the noise of step number `k`, at the middle of the step."""
        h = self.step / self.tau
        deviation = self.sigma * np.sqrt(-0.5 * np.expm1(-2.0 * h))
        middle = (np.asarray(k) + 0.5) * self.step
        factor = 1.0 if self.noise_factor is None else self.noise_factor.value(middle)
        return np.asarray(deviation * factor * np.ones(np.shape(k)))

    def advance(self, k: int, x: Array, normal: Array | None) -> Array:
        """Return the state after step number `k`: `u e^-h + (1 - e^-h) c (J v + b)` and noise."""
        drive = self.c * (self.J @ self.outputs(k * self.step, x) + self.bias)
        x = x - np.expm1(-self.step / self.tau) * (drive - x)
        return x if normal is None else x + self.amplitudes(k) * normal

    def rhs(self, t: ArrayLike, x: Array) -> Array:
        """Return du/dt without noise."""
        return self.circuit.rhs(t, x)

    def outputs(self, t: ArrayLike, x: Array) -> Array:
        """Return v."""
        return np.asarray(np.tanh(self.gain.value(t) * x))

    def jacobian(self, t: float, x: Array) -> Any:
        """Return d(du/dt)/du, sparse."""
        return self.circuit.jacobian(t, x)

    @property
    def has_energy(self) -> bool:
        """True: Hopfield's energy."""
        return True

    @property
    def theorem(self) -> Theorem:
        """Hopfield's theorem; it requires a constant gain and no noise."""
        return self.circuit.theorem

    def energy(self, t: ArrayLike, x: Array) -> Mapping[str, Array]:
        """Return the coupling, amplifier and bias parts of the energy, each (members,)."""
        return self.circuit.energy(t, x)

    def flow(self, t: ArrayLike, x: Array) -> Flow:
        """Return du/dt, the dissipated power, and the power supplied by the rising gain."""
        return self.circuit.flow(t, x)

    def breakpoints(self, until: float) -> tuple[float, ...]:
        """Return the corners of the schedules."""
        return self.circuit.breakpoints(until)

    def quiet_after(self) -> float:
        """Return the time after which the schedules are constant."""
        return self.circuit.quiet_after()

    def start(self, normal: Array) -> Array:
        """Return 0.01 times the given numbers."""
        return 0.01 * normal
