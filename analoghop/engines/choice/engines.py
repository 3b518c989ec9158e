"""The choice of the engine that integrates a system, by name or by rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Literal

from analoghop.engines.base import Engine
from analoghop.engines.compiler import numba_installed
from analoghop.engines.ensemble.ensemble import Ensemble
from analoghop.engines.ensemble.step_limit import fastest_rate
from analoghop.engines.fused.equations.lower import lower
from analoghop.engines.fused.fused import Fused
from analoghop.engines.trajectory.scipy_ivp import ScipyIVP
from analoghop.errors import InputError, MissingProgram, check_kind, nearest
from analoghop.systems.base import System

ENGINES: Mapping[str, type[Engine]] = {"scipy": ScipyIVP, "ensemble": Ensemble, "fused": Fused}
"""Names of engines on the command line and in `simulate`; "auto" chooses by `automatic`.

"numpy" is another word for "ensemble": machines know it, and one word serves at all doors.
"""

EngineName = Literal["auto", "scipy", "ensemble", "numpy", "fused"]

_LOADING = 1.0  # s of CPU time for loading numba and its kernels, slightly more than measured
_PASS, _ENTRY = 1e-8, 6e-11  # s of NumPy per state and evaluation, and per entry of the coupling
_SETTLING = 10.0  # length of a trajectory until it rests, in own time constants
_STEP, _STAGES = 1.0, 6  # a step over the fastest time constant; evaluations of a step
_MOST = 20_000  # evaluations of a trajectory: saturated amplifiers are slower than their bound


def fused_available(system: System) -> bool:
    """Return whether numba is installed and the compiled kernels support `system`."""
    return numba_installed() and lower(system) is not None


def engine_of(
    engine: EngineName | Engine, system: System, count: int | None = None, duration: float = float("inf")
) -> Engine:
    """Return the engine of a name, or the given one, for `count` trajectories of `system` over `duration` s.

    `count` None means one trajectory that is recorded and audited. "auto" is `automatic` for many
    trajectories; for one it is `ScipyIVP`, or with noise `Ensemble` with exponential steps. With noise
    "ensemble" has exponential steps as well. Raises `InputError` for an unknown name and for an object that
    is not an engine, `MissingProgram` for "fused" without numba.
    """
    if isinstance(engine, Engine):
        return engine
    check_kind(engine, str, "engine", "a name or an engine such as `Ensemble()`")
    engine = "ensemble" if engine == "numpy" else engine
    if engine == "auto":
        if count is not None:
            return automatic(system, count, duration)
        engine = "scipy" if system.noise is None else "ensemble"
    if engine not in ENGINES:
        known = ("auto", *ENGINES, "numpy")
        raise InputError(
            f"`engine` is {engine!r}, expected {', '.join(known)} or an engine{nearest(engine, known)}"
        )
    if engine == "scipy":
        return ScipyIVP(audit=count is None)
    if engine == "fused":
        if not numba_installed():
            raise MissingProgram("the engine 'fused' needs numba: install analoghop[fast], or use 'ensemble'")
        if count is None:
            raise InputError(
                "the engine 'fused' is for many trajectories: use `simulate_many`, or 'ensemble' here"
            )
        return Fused()
    return Ensemble() if system.noise is None else Ensemble("exponential")


def with_options(engine: Engine, **options: object) -> Engine:
    """Return `engine` with those of the `options` that are not None.

    Raises `InputError` for an option that the engine does not have.
    """
    wanted = {name: value for name, value in options.items() if value is not None}
    known: set[str] = {f.name for f in fields(engine)} if is_dataclass(engine) else set()
    for name in wanted:
        if name not in known:
            raise InputError(f"`{name}` is not an option of the engine {type(engine).__name__}")
    return replace(engine, **wanted) if wanted else engine  # type: ignore[type-var]


def automatic(system: System, count: int, duration: float) -> Ensemble | Fused:
    """Return an engine for `count` trajectories of `system` over `duration` seconds.

    With noise, `Ensemble` with exponential steps. Without, `Fused` if numba is installed and its kernels
    support the system, unless `Ensemble` is expected to finish before they are loaded; see
    `expected_seconds`. The choice depends on the arguments alone, and changes the results by rounding only.
    """
    if system.noise is not None:
        return Ensemble(method="exponential")
    if expected_seconds(system, count, duration) > _LOADING and fused_available(system):
        return Fused()
    return Ensemble()


def expected_seconds(system: System, count: int, duration: float) -> float:
    """Return the estimated time of `Ensemble` on one core in seconds, from a bound on the fastest rate.

    inf if the slopes of the amplifiers are unknown.
    """
    network = system.network if system.members is None else system.alone(0).network
    if network is None:
        return float("inf")
    n, slowest = network.size, float(network.time_constants.max(initial=0.0))
    followed = min(duration, _SETTLING * slowest)
    steps = followed * fastest_rate(network, duration) / _STEP
    evaluations = min(_STAGES * steps, _MOST)
    return count * n * evaluations * (_PASS + _ENTRY * n)
