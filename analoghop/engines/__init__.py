"""Engines: what integrates systems. `ENGINES` has them by name."""

from analoghop.engines.base import Engine, EnsembleEngine, Stop
from analoghop.engines.choice import ENGINES
from analoghop.engines.ensemble.ensemble import Ensemble
from analoghop.engines.fused import Fused
from analoghop.engines.trajectory.scipy_ivp import ScipyIVP

__all__ = ["ENGINES", "Engine", "Ensemble", "EnsembleEngine", "Fused", "ScipyIVP", "Stop"]
