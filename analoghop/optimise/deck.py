"""`deck_of`: an encoding as a circuit of parts, from one of its starts."""

from __future__ import annotations

import numpy as np

from analoghop.circuit.requests import Tran
from analoghop.circuit.synthesis.assignment_deck import synthesize_assignment
from analoghop.circuit.synthesis.lure_deck import synthesize_lure
from analoghop.circuit.synthesis.multiplier_deck import synthesize_multipliers
from analoghop.circuit.synthesis.synthesize import Synthesis, synthesize
from analoghop.errors import InputError
from analoghop.problems.base import Encoding
from analoghop.systems.assignment.assignment import Assignment
from analoghop.systems.assignment.delayed_assignment import DelayedAssignment
from analoghop.systems.assignment.elastic_net import ElasticNet
from analoghop.systems.circuits.lure import Lure
from analoghop.systems.circuits.network import Network
from analoghop.systems.machines.adaptive_lines import AdaptiveLines
from analoghop.systems.machines.spin_network import SpinNetwork

IMPEDANCE = 1e6
"""Ohms of a resistor of one unit of conductance: formulations count in their own."""
POINTS = 500
"""Time points that the deck asks to be printed."""


def deck_of(encoding: Encoding, seed: int = 0, number: int = 0, title: str = "Encoded problem") -> Synthesis:
    """Return the circuit of `encoding` that starts as trajectory `number` does.

    Raises `InputError` for a system that has no form in a deck.
    """
    system = encoding.system
    start = encoding.start(seed, np.array([number]))[:, 0]
    tran = Tran(encoding.duration / POINTS, encoding.duration, uic=True)
    if isinstance(system, SpinNetwork):
        system = system.network
    if isinstance(system, Network):
        return synthesize(system, impedance=IMPEDANCE, start=start, tran=tran, title=title)
    if isinstance(system, AdaptiveLines):
        return synthesize_multipliers(system, impedance=IMPEDANCE, start=start, tran=tran, title=title)
    if isinstance(system, Lure):
        return synthesize_lure(system, impedance=IMPEDANCE, start=start, tran=tran, title=title)
    if isinstance(system, Assignment):
        system = DelayedAssignment(system)
    if isinstance(system, DelayedAssignment):
        u = start[: system.ideal.size]
        return synthesize_assignment(system, impedance=IMPEDANCE, start=u, tran=tran, title=title)
    if isinstance(system, ElasticNet):
        raise InputError("an elastic net has no form in a deck: its capacitors follow its conductances")
    raise InputError(f"a {type(system).__name__} has no form in a deck")
