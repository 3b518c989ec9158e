"""`Lure`: a linear circuit with amplifiers in feedback (Lur'e system), the form of every reduced deck."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from analoghop.amplifiers import Amplifiers
from analoghop.amplifiers.bank import EXAMPLE
from analoghop.arrays import Array, column, real
from analoghop.couplings import as_coupling
from analoghop.errors import InputError, check_kind
from analoghop.schedules import Signal, Signals, check_signals
from analoghop.systems.base import CouplingTable, Flow, Rhs, System, Theorem
from analoghop.systems.circuits.as_network import (
    as_network,
    cascade_depth,
    dynamic_units,
    network_obstacles,
    only_dynamic,
)
from analoghop.systems.circuits.lines.waves import DelayLines, delay_reason
from analoghop.systems.circuits.lure_rhs import bound
from analoghop.systems.circuits.matrices import Matrix, any_entry, dense, entries, off_diagonal, row_sums
from analoghop.systems.circuits.network import Network
from analoghop.systems.circuits.observation import Observation, ObservedPoint, PowerBalance
from analoghop.systems.circuits.reciprocal import Reciprocal, as_reciprocal
from analoghop.systems.circuits.solving import solve


@dataclass(frozen=True, eq=False)
class Lure(System):
    """`C x' = -G x + B v + S w(t) + S_rate w'(t)`, `v = phi(z)`, `z = P x + Q v + R w(t)`.

    Shapes: C, G (n, n), C regular; B (n, p); S, S_rate (n, m); P (q, n), Q (q, p), R (q, m) for n states, m
    sources and a bank of amplifiers with q inputs and p outputs. NumPy arrays or SciPy sparse arrays. Q is
    nilpotent: amplifiers that read amplifiers directly, without a capacitor, form no loop. Raises
    `InputError` otherwise, and for wrong shapes and types. `states` names the states. `observation` and
    `balance`, where given, map to node voltages, branch currents and electrical power. `start` (n, 1) is the
    state at t = 0. `gain_factor` gamma(t), where given, multiplies the gain of every amplifier,
    `coupling_factor` kappa(t) its output: v = kappa phi. `noise_density` (n, 1), in the states' unit per root
    second, is independent white noise of each state, and `noise_factor` a signal that multiplies it. `lines`
    are the delays of a circuit, whose waves are among the signals, and `wave_delays` (n,) those for which
    states stand in an equilibrium, see `relaxed`.

    The name is Lur'e's: a linear system closed through nonlinearities.
    """

    C: Matrix
    G: Matrix
    B: Matrix
    S: Matrix
    S_rate: Matrix
    P: Matrix
    Q: Matrix
    R: Matrix
    amplifiers: Amplifiers
    signals: Signals
    states: tuple[str, ...]
    observation: Observation | None = None
    balance: PowerBalance | None = None
    start: Array | None = None
    unit_names: tuple[str, ...] = ()
    gain_factor: Signal | None = None
    coupling_factor: Signal | None = None
    noise_density: Array | None = None
    noise_factor: Signal | None = None
    lines: DelayLines | None = None
    wave_delays: Array | None = None

    depth: int = field(init=False)  # number of amplifiers in the longest cascade

    def __post_init__(self) -> None:
        check_kind(self.amplifiers, Amplifiers, "amplifiers", EXAMPLE)
        check_signals(self)
        n, m, q, p = self.size, len(self.signals), self.amplifiers.inputs, self.amplifiers.outputs
        for name, shape in {
            "C": (n, n), "G": (n, n), "B": (n, p), "S": (n, m), "S_rate": (n, m),
            "P": (q, n), "Q": (q, p), "R": (q, m),
        }.items():  # fmt: skip
            matrix = getattr(self, name)
            if not hasattr(matrix, "tocsr"):
                matrix = real(matrix, f"`{name}`")
                object.__setattr__(self, name, matrix)
            if matrix.shape != shape:
                raise InputError(f"`{name}` has shape {matrix.shape}, expected {shape}")
        for name in ("start", "noise_density"):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, column(getattr(self, name), n, name))
        object.__setattr__(self, "depth", cascade_depth(self.Q, self.amplifiers))

    @property
    def size(self) -> int:
        """Number of states."""
        return len(self.states)

    @property
    def n_outputs(self) -> int:
        """Number of amplifier outputs."""
        return self.amplifiers.outputs

    @cached_property
    def signal_names(self) -> tuple[str, ...]:
        """Node voltages and branch currents, or the names of the states."""
        return self.observation.signal_names if self.observation else self.states

    @cached_property
    def network(self) -> Network | None:
        """This circuit as a `Network`, states in the same order; None if its structure is another one."""
        return None if self._delays else as_network(self.core)

    @cached_property
    def core(self) -> Lure:
        """The circuit without the amplifiers that are only read out."""
        return only_dynamic(self)

    @property
    def bank(self) -> Amplifiers:
        """`amplifiers`."""
        return self.amplifiers

    @property
    def state_names(self) -> tuple[str, ...]:
        """`states`."""
        return self.states

    @cached_property
    def output_names(self) -> tuple[str, ...]:
        """Names of outputs: the node that an output drives alone, else its unit's name, or its number."""
        units, given = self.amplifiers.unit_of_output, self.unit_names
        names = [given[k] if given else str(row + 1) for row, k in enumerate(units)]
        if self.observation is not None:
            for node, row in self.observation.driven():
                names[row] = f"v({node})"
        return tuple(names)

    @cached_property
    def coupling(self) -> CouplingTable:
        """T of the `network`; without one, B of the `core`, the currents of amplifiers into the states."""
        bank = self.amplifiers
        kept = dynamic_units(bank, self.B, self.P, self.Q)[bank.unit_of_output]
        outputs = tuple(name for name, keep in zip(self.output_names, kept, strict=True) if keep)
        matrix = self.network.T if self.network else as_coupling(self.core.B)
        return CouplingTable(matrix, self.states, outputs)

    @cached_property
    def linear(self) -> tuple[Matrix, Matrix, Matrix, Matrix]:
        """C^-1 times G, B, S, S_rate."""
        parts = (self.G, self.B, self.S, self.S_rate)
        if not len(off_diagonal(self.C).rows):
            G, B, S, S_rate = (_scale_rows(part, 1.0 / self.C.diagonal()) for part in parts)
            return G, B, S, S_rate
        if not isinstance(self.C, np.ndarray):
            from scipy.sparse import csr_array

            solved = solve(self.C, [csr_array(part) for part in parts])
            if solved is None:
                raise InputError("`C` is singular")
            G, B, S, S_rate = solved
            return G, B, S, S_rate
        from scipy.linalg import lu_factor, lu_solve

        factors = lu_factor(self.C)
        G, B, S, S_rate = (lu_solve(factors, dense(part)) for part in parts)
        return G, B, S, S_rate

    @cached_property
    def _sparse(self) -> tuple[Matrix, Matrix, Matrix]:
        """C^-1 B, P and Q as sparse arrays: the product with a small dense one would be a dense Jacobian."""
        from scipy.sparse import csr_array

        return csr_array(self.linear[1]), csr_array(self.P), csr_array(self.Q)

    @cached_property
    def time_constants(self) -> Array:
        """1 over the decay rate of each state by itself; if that is zero, over the sum of its couplings."""
        A, B = self.linear[:2]
        own = np.abs(A.diagonal())
        drive = row_sums(B)
        rate = np.where(own > 0, own, drive)
        return (1.0 / np.where(rate > 0, rate, 1.0))[:, None]

    @cached_property
    def input_scale(self) -> Array:
        """Change of each state that moves the input of the most sensitive amplifier by one input scale."""
        rows, states, values = entries(self.P)
        sensitivity = np.zeros(self.size)
        np.maximum.at(sensitivity, states, np.abs(values * self.amplifiers.gain[rows, 0]))
        top = sensitivity.max(initial=0.0)
        return (1.0 / np.where(sensitivity > 0, sensitivity, top if top > 0 else 1.0))[:, None]

    def gamma(self, t: ArrayLike) -> Any:
        """Return the factor of all gains at `t`."""
        return 1.0 if self.gain_factor is None else self.gain_factor.value(t)

    def kappa(self, t: ArrayLike) -> Any:
        """Return the factor of all outputs at `t`."""
        return 1.0 if self.coupling_factor is None else self.coupling_factor.value(t)

    @property
    def decay(self) -> Array:
        """The decay rate of each state by itself, 0 without decay, (size, 1)."""
        return np.asarray(np.maximum(self.linear[0].diagonal(), 0.0)[:, None])

    @property
    def noise(self) -> Array | None:
        """`noise_density`."""
        return self.noise_density

    def _inputs_outputs(self, t: ArrayLike, x: Array, w: Array) -> tuple[Array, Array]:
        gamma, kappa = self.gamma(t), self.kappa(t)
        fixed = np.asarray(self.P @ x + self.R @ w)
        z, v = fixed, kappa * self.amplifiers.value(fixed, gamma)
        for _ in range(self.depth):
            z = fixed + self.Q @ v
            v = kappa * self.amplifiers.value(z, gamma)
        return z, v

    def _point_rate(self, t: ArrayLike, point: ObservedPoint, z: Array) -> ObservedPoint:
        dx, dw = self.rate(t, point), self.signals.rate(t)
        fixed = np.asarray(self.P @ dx + self.R @ dw)
        gamma, kappa = self.gamma(t), self.kappa(t)
        swing: Array | float = 0.0
        if self.gain_factor is not None:
            by_factor = self.amplifiers.pushforward(z, z - self.amplifiers.offset, gamma) / gamma
            swing = kappa * self.gain_factor.rate(t) * by_factor
        if self.coupling_factor is not None:
            swing = swing + self.coupling_factor.rate(t) * self.amplifiers.value(z, gamma)
        dv = kappa * self.amplifiers.pushforward(z, fixed, gamma) + swing
        for _ in range(self.depth):
            dv = kappa * self.amplifiers.pushforward(z, fixed + self.Q @ dv, gamma) + swing
        return ObservedPoint(dx, dv, np.broadcast_to(dw, (dw.shape[0], dx.shape[1])))

    def rate(self, t: ArrayLike, point: ObservedPoint) -> Array:
        """Return dx/dt at a point."""
        G, B, S, S_rate = self.linear
        rate = B @ point.v - G @ point.x + S @ point.w
        return np.asarray(rate + S_rate @ self.signals.rate(t) if self.follows_rates else rate)

    @cached_property
    def follows_rates(self) -> bool:
        """Whether a state depends on the rate of a source, through a capacitor."""
        return any_entry(self.S_rate)

    def point(self, t: ArrayLike, x: Array) -> tuple[ObservedPoint, Array]:
        """Return states, outputs and sources at `t`, and the inputs of the amplifiers."""
        w = self.signals.value(t)
        w = np.broadcast_to(w, (w.shape[0], x.shape[1]))
        z, v = self._inputs_outputs(t, x, w)
        return ObservedPoint(x, v, w), z

    def outputs(self, t: ArrayLike, x: Array) -> Array:
        """Return v."""
        return self.point(t, x)[0].v

    def rhs(self, t: ArrayLike, x: Array) -> Array:
        """Return dx/dt."""
        if self.network:
            return self.network.rhs(t, x)
        return self.core.rate(t, self.core.point(t, x)[0])

    def bind(self) -> Rhs:
        """Return the right-hand side of one trajectory, that of the `network` if there is one."""
        return self.network.bind() if self.network else bound(self.core)

    @cached_property
    def cornered(self) -> bool:
        """Whether an amplifier that acts on a state has corners."""
        return self.core.amplifiers.cornered

    def switches(self, t: ArrayLike, x: Array) -> Array:
        """Return the inputs of the amplifiers relative to their corners, (k, members)."""
        core = self.core
        w = core.signals.value(t)
        w = np.broadcast_to(w, (w.shape[0], x.shape[1]))
        return core.amplifiers.switches(core._inputs_outputs(t, x, w)[0], core.gamma(t))

    def observe(self, t: ArrayLike, x: Array, names: Sequence[str]) -> Array:
        """Return the named node voltages and branch currents. Raises `KeyError` for an unknown name."""
        if self.observation is None:
            return super().observe(t, x, names)
        point, z = self.point(t, x)
        rate = self._point_rate(t, point, z) if self.observation.needs_rates(names) else None
        return self.observation.observe(names, point, rate)

    def jacobian(self, t: float, x: Array) -> Any:
        """Return d(dx/dt)/dx: a SciPy sparse array for a sparse circuit, else dense."""
        if self.network:
            return self.network.jacobian(t, x)
        core = self.core
        G, B = core.linear[:2]
        z = core._inputs_outputs(t, x, core.signals.value(t))[0]
        gamma, kappa = (float(np.asarray(factor(t))) for factor in (core.gamma, core.kappa))
        if not isinstance(G, np.ndarray):
            into, P, Q = core._sparse
            J = kappa * core.amplifiers.jacobian(z, gamma, sparse=True)
            slope = J @ P
            for _ in range(core.depth):
                slope = J @ (P + Q @ slope)
            return into @ slope - G
        # The derivative along every state: the Jacobian of a cluster of many amplifiers would not be small.
        P = dense(core.P)
        push = core.amplifiers.linearise(np.broadcast_to(z, P.shape), gamma)[1]
        slope = kappa * push(P)
        for _ in range(core.depth):
            slope = kappa * push(P + core.Q @ slope)
        return np.asarray(B @ slope - dense(G))

    @cached_property
    def _reciprocal(self) -> tuple[Reciprocal | None, tuple[str, ...]]:
        return as_reciprocal(self.core)

    @property
    def _delays(self) -> str | None:
        """Why delays leave the circuit without an energy; None without delays."""
        if self.lines is not None:
            return delay_reason(self.lines.names)
        return None if self.wave_delays is None else "lines delay signals, and states stand for their waves"

    @cached_property
    def _energetic(self) -> Network | Reciprocal | None:
        """The form that defines the energy: `Network`, unless only the theorem of `Reciprocal` applies."""
        if self._delays:
            return None
        network = self.network
        if network and network.has_energy and network.theorem.applies:
            return network
        reciprocal = self._reciprocal[0]
        return network if network and network.has_energy and reciprocal is None else reciprocal

    @property
    def has_energy(self) -> bool:
        """Whether one of the two energy functions is defined for this circuit."""
        return self._energetic is not None

    @cached_property
    def theorem(self) -> Theorem:
        """The theorem that applies, or the failed conditions of both."""
        if self._energetic is not None:
            return self._energetic.theorem
        if self._delays:
            return Theorem(False, "", (self._delays,))
        against = self.network.theorem.reasons if self.network else network_obstacles(self.core)
        return Theorem(False, "", tuple(dict.fromkeys([*against, *self._reciprocal[1]])))

    def energy(self, t: ArrayLike, x: Array) -> Mapping[str, Array]:
        """Return the parts of the energy in watt, each (members,): those of `Network` or of `Reciprocal`."""
        return super().energy(t, x) if self._energetic is None else self._energetic.energy(t, x)

    def flow(self, t: ArrayLike, x: Array) -> Flow:
        """Return dx/dt with the dissipated and the supplied power of the energy, each (members,)."""
        return super().flow(t, x) if self._energetic is None else self._energetic.flow(t, x)

    @property
    def meters(self) -> tuple[str, ...]:
        """Names of the powers delivered by the sources and dissipated as heat, for compiled circuits."""
        return ("sources", "heat") if self.balance else ()

    def meter(self, t: ArrayLike, x: Array) -> Array:
        """Return the power of `meters` in watt, (len(meters), members)."""
        if self.balance is None:
            return super().meter(t, x)
        point, z = self.point(t, x)
        rate = self._point_rate(t, point, z)
        return np.stack([self.balance.delivered(point, rate), self.balance.heat(point)])

    def stored(self, t: ArrayLike, x: Array) -> Array | None:
        """Return the energy in the capacitors and lines in joule, (members,)."""
        if self.balance is None:
            return None
        stored = self.balance.stored(self.point(t, x)[0])
        return stored + self.lines.stored(self.signals, float(np.asarray(t))) if self.lines else stored

    def breakpoints(self, until: float) -> tuple[float, ...]:
        """Return the corners of the sources, and their echoes in lines."""
        own = self._moving.breakpoints(until)
        return own if self.lines is None else self.lines.corners(own, until)

    def quiet_after(self) -> float:
        """Return the time after which all sources are constant, inf with waves in lines."""
        return self._moving.quiet_after()

    def started(self, waves: Array) -> Lure:
        """Return the circuit in which the `waves` (ends,) in ampere have arrived at its lines until t = 0."""
        return self if self.lines is None else replace(self, signals=self.lines.started(self.signals, waves))

    @property
    def longest_step(self) -> float:
        """The shortest delay of a line: steps that are no longer read what is known."""
        return np.inf if self.lines is None else float(self.lines.delays.min())

    def begun(self, start: float, end: float, rtol: float) -> Lure:
        """Return the circuit for one run, with a past of its own where it has lines."""
        if self.lines is None:
            return self
        return replace(self, signals=self.lines.begun(self.signals, start, end, rtol))

    def remember(self, begin: float, end: float, states: Callable[[Array], Array]) -> None:
        """Enter a step of a run into the past, which `begun` has made."""
        if self.lines is not None:
            sent = self.lines.sent
            past = self.lines.past(self.signals)
            past.add(begin, end, lambda t: sent @ self.point(t, states(t))[0])

    @property
    def _moving(self) -> Signals:
        factors = (self.gain_factor, self.coupling_factor, self.noise_factor)
        return Signals(self.signals.signals + tuple(f for f in factors if f is not None))


def _scale_rows(matrix: Matrix, scale: Array) -> Matrix:
    if isinstance(matrix, np.ndarray):
        return matrix * scale[:, None]
    from scipy import sparse

    return sparse.csr_array(sparse.diags_array(scale) @ matrix)
