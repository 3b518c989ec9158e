"""The choice of the stepper of a machine, compiled or in NumPy, by name or by rule."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import singledispatch
from importlib import import_module
from typing import Any

from numpy.typing import NDArray

from analoghop.arrays import Precision
from analoghop.engines.compiler import numba_installed
from analoghop.engines.machines.assignment import NumpyAssignment
from analoghop.engines.machines.chains import NumpyChains
from analoghop.engines.machines.stepper import Definition, Stepper
from analoghop.engines.machines.successor import NumpySuccessor
from analoghop.errors import InputError, MissingProgram, nearest
from analoghop.systems.assignment.assignment import Assignment
from analoghop.systems.assignment.chains import Chains
from analoghop.systems.assignment.successor import Successor
from analoghop.systems.machine import Machine
from analoghop.systems.machines.adaptive_clauses import ClauseCircuit
from analoghop.systems.machines.adaptive_lines import AdaptiveLines
from analoghop.systems.machines.lagrange import Lagrange
from analoghop.systems.machines.memcomputing import Memcomputing
from analoghop.systems.machines.satisfaction import Satisfaction
from analoghop.systems.machines.spins.amplitude import Amplitude
from analoghop.systems.machines.spins.chaotic_feedback import ChaoticFeedback
from analoghop.systems.machines.spins.inertial import Inertial
from analoghop.systems.machines.spins.oscillator import Oscillator
from analoghop.systems.machines.spins.probabilistic_bits import ProbabilisticBits
from analoghop.systems.machines.spins.released import Released
from analoghop.systems.machines.spins.separation import Separation
from analoghop.systems.machines.spins.spin_network import SpinNetwork

STEPPERS = ("auto", "fused", "numpy")
"""Names of the engines of machines."""
FORESEEN = 10
"""Number of members assumed in the choice, so that no member depends on how many there are."""
SLOW = 20.0
"""Approximate ratio of the run times in NumPy and in compiled code."""
_SMALL = 0.25  # a run below this time in NumPy, in s, is not compiled
_CALL, _NUMBER = 6e-5, 2e-8  # s in NumPy per step, and per number in a step


def stepper_of(machine: Machine, dtype: Precision = "float32", engine: str = "auto") -> Stepper:
    """Return the stepper of `machine`.

    `engine`: "fused" for compiled steps in precision `dtype`, "numpy" for NumPy, "auto" for compiled steps if
    numba is installed, the machine has them, and the run is not small (see `is_small`). The choice depends on
    the arguments alone. Raises `InputError` for another name and for a machine without compiled steps,
    `MissingProgram` without numba.
    """
    engine = checked_name(engine)
    if engine == "fused" and not numba_installed():
        raise MissingProgram("compiled steps need numba: install analoghop[fast], or use the engine numpy")
    if engine == "fused" or (engine == "auto" and numba_installed() and not is_small(machine)):
        compiled = compiled_stepper(machine, dtype)
        if compiled is not None:
            return compiled
        if engine == "fused":
            raise InputError(f"a {type(machine).__name__} has no compiled steps: use the engine numpy")
    return numpy_stepper(machine, dtype)


def machine_of(system: object) -> Machine | None:
    """Return a system that steps by its own rule as a `Machine`, None for any other."""
    return system if isinstance(system, Machine) else None


@singledispatch
def compiled_stepper(machine: Machine, dtype: Precision) -> Stepper | None:
    """Return the compiled stepper of `machine` in precision `dtype`, None if it has none; needs numba.

    Another package registers its machine by `compiled_stepper.register(MyMachine, MyStepper)`.
    """
    return None


def _register(kind: type[Machine], module: str, name: str) -> None:
    """Register a compiled stepper for machines of the type `kind`, imported at its first use."""

    def make(machine: Any, dtype: Precision) -> Stepper:
        home = import_module(f"analoghop.engines.fused.machines.{module}")
        stepper: Stepper = getattr(home, name)(machine, dtype)
        return stepper

    compiled_stepper.register(kind, make)


_register(AdaptiveLines, "adaptive_lines", "AdaptiveLinesStepper")
_register(Amplitude, "spins.amplitude", "AmplitudeStepper")
_register(Assignment, "grids.assignment", "CompiledAssignment")
_register(Chains, "grids.chains", "CompiledChains")
_register(ClauseCircuit, "clauses", "ClauseCircuitStepper")
_register(Inertial, "spins.inertial", "InertialStepper")
_register(Lagrange, "lagrange", "LagrangeStepper")
_register(Memcomputing, "memcomputing", "MemcomputingStepper")
_register(Oscillator, "spins.oscillator", "OscillatorStepper")
_register(ChaoticFeedback, "spins.chaotic_feedback", "ChaoticFeedbackStepper")
_register(ProbabilisticBits, "spins.probabilistic_bits", "ProbabilisticBitsStepper")
_register(Separation, "spins.separation", "SeparationStepper")
_register(Released, "spins.released", "ReleasedStepper")
_register(Satisfaction, "satisfaction", "SatisfactionStepper")
_register(SpinNetwork, "spins.spin_network", "SpinNetworkStepper")
_register(Successor, "grids.successor", "CompiledSuccessor")


def checked_name(engine: str) -> str:
    """Return one of `STEPPERS`; raises `InputError`, naming them and the nearest, for another word."""
    name = {"ensemble": "numpy"}.get(engine, engine) if isinstance(engine, str) else engine
    if name not in STEPPERS:
        raise InputError(f"`engine` is {engine!r}, expected {', '.join(STEPPERS)}{nearest(engine, STEPPERS)}")
    return name


@singledispatch
def numpy_stepper(machine: Machine, dtype: Precision) -> Stepper:
    """Return the NumPy stepper of `machine`: its definition, if there is no faster one.

    Another package registers its machine by `numpy_stepper.register(Machine, Stepper)`.
    """
    return Definition(machine)


numpy_stepper.register(Assignment, NumpyAssignment)
numpy_stepper.register(Chains, NumpyChains)
numpy_stepper.register(Successor, NumpySuccessor)


def is_small(machine: Machine) -> bool:
    """Return whether a run in NumPy ends before compiled code would be loaded."""
    return machine.steps * seconds_per_step(machine, FORESEEN) < _SMALL


def seconds_per_step(machine: Machine, members: int = 1) -> float:
    """Return about how many seconds a step of so many members takes in NumPy."""
    return machine.passes * _CALL + _NUMBER * machine.size * members


def chains_anneal(engine: str = "auto") -> tuple[Callable[..., NDArray[Any]], bool]:
    """Return the function that anneals the small circuits of a chain search, and whether it is compiled.

    A search calls it thousands of times per second, with its own tables (see `ChainsTables`).
    """
    if checked_name(engine) != "numpy" and numba_installed():
        from analoghop.engines.fused.machines.grids.chains import anneal

        return anneal, True
    from analoghop.engines.machines.chains import anneal as anneal_numpy

    return anneal_numpy, False


def compiled_functions(functions: Sequence[Callable[..., Any]]) -> list[Callable[..., Any]]:
    """Compile Python functions of numbers and arrays, and return them; needs numba."""
    from analoghop.engines.fused.registers.compiling import kernel

    return [kernel(function) for function in functions]
