"""`deck_of`: an encoding as a deck, a circuit of parts, that begins at one of its starts."""

from __future__ import annotations

from functools import partial, singledispatch
from typing import Any

import numpy as np

from analoghop.arrays import Array
from analoghop.circuit.requests import Tran
from analoghop.circuit.synthesis.assignment_deck import synthesize_assignment
from analoghop.circuit.synthesis.lure_deck import synthesize_lure
from analoghop.circuit.synthesis.multiplier_deck import synthesize_multipliers
from analoghop.circuit.synthesis.successor_deck import synthesize_successor
from analoghop.circuit.synthesis.synthesize import Synthesis, synthesize
from analoghop.errors import InputError
from analoghop.problems.base import Encoding
from analoghop.problems.turns import circuit_of
from analoghop.systems.assignment.assignment import Assignment
from analoghop.systems.assignment.delayed_assignment import DelayedAssignment
from analoghop.systems.assignment.delayed_successor import DelayedSuccessor
from analoghop.systems.assignment.elastic_net import ElasticNet
from analoghop.systems.assignment.successor import Successor
from analoghop.systems.base import System
from analoghop.systems.circuits.lure import Lure
from analoghop.systems.circuits.network import Network
from analoghop.systems.machines.adaptive_lines import AdaptiveLines
from analoghop.systems.machines.spins.spin_network import SpinNetwork

IMPEDANCE = 1e6
"""Ohms of a resistor of one unit of conductance; formulations use such units."""
POINTS = 500
"""Number of time points that the deck prints."""


def deck_of(encoding: Encoding, seed: int = 0, number: int = 0, title: str = "Encoded problem") -> Synthesis:
    """Return the circuit of `encoding` with the start of trajectory `number`.

    Raises `InputError` for a system that cannot be written as a deck.
    """
    encoding = circuit_of(encoding, number)
    start = encoding.start(seed, np.array([number]))[:, 0]
    tran = Tran(encoding.duration / POINTS, encoding.duration, uic=True)
    return parts_of(encoding.system, start=start, tran=tran, title=title)


@singledispatch
def parts_of(system: System, **options: Any) -> Synthesis:
    """Return `system` as parts of a deck; `options` are `start`, `tran` and `title`.

    Register other systems by `parts_of.register`. Raises `InputError` for a system that cannot be written as
    a deck.
    """
    raise InputError(
        f"this circuit cannot be written as a deck: there are no parts for a {type(system).__name__}"
    )


parts_of.register(Network, partial(synthesize, impedance=IMPEDANCE))
parts_of.register(AdaptiveLines, partial(synthesize_multipliers, impedance=IMPEDANCE))
parts_of.register(Lure, partial(synthesize_lure, impedance=IMPEDANCE))


@parts_of.register
def _(system: SpinNetwork, **options: Any) -> Synthesis:
    return parts_of(system.circuit, **options)


@parts_of.register
def _(system: Assignment, **options: Any) -> Synthesis:
    return synthesize_assignment(DelayedAssignment(system), impedance=IMPEDANCE, **options)


@parts_of.register
def _(system: DelayedAssignment, start: Array, **options: Any) -> Synthesis:
    inputs = start[: system.ideal.size]
    return synthesize_assignment(system, impedance=IMPEDANCE, start=inputs, **options)


@parts_of.register
def _(system: Successor, **options: Any) -> Synthesis:
    return synthesize_successor(DelayedSuccessor(system), impedance=IMPEDANCE, **options)


@parts_of.register
def _(system: DelayedSuccessor, start: Array, **options: Any) -> Synthesis:
    return synthesize_successor(system, impedance=IMPEDANCE, start=start[: system.ideal.size], **options)


@parts_of.register
def _(system: ElasticNet, **options: Any) -> Synthesis:
    raise InputError(
        "an elastic net cannot be written as a deck: its capacitances depend on its conductances"
    )
