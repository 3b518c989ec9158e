"""Engines: what integrates systems. `ENGINES` names them for the command line."""

from analoghop.engines.base import Engine, Progress, Stop
from analoghop.engines.scipy_ivp import ScipyIVP

ENGINES: dict[str, type[Engine]] = {"scipy": ScipyIVP}

__all__ = ["ENGINES", "Engine", "Progress", "ScipyIVP", "Stop"]
