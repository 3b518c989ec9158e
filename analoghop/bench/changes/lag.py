"""`lagging`: a circuit whose amplifiers have a finite bandwidth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from analoghop.bench.kinds import as_network_itself, as_reduced_deck
from analoghop.schedules import Constant, Signals
from analoghop.systems.circuits.lure import Lure
from analoghop.systems.circuits.matrices import Matrix, dense
from analoghop.systems.circuits.network import Network
from analoghop.systems.circuits.observation import LinearMap, Observation

PREFIX = "lag:"
"""Beginning of the names of the states that a lag adds; the rest is the amplifier's output."""


def lagging(system: Network | Lure, tau: float) -> Lure:
    """Return the circuit in which each amplifier follows its characteristic with the time constant `tau` (s).

    The outputs y become states, tau y' = phi(z) - y, and drive what the amplifiers drove: a first-order
    bandwidth of 1/(2 pi tau). States are named `lag:OUTPUT`. No energy theorem holds for the circuit
    (Marcus and Westervelt 1989, Phys. Rev. A 39:347, on delay).
    """
    network = as_network_itself(system)
    lure = as_reduced_deck(system) if network is None else as_lure(network)
    assert lure is not None, "a circuit is a network or a reduced deck"
    n, p = lure.size, lure.n_outputs
    B, P, Q, S, S_rate = (dense(part) for part in (lure.B, lure.P, lure.Q, lure.S, lure.S_rate))
    C = np.block([[dense(lure.C), np.zeros((n, p))], [np.zeros((p, n)), tau * np.eye(p)]])
    G = np.block([[dense(lure.G), -B], [np.zeros((p, n)), np.eye(p)]])
    width = S.shape[1]
    noise = lure.noise_density
    return replace(
        lure,
        C=C,
        G=G,
        B=np.concatenate([np.zeros((n, p)), np.eye(p)]),
        S=np.concatenate([S, np.zeros((p, width))]),
        S_rate=np.concatenate([S_rate, np.zeros((p, width))]),
        P=np.concatenate([P, Q], axis=1),
        Q=np.zeros_like(Q),
        states=(*lure.states, *(f"{PREFIX}{name}" for name in lure.output_names)),
        observation=None if lure.observation is None else _observed(lure.observation),
        balance=None,
        start=None if lure.start is None else np.concatenate([lure.start, np.zeros((p, 1))]),
        noise_density=None if noise is None else np.concatenate([noise, np.zeros((p, 1))]),
        unit_names=lure.output_names if lure.amplifiers.scalar else lure.unit_names,
    )


def as_lure(network: Network) -> Lure:
    """Return a network as the more general circuit, with the same states and outputs."""
    n = network.size
    S = np.concatenate([network.S, network.bias], axis=1)
    width = S.shape[1]
    noise = network.noise
    return Lure(
        C=np.diag(network.C[:, 0]),
        G=np.diag(network.G[:, 0]),
        B=network.T.toarray(),
        S=S,
        S_rate=np.zeros((n, width)),
        P=np.eye(n),
        Q=np.zeros((n, n)),
        R=np.zeros((n, width)),
        amplifiers=network.amplifiers,
        signals=Signals((*network.signals.signals, Constant(1.0))),
        states=network.state_names,
        unit_names=network.output_names,
        gain_factor=network.gain_factor,
        coupling_factor=network.coupling_factor,
        noise_density=noise,
        noise_factor=network.noise_factor,
    )


def _observed(old: Observation) -> Observation:
    """Return the observation in which what was read at an output is read at its lagging state."""
    return replace(old, voltage=_moved(old.voltage), current=_moved(old.current), charge=_moved(old.charge))


def _moved(old: LinearMap) -> LinearMap:
    x: Matrix = np.concatenate([dense(old.x), dense(old.v)], axis=1)
    return LinearMap(x, np.zeros_like(dense(old.v)), dense(old.w))
