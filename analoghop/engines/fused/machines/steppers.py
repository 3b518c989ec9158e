"""`compiled_stepper`: which machine has compiled steps."""

from __future__ import annotations

from functools import singledispatch

from analoghop.arrays import Precision
from analoghop.engines.fused.machines.adaptive_lines import AdaptiveLinesStepper
from analoghop.engines.fused.machines.amplitude import AmplitudeStepper
from analoghop.engines.fused.machines.assignment import CompiledAssignment
from analoghop.engines.fused.machines.chains import CompiledChains
from analoghop.engines.fused.machines.clauses import ClauseCircuitStepper
from analoghop.engines.fused.machines.inertial import InertialStepper
from analoghop.engines.fused.machines.oscillator import OscillatorStepper
from analoghop.engines.fused.machines.satisfaction import SatisfactionStepper
from analoghop.engines.fused.machines.spin_network import SpinNetworkStepper
from analoghop.engines.machines.stepper import Stepper
from analoghop.systems.assignment.assignment import Assignment
from analoghop.systems.assignment.chains import Chains
from analoghop.systems.machine import Machine
from analoghop.systems.machines.adaptive_clauses import ClauseCircuit
from analoghop.systems.machines.adaptive_lines import AdaptiveLines
from analoghop.systems.machines.amplitude import Amplitude
from analoghop.systems.machines.inertial import Inertial
from analoghop.systems.machines.oscillator import Oscillator
from analoghop.systems.machines.satisfaction import Satisfaction
from analoghop.systems.machines.spin_network import SpinNetwork


@singledispatch
def compiled_stepper(machine: Machine, dtype: Precision) -> Stepper | None:
    """Return the compiled steps of `machine` in precision `dtype`, None where there are none.

    A package of its own registers a machine by `compiled_stepper.register(Machine, Stepper)`.
    """
    return None


compiled_stepper.register(AdaptiveLines, AdaptiveLinesStepper)
compiled_stepper.register(Amplitude, AmplitudeStepper)
compiled_stepper.register(Assignment, CompiledAssignment)
compiled_stepper.register(Chains, CompiledChains)
compiled_stepper.register(ClauseCircuit, ClauseCircuitStepper)
compiled_stepper.register(Inertial, InertialStepper)
compiled_stepper.register(Oscillator, OscillatorStepper)
compiled_stepper.register(Satisfaction, SatisfactionStepper)
compiled_stepper.register(SpinNetwork, SpinNetworkStepper)
