"""`Network`: Hopfield's circuit of 1984, amplifiers coupled by conductances, one capacitor each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from analoghop.amplifiers import Amplifiers
from analoghop.amplifiers.bank import EXAMPLE
from analoghop.arrays import Array, column, frozen, readonly_fields, real
from analoghop.couplings import Coupling, Dense, Sparse, as_coupling
from analoghop.errors import InputError, check_kind
from analoghop.schedules import Signal, Signals, check_signals
from analoghop.systems.base import CouplingTable, Flow, Rhs, System, Theorem
from analoghop.systems.circuits.network_energy import NetworkEnergy

_BOLTZMANN = 1.380649e-23  # J/K


@dataclass(frozen=True, eq=False)
class Network(System):
    """`C du/dt = kappa T v - G u + I`, `v = a + b f(gamma g (u - o))`: Hopfield (1984), PNAS 81:3088, eq. 5.

    `T` (n, n) in siemens, a `Coupling` or an array. `amplifiers`: a bank with n inputs and n outputs, input i
    reading state i. `C` (farad), `G` (siemens), `bias` (ampere): numbers or n values. `signals` and `S` (n,
    m) add the moving bias `S w(t)`; `gain_factor` is gamma(t), `coupling_factor` kappa(t). `temperature`
    (kelvin) gives every node the Johnson noise of its conductance, a current of spectral density 2kTG
    (two-sided): `du = ... + sqrt(2kTG)/C dW`, so that an uncoupled node has the variance kT/C.
    `noise_density` (V per root second; a number or n values) is further white noise, `noise_factor` a signal
    that multiplies all of it. `names` (n) label the units: signals `v(u<name>)` and `v(v<name>)`; default
    1..n. Raises `InputError` for wrong shapes, C not positive, G, temperature or noise negative.

    Energy (Hopfield 1984 eq. 7; vector amplifiers: Krotov & Hopfield 2021):
    `E = sum w (G (u v - Phi(u)) - I v) - kappa v.diag(w) T v / 2`, where `v = grad Phi`. The weights w are 1
    for a symmetric T. They make diag(w) T symmetric where positive weights can, so for T = diag(d) S and
    S diag(d); where none can, they are 1, and the energy may rise.
    """

    T: Coupling
    amplifiers: Amplifiers
    C: Array = field(default_factory=lambda: np.ones(()))
    G: Array = field(default_factory=lambda: np.ones(()))
    bias: Array = field(default_factory=lambda: np.zeros(()))
    signals: Signals = field(default_factory=Signals)
    S: Array = field(default_factory=lambda: np.zeros((0, 0)))
    gain_factor: Signal | None = None
    coupling_factor: Signal | None = None
    temperature: float = 0.0
    noise_density: Array = field(default_factory=lambda: np.zeros(()))
    noise_factor: Signal | None = None
    names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_kind(self.amplifiers, Amplifiers, "amplifiers", EXAMPLE)
        check_signals(self)
        n = self.amplifiers.inputs
        if self.amplifiers.outputs != n:
            outputs = self.amplifiers.outputs
            raise InputError(f"`amplifiers` have {n} inputs and {outputs} outputs; a Network needs as many")
        coupling = as_coupling(self.T)
        if coupling.shape != (n, n):
            raise InputError(f"`T` has shape {coupling.shape}, expected ({n}, {n}) for {n} amplifiers")
        S = real(self.S, "`S`")
        if S.shape == (0, 0):
            S = np.zeros((n, 0))
        if S.shape != (n, len(self.signals)):
            raise InputError(f"`S` has shape {S.shape}, expected ({n}, {len(self.signals)})")
        names = tuple(map(str, self.names)) or tuple(str(i + 1) for i in range(n))
        if len(names) != n or len(set(names)) != n:
            raise InputError(f"`names` needs {n} different names")
        C, G = column(self.C, n, "C"), column(self.G, n, "G")
        if not (C > 0).all():
            raise InputError("`C` must be positive: a state is the voltage of a capacitor")
        if not (G >= 0).all():
            raise InputError("`G` must not be negative")
        noise = column(self.noise_density, n, "noise_density")
        if not (noise >= 0).all():
            raise InputError("`noise_density` must not be negative")
        temperature = real(self.temperature, "`temperature`")
        if temperature.ndim or not (np.isfinite(temperature) and temperature >= 0):
            raise InputError(f"`temperature` is {self.temperature} K, expected zero or more")
        object.__setattr__(self, "T", coupling)
        object.__setattr__(self, "names", names)
        bias = column(self.bias, n, "bias")
        readonly_fields(self, C=C, G=G, bias=bias, S=frozen(S), noise_density=noise)

    @property
    def size(self) -> int:
        """Number of amplifier inputs."""
        return self.amplifiers.inputs

    @property
    def n_outputs(self) -> int:
        """Number of amplifier outputs, equal to `size`."""
        return self.amplifiers.outputs

    @property
    def network(self) -> Network:
        """This network itself."""
        return self

    @property
    def bank(self) -> Amplifiers:
        """`amplifiers`."""
        return self.amplifiers

    @cached_property
    def signal_names(self) -> tuple[str, ...]:
        """`v(u<name>)` for the inputs, then `v(v<name>)` for the outputs."""
        return tuple(f"v(u{n})" for n in self.names) + tuple(f"v(v{n})" for n in self.names)

    @property
    def state_names(self) -> tuple[str, ...]:
        """`v(u<name>)`."""
        return self.signal_names[: self.size]

    @property
    def output_names(self) -> tuple[str, ...]:
        """`v(v<name>)`."""
        return self.signal_names[self.size :]

    @property
    def coupling(self) -> CouplingTable:
        """T."""
        return CouplingTable(self.T, self.state_names, self.output_names)

    @cached_property
    def time_constants(self) -> Array:
        """C/G; if G is zero, C over the conductance of all couplings."""
        total = self.G
        if not (self.G > 0).all():
            total = np.where(self.G > 0, self.G, self.T.row_sums()[:, None])
        return self.C / np.where(total > 0, total, self.C)

    @cached_property
    def input_scale(self) -> Array:
        """1/gain of each amplifier."""
        return 1.0 / np.abs(self.amplifiers.gain)

    @cached_property
    def decay(self) -> Array:
        """G/C."""
        return frozen(self.G / self.C)

    @cached_property
    def noise(self) -> Array | None:
        """Johnson noise (Johnson 1928, Nyquist 1928) and `noise_density` together; None if both are zero."""
        johnson = 2.0 * _BOLTZMANN * self.temperature * self.G / self.C**2
        total = np.sqrt(johnson + self.noise_density**2)
        return frozen(total) if total.any() else None

    def gamma(self, t: ArrayLike) -> Any:
        """Return the factor of all gains at `t`."""
        return 1.0 if self.gain_factor is None else self.gain_factor.value(t)

    def kappa(self, t: ArrayLike) -> Any:
        """Return the factor of all outputs at `t`."""
        return 1.0 if self.coupling_factor is None else self.coupling_factor.value(t)

    def current(self, t: ArrayLike) -> Array:
        """Return the bias current at `t` in ampere, (n, 1) or (n, members)."""
        return self.bias + self.S @ self.signals.value(t) if len(self.signals) else self.bias

    def outputs(self, t: ArrayLike, x: Array) -> Array:
        """Return v at the input voltages `x`."""
        return self.amplifiers.value(x, self.gamma(t))

    def rhs(self, t: ArrayLike, x: Array) -> Array:
        """Return du/dt in volt per second."""
        drive = (self.T @ self.outputs(t, x)) * self.kappa(t)
        return np.asarray((drive - self.G * x + self.current(t)) / self.C)

    def bind(self) -> Rhs:
        """Return the right-hand side of one trajectory with all constants folded."""
        if self.gain_factor is not None or self.coupling_factor is not None:
            return super().bind()
        activate = self.amplifiers.bind()
        per_C = 1.0 / self.C[:, 0]
        leak, bias, S = self.G[:, 0] * per_C, self.bias[:, 0] * per_C, self.S * per_C[:, None]
        moving = self.signals.value if len(self.signals) else None
        dense = isinstance(self.T, Dense)
        couple = Dense(self.T.toarray() * per_C[:, None]).bind() if dense else self.T.bind()

        def rhs(t: float, u: Array) -> Array:
            rate = couple(activate(u))
            if not dense:
                rate *= per_C
            rate -= leak * u
            rate += bias
            if moving is not None:
                rate += S @ moving(t)[:, 0]
            return rate

        return rhs

    @property
    def cornered(self) -> bool:
        """Whether an amplifier has corners."""
        return self.amplifiers.cornered

    def switches(self, t: ArrayLike, x: Array) -> Array:
        """Return the inputs of the amplifiers relative to their corners, (k, members)."""
        return self.amplifiers.switches(x, self.gamma(t))

    def slopes(self, t: ArrayLike, x: Array) -> Array:
        """Return kappa dv/du, (n, members). Raises `InputError` unless every amplifier has one input."""
        return np.asarray(self.amplifiers.slopes(x, self.gamma(t)) * self.kappa(t))

    def jacobian(self, t: float, x: Array) -> Any:
        """Return (T J - G) / C, J the amplifiers' Jacobian; sparse where T is."""
        gamma, kappa = self.gamma(t), float(np.asarray(self.kappa(t)))
        if isinstance(self._matrix, np.ndarray):
            if self.amplifiers.scalar:
                product = self._matrix * (kappa * self.amplifiers.slopes(x, gamma)[:, 0])
            else:
                product = kappa * (self._matrix @ self.amplifiers.jacobian(x, gamma))
            product[np.diag_indices(self.size)] -= self.G[:, 0]
            return product / self.C
        from scipy import sparse

        slopes = self.amplifiers.jacobian(x, gamma, sparse=True)
        product = kappa * (self._matrix @ slopes) - sparse.diags_array(self.G[:, 0])
        return sparse.csc_array(sparse.diags_array(1.0 / self.C[:, 0]) @ product)

    @cached_property
    def _matrix(self) -> Any:
        return self.T.tosparse() if isinstance(self.T, Sparse) else self.T.toarray()

    @property
    def has_energy(self) -> bool:
        """Whether the amplifiers are gradients, so that the energy is defined."""
        return self.amplifiers.has_potential

    @cached_property
    def _energy(self) -> NetworkEnergy:
        return NetworkEnergy(self)

    @property
    def theorem(self) -> Theorem:
        """Hopfield's theorem of 1984, with or without weights, or the conditions of it that fail."""
        return self._energy.theorem

    @property
    def weights(self) -> Array | None:
        """The weights of the inputs in the energy, (n,), where T is not symmetric but diag(weights) T is."""
        return self._energy.weighted.weights

    def energy(self, t: ArrayLike, x: Array) -> Mapping[str, Array]:
        """Return the coupling, amplifier and bias parts of the energy in watt, each (members,)."""
        return self._energy.parts(t, x)

    def flow(self, t: ArrayLike, x: Array) -> Flow:
        """Return du/dt, the dissipated power w C u'.v', and what schedules, inputs and asymmetry supply."""
        return self._energy.flow(t, x)

    def breakpoints(self, until: float) -> tuple[float, ...]:
        """Return the corners of the moving inputs and schedules."""
        return Signals(self._moving).breakpoints(until)

    def quiet_after(self) -> float:
        """Return the time after which inputs and schedules are constant."""
        return Signals(self._moving).quiet_after()

    @property
    def _moving(self) -> tuple[Signal, ...]:
        return self.signals.signals + tuple(
            s for s in (self.gain_factor, self.coupling_factor, self.noise_factor) if s is not None
        )
