"""Chaos: Lyapunov exponents of circuits, and the transient chaos of satisfiability."""

from __future__ import annotations

from analoghop.study.chaos.random_networks import chaos as chaos
from analoghop.study.chaos.random_networks import random_network as random_network
from analoghop.study.chaos.tangents import lyapunov as lyapunov
from analoghop.study.chaos.transients import transient_chaos as transient_chaos

__all__ = ["chaos", "lyapunov", "random_network", "transient_chaos"]
