"""Pictures of runs and circuits; matplotlib is imported when one is drawn."""

from analoghop.plotting.coupling import coupling
from analoghop.plotting.picture import picture_format, save_figure
from analoghop.plotting.runs.energy import energy
from analoghop.plotting.runs.ensemble import basin_sizes, basins, ensemble, final_energies, settling_times
from analoghop.plotting.runs.heatmap import heatmap
from analoghop.plotting.runs.overview import overview
from analoghop.plotting.runs.phase import phase_plane
from analoghop.plotting.runs.waveforms import waveforms

__all__ = [
    "basin_sizes",
    "basins",
    "coupling",
    "energy",
    "ensemble",
    "final_energies",
    "heatmap",
    "overview",
    "phase_plane",
    "picture_format",
    "save_figure",
    "settling_times",
    "waveforms",
]
