"""How systems are prepared for many members at once: one function, by the kind of system."""

from __future__ import annotations

from functools import singledispatch
from typing import Any

import numpy as np

from analoghop.engines.ensemble.backend import Backend
from analoghop.engines.ensemble.lowered import Increment, Lowered
from analoghop.engines.ensemble.lowered_network import LoweredNetwork
from analoghop.errors import InputError
from analoghop.systems.base import System
from analoghop.systems.circuits.lure import Lure
from analoghop.systems.circuits.network import Network


class LoweredSystem(Lowered):
    """Any system by its own definition, which is written for NumPy and float64."""

    def __init__(self, system: System, backend: Backend) -> None:
        if not backend.is_numpy:
            raise InputError(
                f"a system of the kind {type(system).__name__} runs on NumPy only: leave out `device`"
            )
        self.system, self.backend = system, backend
        self.scale = system.input_scale
        self.unit = float(system.time_constants.min())

    def bind(self, width: int) -> Increment:
        """Return the rate of `width` members."""
        system, scale = self.system, self.scale
        factor = self.unit / scale

        def increment(t: Any, h: Any, y: Any, out: Any) -> None:
            rate = system.rhs(t, y * scale)
            rate *= factor
            np.multiply(rate, h, out=out)

        return increment


@singledispatch
def lower(system: System, backend: Backend) -> Lowered:
    """Return `system` prepared for `backend`. Raises `InputError` where that cannot run it."""
    return LoweredSystem(system, backend)


@lower.register
def _(system: Network, backend: Backend) -> Lowered:
    return LoweredNetwork(system, backend)


@lower.register
def _(system: Lure, backend: Backend) -> Lowered:
    if system.network is None:
        return LoweredSystem(system, backend)
    return LoweredNetwork(system.network, backend)
