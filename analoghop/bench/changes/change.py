"""`changed`: the system that runs, with the common knobs, the faults and the anneal put in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np

from analoghop.arrays import Array
from analoghop.bench.changes.anneal import Anneal, annealed_machine
from analoghop.bench.changes.lag import lagging
from analoghop.bench.changes.networks import with_bias, with_fault, with_tolerance
from analoghop.bench.faults import Fault
from analoghop.bench.kinds import as_circuit, as_network_itself
from analoghop.bench.sources.base import Built, Knob
from analoghop.engines.choice.steppers import machine_of
from analoghop.errors import InputError
from analoghop.schedules import Constant, Schedule, Signal
from analoghop.systems.assignment.anneal_signals import ProductSignal
from analoghop.systems.base import System
from analoghop.systems.circuits.network import Network

LARGEST_LAG = 200
"""Largest number of states of a circuit whose amplifiers may lag: its matrices become dense."""
_LARGEST_MARK = 1000  # units up to which the critical gain is computed


@lru_cache(maxsize=4)
def common_knobs(built: Built) -> tuple[Knob, ...]:
    """Return the knobs that every network and every deck has; none for machines."""
    system = as_circuit(built.system)
    if system is None:
        return ()
    knobs = [
        Knob("gain", "gain of all", 1.0, 0.05, 20.0, log=True, mark=critical_gain(system),
             about="factor of the gain of every amplifier; the mark is the gain g_c at which the middle "
             "state loses its stability"),
        Knob("noise", "noise", 0.0, 0.0, 5.0,
             about="white noise: deviation of a state by itself, in input scales of its amplifier"),
    ]  # fmt: skip
    if system.size <= LARGEST_LAG:
        slow = float(np.median(system.time_constants))
        about = "time constant of every amplifier: a bandwidth of 1/(2 pi lag); 0 for ideal ones"
        knobs.append(Knob("lag", "amplifier lag", 0.0, 0.0, 5.0 * slow, unit="s", about=about))
    if as_network_itself(system) is not None:
        about = "the same further bias on every unit, in input scales of its amplifier"
        knobs.append(Knob("bias", "bias", 0.0, -10.0, 10.0, about=about))
        about = "the same couplings, scattered within this share of their values: no longer symmetric"
        knobs.append(Knob("scatter", "tolerance", 0.0, 0.0, 0.5, about=about))
        about = "thermal noise of every node's conductance; 0 for none"
        knobs.append(Knob("kelvin", "temperature", 0.0, 0.0, 1e6, unit="K", about=about))
    return tuple(knobs)


def critical_gain(system: System) -> float | None:
    """Return the factor of all gains at which the state in the amplifiers' middles loses its stability.

    1 / max Re of the eigenvalues of G^-1 T D, D the slopes there: exact for a real eigenvalue, and for equal
    time constants also for a pair of complex ones (Hopfield 1984, PNAS 81:3088; Marcus and Westervelt 1989).
    None where no gain does that, for circuits that are no network, and for very large ones.
    """
    network = system.network
    if network is None or network.size > _LARGEST_MARK or not network.amplifiers.scalar:
        return None
    if not (network.G > 0).all():
        return None
    slopes = network.amplifiers.slopes(network.amplifiers.offset)
    if network.T.symmetric and (slopes >= 0).all():
        from scipy.sparse.linalg import LinearOperator, eigsh

        root = np.sqrt(slopes / network.G)[:, 0]
        if network.size > 100:
            product = LinearOperator(
                network.T.shape,
                matvec=lambda v: root * (network.T @ (root * v.ravel())[:, None])[:, 0],
                dtype=np.float64,
            )
            first = np.ones(network.size)
            # A mark beside a slider: further digits would cost most of the time of a turn.
            largest = float(eigsh(product, k=1, which="LA", v0=first, tol=1e-4, return_eigenvectors=False)[0])
        else:
            largest = float(np.linalg.eigvalsh(network.T.toarray() * root * root[:, None])[-1])
    else:
        matrix = network.T.toarray() * slopes[:, 0] / network.G
        if network.size > 200 or not np.isfinite(matrix).all():
            return None
        largest = float(np.linalg.eigvals(matrix).real.max())
    return 1.0 / largest if largest > 0 else None


def changed(
    built: Built, values: Mapping[str, float], faults: tuple[Fault, ...], anneal: Anneal | None
) -> System:
    """Return the system of `built` with the values of `common_knobs`, the faults and the anneal.

    Raises `InputError` for a fault or an anneal that the circuit cannot have.
    """
    system: Any = as_circuit(built.system)
    if system is None:
        if faults:
            name = type(built.system).__name__
            raise InputError(f"a {name} steps by its own rule: its parts cannot be broken")
        machine = machine_of(built.system)
        if anneal is None or machine is None:
            return built.system
        return annealed_machine(machine, anneal)  # type: ignore[no-any-return]
    for fault in faults:
        system = with_fault(system, fault)
    network = as_network_itself(system)
    if network is not None:
        system = _turned(network, values)
    if anneal is not None and anneal.what not in ("gain", "noise"):
        raise InputError(f"the gain or the noise can be annealed here, not {anneal.what!r}")
    level, ramp = values.get("gain", 1.0), _ramp(anneal, "gain")
    if level != 1.0 or ramp is not None:
        system = replace(system, gain_factor=_product(_product(system.gain_factor, Constant(level)), ramp))
    ramp = _ramp(anneal, "noise")
    level = values.get("noise", 0.0) or (1.0 if ramp is not None else 0.0)
    if level:
        density = level * system.input_scale * np.sqrt(2.0 / system.time_constants)
        system = replace(system, noise_density=_together(system.noise_density, density))
    if ramp is not None:
        system = replace(system, noise_factor=_product(system.noise_factor, ramp))
    return lagging(system, values["lag"]) if values.get("lag") else system


def _turned(network: Network, values: Mapping[str, float]) -> Network:
    """Return the network with the values of the knobs that only networks have."""
    if values.get("bias"):
        network = with_bias(network, values["bias"])
    if values.get("scatter"):
        if not 0.0 <= values["scatter"] < 1.0:
            raise InputError(f"a tolerance of {values['scatter']:g} is no share from 0 to 1")
        network = with_tolerance(network, values["scatter"])
    if values.get("kelvin"):
        network = replace(network, temperature=values["kelvin"])
    return network


def _together(own: Array | None, added: Array) -> Array:
    """Return the density of two independent noises."""
    return np.asarray(added if own is None else np.sqrt(np.square(own) + np.square(added)))


def _ramp(anneal: Anneal | None, what: str) -> Schedule | None:
    return anneal.signal if anneal is not None and anneal.what == what else None


def _product(first: Signal | None, second: Signal | None) -> Signal | None:
    if first is None or second is None:
        return first or second
    return ProductSignal(first, second)
