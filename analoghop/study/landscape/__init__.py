"""The landscape of a circuit: its minima against gain, the barriers between them, basins and surfaces."""

from __future__ import annotations

from analoghop.study.landscape.barriers import landscape as landscape
from analoghop.study.landscape.gains import critical_gain as critical_gain
from analoghop.study.landscape.gains import gain_scan as gain_scan
from analoghop.study.landscape.gains import stable_corners as stable_corners
from analoghop.study.landscape.planes import basins_in_plane as basins_in_plane
from analoghop.study.landscape.strings import string_between as string_between
from analoghop.study.landscape.surface import energy_surface as energy_surface

__all__ = [
    "basins_in_plane",
    "critical_gain",
    "energy_surface",
    "gain_scan",
    "landscape",
    "stable_corners",
    "string_between",
]
