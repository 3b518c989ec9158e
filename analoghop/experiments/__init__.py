"""Experiments: a study varies a model, draws parts and starts, stores every point, and reports.

>>> from analoghop.experiments import Study
>>> study = Study("powers", lambda x, seed: x**2, vary={"x": [1, 2, 3]}, draws={"starts": 2})
>>> study.count
6
"""

from __future__ import annotations

from analoghop.experiments.plan.axes import Axis
from analoghop.experiments.plan.criterion import Criterion
from analoghop.experiments.plan.points import Point
from analoghop.experiments.plan.scatter import Scatter
from analoghop.experiments.plan.study import Draws, Study, read_study, study_of
from analoghop.experiments.plan.until import Until
from analoghop.experiments.reporting.comparison import SettingComparison, comparisons
from analoghop.experiments.reporting.export import export
from analoghop.experiments.reporting.report import Figure, Line, report
from analoghop.experiments.running.driver import Outcome, run_study
from analoghop.experiments.scattering.networks import network_parts
from analoghop.experiments.store.point_result import PointResult
from analoghop.experiments.store.reader import Stored

__all__ = [
    "Axis",
    "Criterion",
    "Draws",
    "Figure",
    "Line",
    "Outcome",
    "Point",
    "PointResult",
    "Scatter",
    "SettingComparison",
    "Stored",
    "Study",
    "Until",
    "comparisons",
    "export",
    "network_parts",
    "read_study",
    "report",
    "run_study",
    "study_of",
]
