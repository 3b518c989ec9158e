"""Which steps a machine takes, compiled or in NumPy, by name or by rule."""

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
from analoghop.errors import InputError, MissingProgram, nearest
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

STEPPERS = ("auto", "fused", "numpy")
"""Names of what runs machines."""
FORESEEN = 10
"""Members for which a choice is made, however many there are: none depends on the others."""
SLOW = 20.0
"""How many times longer machines take in NumPy than compiled, about."""
_SMALL = 0.25  # s of NumPy for which nothing is compiled
_CALL, _NUMBER = 6e-5, 2e-8  # s for a step in NumPy, and for each of its numbers


def stepper_of(machine: Machine, dtype: Precision = "float32", engine: str = "auto") -> Stepper:
    """Return the steps of `machine`.

    `engine`: "fused" for compiled ones in precision `dtype`, "numpy" for those of NumPy, "auto" for compiled
    ones where numba is installed, the machine has them, and they pay: see `is_small`. The choice depends on
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


@singledispatch
def compiled_stepper(machine: Machine, dtype: Precision) -> Stepper | None:
    """Return the compiled steps of `machine` in precision `dtype`, None where there are none; needs numba.

    A package of its own registers a machine by `compiled_stepper.register(MyMachine, MyStepper)`.
    """
    return None


def _register(kind: type[Machine], module: str, name: str) -> None:
    """Let compiled steps be imported when a machine of the type `kind` asks for them, and not before."""

    def make(machine: Any, dtype: Precision) -> Stepper:
        home = import_module(f"analoghop.engines.fused.machines.{module}")
        stepper: Stepper = getattr(home, name)(machine, dtype)
        return stepper

    compiled_stepper.register(kind, make)


_register(AdaptiveLines, "adaptive_lines", "AdaptiveLinesStepper")
_register(Amplitude, "amplitude", "AmplitudeStepper")
_register(Assignment, "assignment", "CompiledAssignment")
_register(Chains, "chains", "CompiledChains")
_register(ClauseCircuit, "clauses", "ClauseCircuitStepper")
_register(Inertial, "inertial", "InertialStepper")
_register(Oscillator, "oscillator", "OscillatorStepper")
_register(Satisfaction, "satisfaction", "SatisfactionStepper")
_register(SpinNetwork, "spin_network", "SpinNetworkStepper")


def checked_name(engine: str) -> str:
    """Return one of `STEPPERS`; raises `InputError`, naming them and the nearest, for another word."""
    name = {"ensemble": "numpy"}.get(engine, engine) if isinstance(engine, str) else engine
    if name not in STEPPERS:
        raise InputError(f"`engine` is {engine!r}, expected {', '.join(STEPPERS)}{nearest(engine, STEPPERS)}")
    return name


@singledispatch
def numpy_stepper(machine: Machine, dtype: Precision) -> Stepper:
    """Return the steps of `machine` in NumPy: its definition, where it has no faster ones.

    A package of its own registers a machine by `numpy_stepper.register(Machine, Stepper)`.
    """
    return Definition(machine)


numpy_stepper.register(Assignment, NumpyAssignment)
numpy_stepper.register(Chains, NumpyChains)


def is_small(machine: Machine) -> bool:
    """Return whether a run in NumPy is over before compiled code would be loaded."""
    return machine.steps * (machine.passes * _CALL + _NUMBER * machine.size * FORESEEN) < _SMALL


def chains_anneal(engine: str = "auto") -> tuple[Callable[..., NDArray[Any]], bool]:
    """Return what anneals the small circuits of a search through chains, and whether it is compiled code.

    A search calls it thousands of times a second, with tables that it makes itself (see `ChainsTables`).
    """
    if checked_name(engine) != "numpy" and numba_installed():
        from analoghop.engines.fused.machines.chains import anneal

        return anneal, True
    from analoghop.engines.machines.chains import anneal as anneal_numpy

    return anneal_numpy, False


def compiled_functions(functions: Sequence[Callable[..., Any]]) -> list[Callable[..., Any]]:
    """Return plain functions of numbers and arrays as compiled code; needs numba."""
    from analoghop.engines.fused.registers.compiling import kernel

    return [kernel(function) for function in functions]
