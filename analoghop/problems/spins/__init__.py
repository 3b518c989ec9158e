"""Ising machines: the circuits of max-cut, Ising and QUBO problems."""

from collections.abc import Mapping
from typing import Any

from analoghop.problems.base import Formulation
from analoghop.problems.spins.amplitude import AmplitudeMachine
from analoghop.problems.spins.automatic import AutomaticMachine
from analoghop.problems.spins.bits import BitsMachine
from analoghop.problems.spins.encoding import SpinEncoding
from analoghop.problems.spins.gain import GainMachine
from analoghop.problems.spins.inertial import InertialMachine
from analoghop.problems.spins.noise import NoiseMachine
from analoghop.problems.spins.optical import FeedbackMachine, SeparationMachine
from analoghop.problems.spins.oscillator import OscillatorMachine

MACHINES: Mapping[str, type[Formulation[Any]]] = {
    machine.name: machine
    for machine in (
        AutomaticMachine,
        InertialMachine,
        AmplitudeMachine,
        GainMachine,
        NoiseMachine,
        OscillatorMachine,
        FeedbackMachine,
        SeparationMachine,
        BitsMachine,
    )
}
"""Formulations by name, the default first."""

__all__ = [
    "MACHINES",
    "AmplitudeMachine",
    "AutomaticMachine",
    "BitsMachine",
    "FeedbackMachine",
    "GainMachine",
    "InertialMachine",
    "NoiseMachine",
    "OscillatorMachine",
    "SeparationMachine",
    "SpinEncoding",
]
