"""The choice of engine, compiled code or NumPy, for a circuit: by name, or by estimated cost."""

from analoghop.engines.choice.engines import (
    ENGINES,
    EngineName,
    automatic,
    engine_of,
    expected_seconds,
    fused_available,
    with_options,
)
from analoghop.engines.choice.members import ready, run_members, seconds_to_load, slowdown, together
from analoghop.engines.choice.recorded import Recorded, recorded
from analoghop.engines.choice.steppers import (
    STEPPERS,
    chains_anneal,
    checked_name,
    compiled_functions,
    compiled_stepper,
    numpy_stepper,
    stepper_of,
)
from analoghop.engines.compiler import numba_installed

__all__ = [
    "ENGINES",
    "STEPPERS",
    "EngineName",
    "Recorded",
    "automatic",
    "chains_anneal",
    "checked_name",
    "compiled_functions",
    "engine_of",
    "expected_seconds",
    "fused_available",
    "numba_installed",
    "numpy_stepper",
    "slowdown",
    "ready",
    "recorded",
    "compiled_stepper",
    "run_members",
    "seconds_to_load",
    "stepper_of",
    "together",
    "with_options",
]
