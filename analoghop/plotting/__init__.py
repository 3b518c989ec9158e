"""Pictures of runs and circuits; matplotlib is imported when one is drawn."""

from analoghop.plotting.coupling import coupling
from analoghop.plotting.memories.recalls import comparison as memory_comparison
from analoghop.plotting.memories.recalls import correction as memory_correction
from analoghop.plotting.memories.recalls import recalls as memory_recalls
from analoghop.plotting.memories.recalls import sequence as memory_sequence
from analoghop.plotting.memories.studies import study as memory_study
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
    "memory_comparison",
    "memory_correction",
    "memory_recalls",
    "memory_sequence",
    "memory_study",
    "overview",
    "phase_plane",
    "picture_format",
    "save_figure",
    "settling_times",
    "waveforms",
]
