"""What runs a system: its engine by name or by rule; the only place that asks whether numba is installed."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from functools import cache, singledispatch
from importlib.util import find_spec
from typing import Any, Literal

from numpy.typing import NDArray

from analoghop.arrays import Precision
from analoghop.engines.base import Engine, EnsembleEngine
from analoghop.engines.ensemble.ensemble import Ensemble
from analoghop.engines.ensemble.step_limit import fastest_rate
from analoghop.engines.fused.equations.lower import lower
from analoghop.engines.fused.fused import Fused
from analoghop.engines.machines.assignment import NumpyAssignment
from analoghop.engines.machines.chains import NumpyChains
from analoghop.engines.machines.stepper import Definition, Stepper
from analoghop.engines.trajectory.scipy_ivp import ScipyIVP
from analoghop.errors import InputError, MissingProgram, check_kind
from analoghop.systems.assignment.assignment import Assignment
from analoghop.systems.assignment.chains import Chains
from analoghop.systems.base import System
from analoghop.systems.circuits.lure import Lure
from analoghop.systems.circuits.network import Network
from analoghop.systems.machine import Machine

ENGINES: Mapping[str, type[Engine]] = {"scipy": ScipyIVP, "ensemble": Ensemble, "fused": Fused}
"""Engines by the names that the command line and `simulate` know; "auto" is the one that fits."""

EngineName = Literal["auto", "scipy", "ensemble", "fused"]

_LOADING = 1.0  # s of computing that loading numba and its kernels takes, a little more than was measured
_PASS, _ENTRY = 1e-8, 6e-11  # s per state and evaluation, and per entry of the coupling besides: NumPy
_SETTLING = 10.0  # own time constants that a trajectory is followed for before it rests
_STEP, _STAGES = 1.0, 6  # a step over the fastest time constant; evaluations of a step
_MOST = 20_000  # evaluations of a trajectory: amplifiers that saturate are slower than their bound


STEPPERS = ("auto", "fused", "numpy")
"""Names of what runs machines."""
FORESEEN = 10
"""Members for which a choice is made, however many there are: none depends on the others."""
SLOW = 20.0
"""How many times longer machines take in NumPy than compiled, about."""
_SMALL = 0.25  # s of NumPy for which nothing is compiled
_CALL, _NUMBER = 6e-5, 2e-8  # s for a step in NumPy, and for each of its numbers

MakeCompiled = Callable[[Any, Precision], Stepper | None]
_COMPILED: dict[type[Machine], MakeCompiled] = {}


@cache
def numba_installed() -> bool:
    """Return whether numba, and with it compiled code, can be used."""
    return find_spec("numba") is not None


def fused_available(system: System) -> bool:
    """Return whether numba is installed and the compiled kernels know `system`."""
    return numba_installed() and lower(system) is not None


def engine_of(
    engine: EngineName | Engine, system: System, count: int | None = None, duration: float = float("inf")
) -> Engine:
    """Return the engine that is named, or given, for `count` trajectories of `system` over `duration` s.

    `count` None is one trajectory that is recorded and audited. "auto" is `automatic` for many, and for one
    `ScipyIVP`, or with noise `Ensemble` with exponential steps, which "ensemble" is as well then.
    Raises `InputError` for an unknown name and for what is no engine, `MissingProgram` for "fused" without
    numba.
    """
    if isinstance(engine, Engine):
        return engine
    check_kind(engine, str, "engine", "a name or an engine such as `Ensemble()`")
    if engine == "auto":
        if count is not None:
            return automatic(system, count, duration)
        engine = "scipy" if system.noise is None else "ensemble"
    if engine not in ENGINES:
        known = ("auto", *ENGINES)
        close = difflib.get_close_matches(engine.lower(), known, n=1)
        hint = f"; did you mean {close[0]!r}?" if close else ""
        raise InputError(f"`engine` is {engine!r}, expected {', '.join(known)} or an engine{hint}")
    if engine == "scipy":
        return ScipyIVP(audit=count is None)
    if engine == "fused":
        if not numba_installed():
            raise MissingProgram("the engine 'fused' needs numba: install analoghop[fast], or use 'ensemble'")
        return Fused()
    return Ensemble() if system.noise is None else Ensemble("exponential")


def with_options(engine: Engine, **options: object) -> Engine:
    """Return `engine` with those of the `options` that are not None.

    `rtol` without `atol` sets both where the engine is for many: there, both are relative.
    Raises `InputError` for an option that the engine does not have.
    """
    wanted = {name: value for name, value in options.items() if value is not None}
    known: set[str] = {f.name for f in fields(engine)} if is_dataclass(engine) else set()
    for name in wanted:
        if name not in known:
            raise InputError(f"`{name}` is no option of the engine {type(engine).__name__}")
    if "rtol" in wanted and isinstance(engine, EnsembleEngine):
        wanted.setdefault("atol", wanted["rtol"])
    return replace(engine, **wanted) if wanted else engine  # type: ignore[type-var]


def automatic(system: System, count: int, duration: float) -> Ensemble | Fused:
    """Return an engine for `count` trajectories of `system` over `duration` seconds.

    With noise, `Ensemble` with exponential steps. Without, `Fused` where numba is installed and its kernels
    know the system, unless `Ensemble` is expected to be through before they are loaded; see
    `expected_seconds`. The choice depends on the arguments alone, the results but for rounding not on it.
    """
    if system.noise is not None:
        return Ensemble(method="exponential")
    if expected_seconds(system, count, duration) > _LOADING and fused_available(system):
        return Fused()
    return Ensemble()


def expected_seconds(system: System, count: int, duration: float) -> float:
    """Return about how long `Ensemble` takes on one core, from the bound on how fast the amplifiers can be.

    inf where nothing is known of the amplifiers.
    """
    network = system.network if isinstance(system, Lure) else system
    if not isinstance(network, Network):
        return float("inf")
    n, slowest = network.size, float(network.time_constants.max(initial=0.0))
    followed = min(duration, _SETTLING * slowest)
    steps = followed * fastest_rate(network, duration) / _STEP
    evaluations = min(_STAGES * steps, _MOST)
    return count * n * evaluations * (_PASS + _ENTRY * n)


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
        compiled = _compiled_stepper(machine, dtype)
        if compiled is not None:
            return compiled
        if engine == "fused":
            raise InputError(f"a {type(machine).__name__} has no compiled steps: use the engine numpy")
    return numpy_stepper(machine, dtype)


def _compiled_stepper(machine: Machine, dtype: Precision) -> Stepper | None:
    """Return the compiled steps of `machine`, None where there are none; what is not needed is not loaded."""
    if type(machine) in _COMPILED:
        return _COMPILED[type(machine)](machine, dtype)
    from analoghop.engines.fused.machines.steppers import compiled_stepper

    return compiled_stepper(machine, dtype)


def register_compiled(kind: type[Machine]) -> Callable[[MakeCompiled], MakeCompiled]:
    """Return a decorator: the function below it makes the compiled steps of machines of the type `kind`.

    It imports compiled code only when it is called, and may return None for a machine without.
    """

    def register(make: MakeCompiled) -> MakeCompiled:
        _COMPILED[kind] = make
        return make

    return register


def checked_name(engine: str) -> str:
    """Return one of `STEPPERS`; raises `InputError`, listing them, for another name."""
    name = "numpy" if engine == "ensemble" else engine
    if name not in STEPPERS:
        raise InputError(f"`engine` is {engine!r}, expected one of {', '.join(STEPPERS)}")
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
