"""The engine that fits a system, where nobody has chosen one."""

from __future__ import annotations

from analoghop.engines.ensemble import Ensemble
from analoghop.engines.many import EnsembleEngine
from analoghop.systems.base import System


def automatic(system: System) -> EnsembleEngine:
    """Return an engine for many trajectories of `system`: fixed steps where there is noise."""
    return Ensemble() if system.noise is None else Ensemble(method="exponential")
