"""Circuits of dense memories: features and memory amplifiers in two layers, or one reciprocal layer."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analoghop.activations import Activation, Power, Satlin, Softmax, Tanh
from analoghop.amplifiers import Amplifiers
from analoghop.arrays import check_positive
from analoghop.couplings import Coupling, Dense, Sparse
from analoghop.memory.circuits.continuous import DURATION, cued, pixel_names
from analoghop.memory.circuits.memory_circuit import TAU, MemoryCircuit
from analoghop.memory.dense import DenseMemory, Interaction
from analoghop.problems.base import Formulation
from analoghop.schedules import Signals
from analoghop.systems.circuits.lure import Lure
from analoghop.systems.circuits.network import Network

if TYPE_CHECKING:
    from analoghop.memory.patterns import Memory

_CLAMP = 5.0  # conductance of the diodes in units of the largest drive by all memory amplifiers
_DENSE_STATES = 1500  # above this size, the zero blocks of a full matrix cost more than a sparse product


def two_layer(
    dense: DenseMemory, *, gain: float = 20.0, tau: float = TAU, memory_tau: float | None = None
) -> MemoryCircuit:
    """Return the circuit of n feature and P memory nodes (Krotov & Hopfield 2021), a `Network`.

    tau u' = X' f(h) - u, tau_m h' = X tanh(g u) - h with f the softmax of beta h, or max(h/n, 0)^(k - 1).
    Its couplings are symmetric, so its energy never rises. `memory_tau` is tau_m, by default tau/10.
    Raises `InputError` for numbers that are not positive.
    """
    slow = tau
    fast = 0.1 * tau if memory_tau is None else memory_tau
    check_positive({"gain": gain, "tau": tau, "memory_tau": fast})
    X = dense.memory.patterns
    count, n = X.shape
    activation, units, slope = _memory_amplifiers(dense)
    amplifiers = Amplifiers(
        ((Tanh(), n), (activation, units)), np.concatenate([np.full(n, gain), np.full(count, slope)])
    )
    names = _pixels(dense.memory) + tuple(f"m{k + 1}" for k in range(count))
    C = np.concatenate([np.full(n, slow), np.full(count, fast)])
    system = Network(_bipartite(X), amplifiers, C=C, names=names)
    parameters = _parameters(dense, {"layers": 2, "gain": gain, "tau": tau, "memory_tau": fast})
    return MemoryCircuit(dense.memory, system, DURATION * tau, tau, parameters, readers=X)


def one_layer(dense: DenseMemory, *, gain: float = 20.0, tau: float = TAU) -> MemoryCircuit:
    """Return a circuit of n nodes whose memory amplifiers drive the nodes that they read.

    Exponential: tau u' = X' softmax(beta X u) - u, the attention of Ramsauer et al. (2021) relaxed in
    continuous time. Polynomial: tau u' = `gain` X' f(X u/n) - u - c(u), f the power k - 1 and c the current
    of diodes that clamp each node near +-1 V, without which the sum of many weak patterns would exceed the
    retrieved one. Both are reciprocal: their energy never rises. Raises `InputError` for numbers that are not
    positive.
    """
    check_positive({"gain": gain, "tau": tau})
    from scipy.sparse import csr_array

    X = dense.memory.patterns
    count, n = X.shape
    activation, units, slope = _memory_amplifiers(dense)
    options: dict[str, float | int | str | bool] = {"layers": 1, "tau": tau}
    blocks: tuple[tuple[Activation, int], ...] = ((activation, units),)
    leak, slopes, reads, acts = 1.0, np.full(count, slope), X, np.ascontiguousarray(X.T)
    if dense.interaction == "polynomial":
        # The diodes draw u - satlin(u): their linear part is added to the leak.
        clamp = _CLAMP * gain
        options["gain"] = gain
        blocks = (*blocks, (Satlin(), n))
        leak, slopes = 1.0 + clamp, np.concatenate([slopes, np.ones(n)])
        reads, acts = np.concatenate([X, np.eye(n)]), np.hstack([gain * X.T, clamp * np.eye(n)])
    outputs = len(reads)
    system = Lure(
        C=tau * np.eye(n),
        G=leak * np.eye(n),
        B=acts,
        S=np.zeros((n, 0)),
        S_rate=np.zeros((n, 0)),
        P=reads,
        Q=csr_array((outputs, outputs)),
        R=np.zeros((outputs, 0)),
        amplifiers=Amplifiers(blocks, slopes),
        signals=Signals(),
        states=tuple(f"v(u{name})" for name in _pixels(dense.memory)),
    )
    parameters = _parameters(dense, options)
    return MemoryCircuit(dense.memory, system, DURATION * tau, tau, parameters, middle=None, drive=acts)


@dataclass(frozen=True)
class _Layers(Formulation["Memory"]):
    interaction: Interaction = "exponential"
    beta: float = 1.0
    degree: float = 3.0
    gain: float = 20.0
    tau: float = TAU
    noise: float = 0.1
    pattern: int = 1

    @staticmethod
    @abstractmethod
    def wire(dense: DenseMemory, *, gain: float, tau: float) -> MemoryCircuit:
        """Return the circuit of `dense`."""

    def encode(self, problem: Memory) -> MemoryCircuit:
        """Return the circuit; raises `InputError` for invalid options."""
        dense = DenseMemory(problem, self.interaction, self.beta, self.degree)
        return cued(self.wire(dense, gain=self.gain, tau=self.tau), self.noise, self.pattern)


class TwoLayers(_Layers):
    """Features and memory amplifiers; options as in `DenseMemory` and `two_layer`."""

    name = "two-layer"
    purpose = "dense memory of feature and memory amplifiers: many more patterns than neurons"
    wire = staticmethod(two_layer)


class OneLayer(_Layers):
    """Memory amplifiers that drive the nodes they read; options as in `DenseMemory` and `one_layer`."""

    name = "one-layer"
    purpose = "dense memory whose amplifiers act back on the nodes they read: attention as a circuit"
    wire = staticmethod(one_layer)


def _memory_amplifiers(dense: DenseMemory) -> tuple[Activation, int, float]:
    """Return the activation of the memory amplifiers, the number of units, and their gain."""
    if dense.interaction == "exponential":
        return Softmax(dense.memory.count), 1, dense.beta
    return Power(dense.degree - 1.0), dense.memory.count, 1.0 / dense.memory.size


def _pixels(memory: Memory) -> tuple[str, ...]:
    """Return the names of the features."""
    return pixel_names(memory) or tuple(str(k + 1) for k in range(memory.size))


def _bipartite(X: np.ndarray) -> Coupling:
    """Return [[0, X'], [X, 0]], the couplings between features and memories."""
    count, n = X.shape
    if n + count <= _DENSE_STATES:
        T = np.zeros((n + count, n + count))
        T[:n, n:], T[n:, :n] = X.T, X
        return Dense(T)
    from scipy.sparse import block_array, csr_array

    return Sparse(block_array([[None, csr_array(X.T)], [csr_array(X), None]]))


def _parameters(
    dense: DenseMemory, more: dict[str, float | int | str | bool]
) -> dict[str, float | int | str | bool]:
    own: dict[str, float | int | str | bool] = {"interaction": dense.interaction}
    if dense.interaction == "exponential":
        own["beta"] = dense.beta
    else:
        own["degree"] = dense.degree
    return {**own, **more}
