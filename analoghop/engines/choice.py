"""What runs a system: its engine by name or by rule, or its stepper; the only place that asks for numba."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec

from analoghop.engines.ensemble.ensemble import Ensemble
from analoghop.engines.ensemble.step_limit import fastest_rate
from analoghop.engines.fused import Fused, fused_available
from analoghop.engines.many import EnsembleEngine
from analoghop.systems.base import System
from analoghop.systems.circuits.lure import Lure
from analoghop.systems.circuits.network import Network

_LOADING = 1.0  # s of computing that loading numba and its kernels takes, a little more than was measured
_PASS, _ENTRY = 1e-8, 6e-11  # s per state and evaluation, and per entry of the coupling besides: NumPy
_SETTLING = 10.0  # own time constants that a trajectory is followed for before it rests
_STEP, _STAGES = 1.0, 6  # a step over the fastest time constant; evaluations of a step
_MOST = 20_000  # evaluations of a trajectory: amplifiers that saturate are slower than their bound


@cache
def numba_installed() -> bool:
    """Return whether numba, and with it compiled code, can be used."""
    return find_spec("numba") is not None


def automatic(system: System, count: int, duration: float) -> EnsembleEngine:
    """Return an engine for `count` trajectories of `system` over `duration` seconds.

    With noise, `Ensemble` with exponential steps. Without, `Fused` where numba is installed and its kernels
    know the system, unless `Ensemble` is expected to be through before they are loaded; see
    `expected_seconds`. The choice depends on the arguments alone, the results but for rounding not on it.
    """
    if system.noise is not None:
        return Ensemble(method="exponential")
    if expected_seconds(system, count, duration) > _LOADING and fused_available(system):
        return Fused()
    return Ensemble()


def expected_seconds(system: System, count: int, duration: float) -> float:
    """Return about how long `Ensemble` takes on one core, from the bound on how fast the amplifiers can be.

    inf where nothing is known of the amplifiers.
    """
    network = system.network if isinstance(system, Lure) else system
    if not isinstance(network, Network):
        return float("inf")
    n, slowest = network.size, float(network.time_constants.max(initial=0.0))
    followed = min(duration, _SETTLING * slowest)
    steps = followed * fastest_rate(network, duration) / _STEP
    evaluations = min(_STAGES * steps, _MOST)
    return count * n * evaluations * (_PASS + _ENTRY * n)
