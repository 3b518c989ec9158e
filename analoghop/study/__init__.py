"""Studies of circuits that need more than one run; the names below are imported on first use."""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analoghop.study.all_equilibria import equilibria as equilibria
    from analoghop.study.asymmetry import asymmetry as asymmetry
    from analoghop.study.asymmetry import rotation_angle as rotation_angle
    from analoghop.study.asymmetry import turned as turned
    from analoghop.study.basin_shares import with_shares as with_shares
    from analoghop.study.chaos import chaos as chaos
    from analoghop.study.chaos import lyapunov as lyapunov
    from analoghop.study.chaos import random_network as random_network
    from analoghop.study.chaos import transient_chaos as transient_chaos
    from analoghop.study.continuation import continuation as continuation
    from analoghop.study.continuation import orbits_from as orbits_from
    from analoghop.study.delay import delay as delay
    from analoghop.study.delay import high_gain_delay as high_gain_delay
    from analoghop.study.delay import hopf_delay as hopf_delay
    from analoghop.study.delay import measured_delay as measured_delay
    from analoghop.study.delay import pole_threshold as pole_threshold
    from analoghop.study.delay import poles as poles
    from analoghop.study.delay import simulate_delayed as simulate_delayed
    from analoghop.study.equilibria import equilibrium as equilibrium
    from analoghop.study.joules import SolderedCut as SolderedCut
    from analoghop.study.joules import joules as joules
    from analoghop.study.joules import joules_scan as joules_scan
    from analoghop.study.landscape import basins_in_plane as basins_in_plane
    from analoghop.study.landscape import critical_gain as critical_gain
    from analoghop.study.landscape import energy_surface as energy_surface
    from analoghop.study.landscape import gain_scan as gain_scan
    from analoghop.study.landscape import landscape as landscape
    from analoghop.study.landscape import stable_corners as stable_corners
    from analoghop.study.landscape import string_between as string_between
    from analoghop.study.learning import compare_memories as compare_memories
    from analoghop.study.learning import faults_in_the_loop as faults_in_the_loop
    from analoghop.study.learning import learn_boltzmann as learn_boltzmann
    from analoghop.study.learning import learn_restricted as learn_restricted
    from analoghop.study.noise import boltzmann_law as boltzmann_law
    from analoghop.study.noise import certify_boltzmann as certify_boltzmann
    from analoghop.study.noise import certify_gaussian as certify_gaussian
    from analoghop.study.noise import effective_samples as effective_samples
    from analoghop.study.noise import escape as escape
    from analoghop.study.noise import first_passage as first_passage
    from analoghop.study.noise import noise as noise
    from analoghop.study.noise import power_spectrum as power_spectrum
    from analoghop.study.noise import sample_circuit as sample_circuit
    from analoghop.study.noise import sample_stochastic as sample_stochastic
    from analoghop.study.noise import stationary_covariance as stationary_covariance

_HOMES = {
    "joules": "SolderedCut joules joules_scan",
    "all_equilibria": "equilibria",
    "asymmetry": "asymmetry rotation_angle turned",
    "basin_shares": "with_shares",
    "chaos": "chaos lyapunov random_network transient_chaos",
    "continuation": "continuation orbits_from",
    "delay": "delay high_gain_delay hopf_delay measured_delay pole_threshold poles simulate_delayed",
    "equilibria": "equilibrium",
    "landscape": "basins_in_plane critical_gain energy_surface gain_scan landscape stable_corners "
    "string_between",
    "learning": "compare_memories faults_in_the_loop learn_boltzmann learn_restricted",
    "noise": "boltzmann_law certify_boltzmann certify_gaussian effective_samples escape "
    "first_passage noise power_spectrum sample_circuit sample_stochastic "
    "stationary_covariance",
}
_HOME = {name: home for home, names in _HOMES.items() for name in names.split()}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module 'analoghop.study' has no attribute {name!r}")
    value: object = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__


class _StudyPackage(ModuleType):
    """The package: importing a module does not put it in the place of the function of the same name."""

    def __setattr__(self, name: str, value: object) -> None:
        if not (name in _HOME and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _StudyPackage
