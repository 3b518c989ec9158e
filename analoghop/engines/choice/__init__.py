"""Which engine, and compiled code or NumPy, runs a circuit: by name, or by a rule that knows what pays."""

from analoghop.engines.choice.engines import (
    ENGINES,
    EngineName,
    automatic,
    engine_of,
    expected_seconds,
    fused_available,
    with_options,
)
from analoghop.engines.choice.members import pace, ready, run_members, together
from analoghop.engines.choice.recorded import Recorded, recorded
from analoghop.engines.choice.steppers import (
    STEPPERS,
    chains_anneal,
    checked_name,
    compiled_functions,
    numpy_stepper,
    register_compiled,
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
    "pace",
    "ready",
    "recorded",
    "register_compiled",
    "run_members",
    "stepper_of",
    "together",
    "with_options",
]
