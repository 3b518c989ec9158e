"""`quiet_time`: when the inputs of a circuit whose equilibria are studied have come to rest."""

from __future__ import annotations

import numpy as np

from analoghop.errors import InputError
from analoghop.systems.base import System


def quiet_time(system: System) -> float:
    """Return the time in s after which nothing moves the circuit from outside.

    Raises `InputError`, with the reason, for a circuit that has no equilibrium, and for one whose lines delay
    signals: how it moves depends on its past, so that no eigenvalues of its state tell what is stable.
    """
    if system.noise is not None:
        raise InputError("this circuit has noise and never comes to rest, so it has no equilibrium")
    if np.isfinite(system.longest_step):
        raise InputError(
            "equilibria are studied without lines, whose delays decide what is stable: `analoghop op` finds "
            "where the circuit rests, `analoghop study delay` when it swings"
        )
    quiet = float(system.quiet_after())
    if not np.isfinite(quiet):
        raise InputError("an input of this circuit never comes to rest, so it has no equilibrium")
    return quiet
