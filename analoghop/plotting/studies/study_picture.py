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
    "continuation": "bifurcations",
    "equilibria": "energy_levels",
}
"""The module of this folder, and the function in it, that draws a study."""


def study_picture(found: Findings) -> Figure:
    """Return the picture of the findings of a study; raises `InputError` for a study without one."""
    if found.study not in _DRAWN:
        raise InputError(f"there is no picture of the study {found.study!r}")
    name = _DRAWN[found.study]
    draw: Callable[[Any], Figure] = getattr(import_module(f"analoghop.plotting.studies.{name}"), name)
    return draw(found)
