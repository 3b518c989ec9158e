"""Engines: what integrates systems. `ENGINES` names them for the command line."""

from analoghop.engines.base import Engine, Progress, Stop
from analoghop.engines.ensemble.ensemble import Ensemble
from analoghop.engines.fused import Fused
from analoghop.engines.many import EnsembleEngine
from analoghop.engines.trajectory.scipy_ivp import ScipyIVP

ENGINES: dict[str, type[Engine]] = {"scipy": ScipyIVP, "ensemble": Ensemble, "fused": Fused}

__all__ = ["ENGINES", "Engine", "Ensemble", "EnsembleEngine", "Fused", "Progress", "ScipyIVP", "Stop"]
