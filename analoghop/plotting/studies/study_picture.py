"""`study_picture`: the picture of any study, by its name."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any

from analoghop.errors import InputError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from analoghop.study.findings import Findings

_DRAWN = {
    "asymmetry": "disorder.settling_share",
    "basins": "basin_plane.basin_plane",
    "certificate": "fluctuations.certificate",
    "chaos": "disorder.exponents",
    "continuation": "bifurcations.bifurcations",
    "delay": "delays.delays",
    "equilibria": "energy_levels.energy_levels",
    "escape": "fluctuations.escape_times",
    "faults": "learnt.fault_curves",
    "gain": "gain_counts.gain_counts",
    "joules": "costs_of_answers.energy_of_starts",
    "joules_scan": "costs_of_answers.cost_scan",
    "landscape": "disconnectivity.disconnectivity",
    "lyapunov": "disorder.tangent_growth",
    "memories": "learnt.memory_table",
    "noise": "fluctuations.mode_variances",
    "poles": "delays.growth",
    "string": "disconnectivity.string_profile",
    "surface": "energy_relief.energy_relief",
    "transient": "disorder.transients",
}
"""The module of this folder, and the function in it, that draws a study."""


def study_picture(found: Findings) -> Figure:
    """Return the picture of the findings of a study; raises `InputError` for a study without one."""
    if found.study not in _DRAWN:
        raise InputError(f"there is no picture of the study {found.study!r}")
    module, name = _DRAWN[found.study].split(".")
    draw: Callable[[Any], Figure] = getattr(import_module(f"analoghop.plotting.studies.{module}"), name)
    return draw(found)
