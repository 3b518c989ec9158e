"""`System`: the contract between circuits, which define equations, and engines, which integrate them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analoghop.arrays import Array, Integers
from analoghop.couplings import Coupling
from analoghop.records import Brief
from analoghop.schedules import Signal
from analoghop.systems.state_space import StateSpace

if TYPE_CHECKING:
    from analoghop.amplifiers import Amplifiers
    from analoghop.systems.circuits.lure import Lure
    from analoghop.systems.circuits.network import Network

Rhs = Callable[[float, Array], Array]


class Flow(NamedTuple):
    """The result of `System.flow`: `rate` (n, members), and the powers (members,) that audit its energy.

    `dissipated` and `supplied` obey dE/dt = supplied - dissipated exactly; where a theorem applies and the
    parameters are frozen, supplied = 0 and dissipated >= 0.
    """

    rate: Array
    dissipated: Array
    supplied: Array


@dataclass(frozen=True)
class Theorem:
    """Whether an energy theorem promises that the energy never rises.

    `applies`; `name` of the theorem ("Hopfield 1984", "reciprocal circuit") or ""; `reasons`, one sentence
    per failed condition (empty where the theorem applies).
    """

    applies: bool
    name: str = ""
    reasons: tuple[str, ...] = ()

    @property
    def reason(self) -> str | None:
        """All reasons as one text, None if the theorem applies."""
        return "; ".join(self.reasons) or None


class CouplingTable(NamedTuple):
    """A coupling with the names of its rows, the `inputs`, and of its columns, the `outputs`."""

    matrix: Coupling
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


class System(Brief, StateSpace):
    """Ordinary differential equations with outputs, mostly the amplifiers' voltages.

    Subclasses are final dataclasses; `size` is the number of states.
    """

    @property
    @abstractmethod
    def signal_names(self) -> tuple[str, ...]:
        """Names of all signals that can be observed, e.g. `v(u1)`, `i(v1)`; lower case."""

    @property
    @abstractmethod
    def time_constants(self) -> Array:
        """Time constant of each state by itself in seconds, (size, 1), positive and finite."""

    @property
    @abstractmethod
    def input_scale(self) -> Array:
        """Change of each state that matters to an amplifier (1/gain), in its unit, (size, 1), positive."""

    @abstractmethod
    def rhs(self, t: ArrayLike, x: Array) -> Array:
        """Return dx/dt, (size, members)."""

    def observe(self, t: ArrayLike, x: Array, names: Sequence[str]) -> Array:
        """Return the named signals, (len(names), members). Raises `KeyError` for an unknown name.

        Assumes that `signal_names` are the states, then possibly the outputs; other systems override it.
        """
        rows = np.array([self._rows[name] for name in names], dtype=np.intp)
        if (rows < self.size).all():
            return x[rows]
        return np.concatenate([x, self.outputs(t, x)])[rows]

    @cached_property
    def _rows(self) -> dict[str, int]:
        return {name: row for row, name in enumerate(self.signal_names)}

    @abstractmethod
    def jacobian(self, t: float, x: Array) -> Any:
        """Return d(dx/dt)/dx at one state `x` (size, 1): a dense array or a SciPy sparse matrix."""

    @property
    def decay(self) -> Array:
        """Rate 1/s at which each state decays by itself, (size, 1), not negative: x' = -decay x + ...

        Fixed-step methods integrate it exactly; zero if nothing is known.
        """
        return np.zeros((self.size, 1))

    @property
    def noise(self) -> Array | None:
        """White noise of each state, (size, 1), in its unit per root second: dx = ... + noise factor dW.

        None for a system without noise.
        """
        return None

    noise_factor: Signal | None = None
    """Time-dependent factor of the noise; None for 1."""

    @property
    def explicit_only(self) -> str | None:
        """Why only explicit Runge-Kutta methods fit (walls, comparators), a sentence; None if all do."""
        return None

    @property
    def members(self) -> int | None:
        """Number of circuits, for a family of them in which each column has its own values; else None."""
        return None

    def of(self, members: Integers) -> System:
        """Return the equations of some `members` of a family, in that order; the system itself for others."""
        return self

    def alone(self, member: int) -> System:
        """Return one member of a family as a system of its own; the system itself for others."""
        return self

    @property
    def starts(self) -> Array:
        """The states at t = 0, (size, members), zeros where none are defined."""
        return np.zeros((self.size, self.members or 1))

    @property
    def thresholds(self) -> Array:
        """The states at which the amplifiers that read them are in their middle, (size, 1); 0 if unknown."""
        network = self.network
        return np.zeros((self.size, 1)) if network is None else network.amplifiers.offset

    def jacobians(self, t: ArrayLike, x: Array) -> Array:
        """Return d(dx/dt)/dx at each column of `x`, (members, size, size), dense."""
        times = np.broadcast_to(t, (x.shape[1],))
        found = [self.jacobian(float(times[k]), x[:, [k]]) for k in range(x.shape[1])]
        return np.array([J.toarray() if hasattr(J, "toarray") else J for J in found]).reshape(
            x.shape[1], self.size, self.size
        )

    def bind(self) -> Rhs:
        """Return the fastest right-hand side of one trajectory: (t, (size,)) -> (size,)."""

        def rhs(t: float, x: NDArray[np.float64]) -> NDArray[np.float64]:
            return self.rhs(t, x[:, None])[:, 0]

        return rhs

    @property
    def cornered(self) -> bool:
        """Whether the rate has corners inside the space of states, where `switches` change their signs."""
        return False

    def switches(self, t: ArrayLike, x: Array) -> Array:
        """Return functions (k, members) that change sign at the corners of the rate, of the order of 1."""
        return np.empty((0, x.shape[1]))

    @property
    def theorem(self) -> Theorem:
        """The energy theorem that applies, or its conditions that fail."""
        return Theorem(False, reasons=("no energy function is known for this system",))

    def flow(self, t: ArrayLike, x: Array) -> Flow:
        """Return rate, dissipated and supplied power in one pass."""
        raise NotImplementedError("this system has no energy")

    @property
    def meters(self) -> tuple[str, ...]:
        """Names of further powers that an engine integrates together with the state (watts to joules)."""
        return ()

    def meter(self, t: ArrayLike, x: Array) -> Array:
        """Return the powers named by `meters`, (len(meters), members)."""
        return np.zeros((0, x.shape[1]))

    def stored(self, t: ArrayLike, x: Array) -> Array | None:
        """Return the electrical energy stored in the capacitors in joules, (members,); None if unknown."""
        return None

    def breakpoints(self, until: float) -> tuple[float, ...]:
        """Return the increasing times in (0, until) at which an engine must restart."""
        return ()

    def quiet_after(self) -> float:
        """Return the time after which inputs and parameters are constant: no settling before it."""
        return 0.0

    @property
    def longest_step(self) -> float:
        """The longest step in s that reads nothing later than its beginning: the shortest delay, or inf."""
        return np.inf

    def started(self, waves: Array) -> System:
        """Return the system in which `waves` (ends,) have arrived at the ends of its lines until t = 0."""
        return self

    def begun(self, start: float, end: float, rtol: float) -> System:
        """Return the system for one run from `start` to `end` s; one with delays has a past of its own there.

        `rtol` is the tolerance of the run, which the past keeps.
        """
        return self

    def remember(self, begin: float, end: float, states: Callable[[Array], Array]) -> None:
        """Enter an accepted step of the run, for which `begun` has made the system, into its past.

        `states` maps times (k,) from `begin` to `end` to states (size, k).
        """
        return

    @property
    def network(self) -> Network | None:
        """These equations as Hopfield's network of 1984, states in the same order; None for other systems."""
        return None

    @property
    def core(self) -> Lure | None:
        """The system as a `Lure` without the amplifiers that are only read out; None for other systems."""
        return None

    @property
    def bank(self) -> Amplifiers | None:
        """The amplifiers whose outputs are `outputs`, in the same order; None if there is no such bank."""
        return None

    @property
    def state_names(self) -> tuple[str, ...]:
        """Names of the states, e.g. `v(u1)`; by default their numbers from 1."""
        return tuple(str(k + 1) for k in range(self.size))

    @property
    def output_names(self) -> tuple[str, ...]:
        """Names of the outputs, e.g. `v(v1)`; by default their numbers from 1."""
        return tuple(str(k + 1) for k in range(self.n_outputs))

    @property
    def coupling(self) -> CouplingTable | None:
        """The matrix from outputs to currents into the states, in siemens; None if there is no such matrix.

        For a circuit that is not a `network`, the matrix from its amplifiers to its states.
        """
        return None
