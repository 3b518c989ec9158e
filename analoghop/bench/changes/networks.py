"""Faults and further knobs of networks: dead amplifiers, clamped states, couplings, bias."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from analoghop.amplifiers import Amplifiers
from analoghop.bench.faults import Fault
from analoghop.bench.kinds import as_network_itself
from analoghop.couplings import Dense
from analoghop.errors import InputError, nearest
from analoghop.systems.circuits.lure import Lure
from analoghop.systems.circuits.network import Network


def place_of(names: tuple[str, ...], part: str, noun: str) -> int:
    """Return the row of the `part` among `names`; raises `InputError` for a name that is not there."""
    wanted = "".join(part.lower().split())
    for row, name in enumerate(names):
        if name.lower() == wanted:
            return row
    raise InputError(f"there is no {noun} {part!r} in this circuit{nearest(part, names)}")


def with_dead(system: Network | Lure, part: str) -> Network | Lure:
    """Return the circuit whose amplifier with the output `part` stays in the middle of its rails."""
    bank = system.amplifiers
    row = place_of(system.output_names, part, "amplifier")
    unit = bank.unit_of_output[row]
    rows = bank.unit_of_output == unit
    ends = np.array(bank.activations[unit].range, dtype=np.float64)
    middle = float(ends.mean()) if np.isfinite(ends).all() else 0.0
    base, scale = np.array(bank.base), np.array(bank.scale)
    base[rows] += scale[rows] * middle
    scale[rows] = 0.0
    return replace(system, amplifiers=Amplifiers(bank.blocks, bank.gain, bank.offset, scale, base))


def with_clamp(network: Network, part: str, volts: float) -> Network:
    """Return the network whose state `part` is held at `volts`: it receives no current but that of a source.

    The state must be put to `volts` at the same time; a state without conductance stays where it is.
    """
    row = place_of(network.state_names, part, "state")
    T, bias, S = network.T.toarray().copy(), np.array(network.bias), np.array(network.S)
    noise = np.array(network.noise_density)
    T[row], bias[row], S[row], noise[row] = 0.0, network.G[row] * volts, 0.0, 0.0
    return replace(network, T=Dense(T), bias=bias, S=S, noise_density=noise)


def with_coupling(network: Network, part: str, siemens: float) -> Network:
    """Return the network with another coupling, `part` being "INPUT<OUTPUT", such as `v(u1)<v(v2)`."""
    into, sign, out = part.partition("<")
    if not sign:
        raise InputError(f"{part!r} names no coupling, expected INPUT<OUTPUT such as `v(u1)<v(v2)`")
    row = place_of(network.state_names, into, "state")
    column = place_of(network.output_names, out, "amplifier")
    if not np.isfinite(siemens):
        raise InputError(f"a coupling cannot be {siemens}: expected a finite number of siemens")
    T = network.T.toarray().copy()
    T[row, column] = siemens
    return replace(network, T=Dense(T))


def with_bias(network: Network, shift: float) -> Network:
    """Return the network with the same further bias on all units, which moves each by `shift` input scales.

    A unit is moved that far where nothing else acts on it.
    """
    conductance = np.where(network.G > 0, network.G, network.C / network.time_constants)
    return replace(network, bias=network.bias + shift * conductance * network.input_scale)


def with_tolerance(network: Network, share: float) -> Network:
    """Return the network with couplings that scatter uniformly within this share of their values.

    The draws are always the same, so that a larger share scales the deviations of one part.
    """
    drawn = np.random.default_rng(0).uniform(-1.0, 1.0, network.T.shape)
    return replace(network, T=Dense(network.T.toarray() * (1.0 + share * drawn)))


def with_fault(system: Network | Lure, fault: Fault) -> Network | Lure:
    """Return the circuit with one fault; a deck's own parts have been changed before it was reduced."""
    if fault.kind == "kill":
        return with_dead(system, fault.part)
    network = as_network_itself(system)
    if network is None:
        return system
    if fault.kind == "clamp":
        return with_clamp(network, fault.part, fault.value)
    return with_coupling(network, fault.part, 0.0 if fault.kind == "cut" else fault.value)
