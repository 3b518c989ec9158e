"""Small circuits, by name in `SMALL_SYSTEMS`, on which engines are compared with accurate runs of SciPy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from analoghop.activations import Identity, Logistic, Softmax, Tanh
from analoghop.amplifiers import Amplifiers
from analoghop.couplings import Cycle, Dense, Eye, Kron, Ones, Sparse
from analoghop.schedules import Schedule, Signals
from analoghop.systems.circuits.network import Network


def dense(n: int = 8, seed: int = 0, symmetric: bool = True) -> Network:
    """Return amplifiers of several gains with random couplings."""
    rng = np.random.default_rng(seed)
    T = rng.normal(size=(n, n)) / np.sqrt(n)
    bank = Amplifiers.uniform(Tanh(), n, gain=rng.uniform(2, 4, n), offset=0.1)
    T = (T + T.T) / 2 if symmetric else T
    coupling = Dense(T)
    return Network(
        coupling, bank, C=rng.uniform(1, 2, n), G=rng.uniform(0.8, 1.2, n), bias=0.1 * rng.normal(size=n)
    )


def driven() -> Network:
    """Return a circuit whose gain, coupling and input depend on time, with corners."""
    ramp = Schedule(np.array([0.0, 2.0]), np.array([0.3, 1.0]), "geometric")
    pulse = Schedule(np.array([0.5, 1.0, 1.5]), np.array([0.0, 1.0, 0.0]))
    network = dense(seed=1, symmetric=False)
    S = np.random.default_rng(1).normal(size=(network.size, 1))
    fading = Schedule(np.array([0.0, 1.0]), np.array([1.0, 0.8]))
    return replace(network, gain_factor=ramp, coupling_factor=fading, signals=Signals((pulse,)), S=S)


def clusters() -> Network:
    """Return a circuit of vector and scalar amplifiers."""
    bank = Amplifiers.of([Softmax(3), Logistic(), Softmax(3), Logistic()], gain=2.0)
    return Network(Dense(np.random.default_rng(2).normal(size=(8, 8))), bank)


def structured() -> Network:
    """Return a circuit whose coupling is a sum of Kronecker products, as for the travelling salesman."""
    d = np.random.default_rng(3).random((16, 16))
    T = -0.2 * Kron(Dense(d + d.T), Cycle(16)) - 0.1 * Kron(Ones(16), Eye(16)) + 0.5 * Eye(256)
    return Network(T, Amplifiers.uniform(Logistic(), 256, gain=3.0), bias=np.asarray(0.4))


def sparse() -> Network:
    """Return a circuit with a sparse coupling."""
    network = dense(seed=4)
    T = network.T.toarray()
    return replace(network, T=Sparse(T * (np.abs(T) > 0.2)))


def exploding() -> Network:
    """Return a linear circuit whose voltage grows by a factor of e in 5 ms."""
    return Network(Dense(np.array([[201.0]])), Amplifiers.uniform(Identity(), 1), bias=np.asarray(1.0))


SMALL_SYSTEMS: Mapping[str, Callable[[], Network]] = {
    make.__name__: make for make in (dense, driven, clusters, structured, sparse)
}
