"""Engines, which integrate systems; `ENGINES` lists them by name.

Each is imported at its first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analoghop.engines.base import Engine as Engine
    from analoghop.engines.base import EnsembleEngine as EnsembleEngine
    from analoghop.engines.base import Stop as Stop
    from analoghop.engines.choice import ENGINES as ENGINES
    from analoghop.engines.ensemble.ensemble import Ensemble as Ensemble
    from analoghop.engines.fused import Fused as Fused
    from analoghop.engines.trajectory.scipy_ivp import ScipyIVP as ScipyIVP

_HOMES = {
    "Engine": "base",
    "EnsembleEngine": "base",
    "Stop": "base",
    "ENGINES": "choice",
    "Ensemble": "ensemble.ensemble",
    "Fused": "fused.fused",
    "ScipyIVP": "trajectory.scipy_ivp",
}

__all__ = ["ENGINES", "Engine", "Ensemble", "EnsembleEngine", "Fused", "ScipyIVP", "Stop"]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
