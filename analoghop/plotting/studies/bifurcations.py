"""`bifurcations`: a bifurcation diagram, one output over the parameter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from analoghop.plotting.figures import new_figure
from analoghop.plotting.style import PALETTE, legend_beside, shortened, style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from analoghop.study.findings import Findings

_MARKS = {"fold": "s", "pitchfork": "o", "transcritical": "^", "crossing": "D", "Hopf": "*"}


def bifurcations(found: Findings, output: int = 0) -> Figure:
    """Draw the branches of a continuation: full where stable, dashed where unstable, special points marked.

    `output` is the number of the output on the vertical axis, from 0.
    """
    from matplotlib.lines import Line2D

    with style():
        figure = new_figure(7.0, 4.0)
        ax = figure.subplots()
        if len(found["value"]):
            _branches(found, output, ax)
        handles = [
            Line2D([], [], color=PALETTE[1], label="stable"),
            Line2D([], [], color=PALETTE[2], linestyle="--", linewidth=1.0, label="unstable"),
        ]
        kinds = found["point_kind"]
        for kind, mark in _MARKS.items():
            of_kind = np.flatnonzero(kinds == kind)
            if len(of_kind):
                at = found["point_value"][of_kind], found["point_outputs"][of_kind, output]
                handles += ax.plot(*at, mark, color=PALETTE[0], ms=5, label=kind, linestyle="none")
        if "orbit_value" in found and len(found["orbit_value"]):
            handles += _orbits(found, output, ax)
        ax.set_xlabel(shortened(str(found.record.get("parameter", "parameter")), 40))
        ax.set_ylabel(f"output {output + 1} (V)")
        legend_beside(ax, handles)
        ax.set_title(shortened(found.message, 100))
    return figure


def _branches(found: Findings, output: int, ax: Any) -> None:
    for number in np.unique(found["branch"]):
        own = found["branch"] == number
        x, y = found["value"][own], found["outputs"][own, output]
        calm = found["unstable"][own] == 0
        # A piece belongs to the stability of its inner end, so that the colours change at special points.
        piece = calm[:-1] & calm[1:]
        ends = np.flatnonzero(np.diff(piece)) + 1
        for part in np.split(np.arange(len(piece)), ends):
            if not len(part):
                continue
            k = np.append(part, part[-1] + 1)
            solid = bool(piece[part[0]])
            ax.plot(
                x[k],
                y[k],
                color=PALETTE[1] if solid else PALETTE[2],
                linestyle="-" if solid else "--",
                linewidth=1.4 if solid else 1.0,
            )


def _orbits(found: Findings, output: int, ax: Any) -> list[Any]:
    handles: list[Any] = []
    for number in np.unique(found["orbit_branch"]):
        own = found["orbit_branch"] == number
        calm = bool((found["orbit_multiplier"][own] < 1.0).mean() > 0.5)
        for side in ("orbit_low", "orbit_high"):
            handles = ax.plot(
                found["orbit_value"][own],
                found[side][own, output],
                color=PALETTE[3],
                linestyle="-" if calm else "--",
                linewidth=1.4,
                label="swing of the oscillation",
            )
    return handles
