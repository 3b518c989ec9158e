"""Pictures of runs, circuits, answers and memories; matplotlib is imported when one is drawn.

The names below are imported on first use: pictures of runs do not load the modules of problems.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from analoghop.plotting.coupling import coupling as coupling
from analoghop.plotting.picture import picture_format as picture_format
from analoghop.plotting.picture import save_figure as save_figure

if TYPE_CHECKING:
    from analoghop.plotting.answers.answer import answer as answer
    from analoghop.plotting.answers.assignment import assignment as assignment
    from analoghop.plotting.answers.board import board as board
    from analoghop.plotting.answers.board import grid as grid
    from analoghop.plotting.answers.costs import costs as costs
    from analoghop.plotting.answers.course import cost_over_time as cost_over_time
    from analoghop.plotting.answers.course import outputs as outputs
    from analoghop.plotting.answers.film import save_film as save_film
    from analoghop.plotting.answers.parts import energy_parts as energy_parts
    from analoghop.plotting.answers.ring import ring as ring
    from analoghop.plotting.answers.solved import solved as solved
    from analoghop.plotting.answers.success import success as success
    from analoghop.plotting.answers.tour import tour as tour
    from analoghop.plotting.answers.vertices import vertices as vertices
    from analoghop.plotting.circuits.diagram import circuit_picture as circuit_picture
    from analoghop.plotting.circuits.diagram import diagram as diagram
    from analoghop.plotting.circuits.graph import coupling_graph as coupling_graph
    from analoghop.plotting.memories.recalls import comparison as memory_comparison  # noqa: F401
    from analoghop.plotting.memories.recalls import correction as memory_correction  # noqa: F401
    from analoghop.plotting.memories.recalls import recalls as memory_recalls  # noqa: F401
    from analoghop.plotting.memories.recalls import sequence as memory_sequence  # noqa: F401
    from analoghop.plotting.memories.studies import study as memory_study  # noqa: F401
    from analoghop.plotting.runs.animation import save_animation as save_animation
    from analoghop.plotting.runs.deviations import deviations as deviations
    from analoghop.plotting.runs.energy import energy as energy
    from analoghop.plotting.runs.ensemble import basin_sizes as basin_sizes
    from analoghop.plotting.runs.ensemble import basins as basins
    from analoghop.plotting.runs.ensemble import ensemble as ensemble
    from analoghop.plotting.runs.ensemble import final_energies as final_energies
    from analoghop.plotting.runs.ensemble import settling_times as settling_times
    from analoghop.plotting.runs.heatmap import heatmap as heatmap
    from analoghop.plotting.runs.overview import overview as overview
    from analoghop.plotting.runs.phase import phase_plane as phase_plane
    from analoghop.plotting.runs.waveforms import waveforms as waveforms
    from analoghop.plotting.studies.bifurcations import bifurcations as bifurcations
    from analoghop.plotting.studies.study_picture import study_picture as study_picture

_HOMES = {
    "answers.answer": "answer",
    "answers.assignment": "assignment",
    "answers.board": "board grid",
    "answers.costs": "costs",
    "answers.course": "cost_over_time outputs",
    "answers.film": "save_film",
    "answers.parts": "energy_parts",
    "answers.ring": "ring",
    "answers.solved": "solved",
    "answers.success": "success",
    "answers.tour": "tour",
    "answers.vertices": "vertices",
    "circuits.diagram": "circuit_picture diagram",
    "circuits.graph": "coupling_graph",
    "memories.recalls": "memory_comparison memory_correction memory_recalls memory_sequence",
    "memories.studies": "memory_study",
    "runs.animation": "save_animation",
    "runs.deviations": "deviations",
    "runs.energy": "energy",
    "runs.ensemble": "basin_sizes basins ensemble final_energies settling_times",
    "runs.heatmap": "heatmap",
    "runs.overview": "overview",
    "runs.phase": "phase_plane",
    "runs.waveforms": "waveforms",
    "studies.bifurcations": "bifurcations",
    "studies.study_picture": "study_picture",
}
_HOME = {name: home for home, names in _HOMES.items() for name in names.split()}

__all__ = sorted(["coupling", "picture_format", "save_figure", *_HOME])


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module 'analoghop.plotting' has no attribute {name!r}")
    home = import_module(f"{__name__}.{_HOME[name]}")
    value: object = getattr(home, name.removeprefix("memory_"))
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
