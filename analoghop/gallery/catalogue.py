"""The figures of the gallery by name, each in a module of its own that is imported when it is wanted."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from analoghop.errors import InputError

if TYPE_CHECKING:
    from analoghop.gallery.reproduction import Classic

CLASSICS: dict[str, str] = {
    "hopfield-1982": "memories.hopfield_1982",
    "hopfield-1984": "dynamics.hopfield_1984",
    "amit-gutfreund-sompolinsky-1985": "memories.amit_gutfreund_sompolinsky_1985",
    "hopfield-tank-1985": "problems.hopfield_tank_1985",
    "tank-hopfield-1986-converter": "problems.tank_hopfield_1986_converter",
    "tank-hopfield-1986-decomposition": "problems.tank_hopfield_1986_decomposition",
    "tank-hopfield-1986-program": "problems.tank_hopfield_1986_program",
    "sompolinsky-crisanti-sommers-1988": "dynamics.sompolinsky_crisanti_sommers_1988",
    "marcus-westervelt-1989": "dynamics.marcus_westervelt_1989",
    "waugh-marcus-westervelt-1990": "dynamics.waugh_marcus_westervelt_1990",
    "aiyer-1990": "problems.aiyer_1990",
    "morita-1993": "memories.morita_1993",
    "ercsey-ravasz-toroczkai-2011": "problems.ercsey_ravasz_toroczkai_2011",
    "krotov-hopfield-2016": "memories.krotov_hopfield_2016",
    "goto-2019-2025": "problems.goto_2019_2025",
    "leleu-2019": "problems.leleu_2019",
    "ramsauer-2020": "memories.ramsauer_2020",
}
"""Module of each figure, in the order of the years."""


def classic(name: str) -> Classic:
    """Return the figure called `name`; raises `InputError` for an unknown one."""
    if name not in CLASSICS:
        raise InputError(f"there is no figure {name!r} in the gallery: expected {', '.join(CLASSICS)}")
    found: Classic = import_module(f"analoghop.gallery.{CLASSICS[name]}").CLASSIC
    return found
