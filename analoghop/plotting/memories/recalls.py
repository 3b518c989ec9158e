"""Pictures of recalls: patterns, cues, recalled patterns, and comparisons of models."""

from __future__ import annotations

import math
from collections import abc
from typing import TYPE_CHECKING

import numpy as np

from analoghop.arrays import Array
from analoghop.errors import InputError
from analoghop.memory.judgement import RETRIEVED
from analoghop.memory.recall import Recall
from analoghop.memory.studies.correction import Correction
from analoghop.memory.studies.sequence import SequenceVisits
from analoghop.plotting.figures import new_figure
from analoghop.plotting.style import (
    DASHES,
    PALETTE,
    axes_for,
    legend_beside,
    style,
    time_axis,
    whole_numbers,
    wrapped,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SHOWN = 8
"""Largest number of cues in one picture."""

_VERDICTS = (
    ("correct", PALETTE[3], "o"),
    ("settled elsewhere", PALETTE[2], "s"),
    ("not settled", "0.55", "x"),
)


def draw_pattern(values: Array, shape: tuple[int, int], ax: Axes, title: str = "") -> None:
    """Draw `values` (rows * cols,) on `ax`: +1 black, -1 white, 0 grey; a pattern of one line as a square."""
    rows, cols = shape
    image = np.asarray(values, dtype=np.float64).reshape(rows, cols)
    if rows == 1 and cols > 12:
        side = math.ceil(math.sqrt(cols))
        padded = np.full(side * math.ceil(cols / side), np.nan)
        padded[:cols] = image[0]
        image = padded.reshape(-1, side)
    ax.imshow(-np.clip(image, -1.0, 1.0), cmap="gray", vmin=-1.0, vmax=1.0, interpolation="nearest")
    ax.grid(False)
    ax.set_xticks([])
    ax.set_yticks([])
    for side_ in ax.spines.values():
        side_.set_visible(True)
        side_.set_color("0.6")
    if title:
        ax.set_title(title, loc="center")


def recalls(recall: Recall, chosen: abc.Sequence[int] | None = None) -> Figure:
    """Draw pattern, cue and recalled pattern, a column for each cue, and return the figure.

    `chosen` are indices of finished cues, by default the first eight. Raises `InputError` for none.
    """
    places = list(range(len(recall.finished)))[:SHOWN] if chosen is None else list(chosen)
    if not places:
        raise InputError("no cue has been finished: there is nothing to draw")
    memory = recall.memory
    with style():
        figure = _figure(0.7 + 1.35 * len(places), 5.0)
        axes = figure.subplots(3, len(places), squeeze=False)
        for column, place in enumerate(places):
            one = recall.judgements[place]
            cue = recall.cues.values[:, recall.finished[place]]
            verdict: str = "correct" if one.correct else "not settled" if not one.settled else one.state
            if one.state in ("pattern", "inverse") and not one.correct and one.recalled is not None:
                verdict = f"{one.state} {one.recalled + 1}"
            draw_pattern(
                memory.patterns[one.wanted], memory.shape, axes[0, column], f"pattern {one.wanted + 1}"
            )
            draw_pattern(cue, memory.shape, axes[1, column], f"{_noise(one.noise)}")
            draw_pattern(recall.signs[:, place], memory.shape, axes[2, column], verdict)
            axes[2, column].title.set_color(PALETTE[3] if one.correct else PALETTE[2])
        for row, name in enumerate(("stored", "cue", "recalled")):
            axes[row, 0].set_ylabel(name)
        hidden = len(recall.finished) - len(places)
        more = f", {hidden} more not drawn" if hidden else ""
        rate = recall.correct_rate or 0.0
        figure.suptitle(
            f"{recall.rule}, {recall.model} model, load {memory.load:.3g}: {rate:.0%} correct{more}",
            x=0.01,
            ha="left",
        )
    return figure


def _noise(noise: float) -> str:
    return f"noise {noise:.0%}"


def comparison(recalled: abc.Sequence[Recall], ax: Axes | None = None) -> Axes:
    """Draw the overlap of every cue with its pattern, a strip for each model, and return the axes.

    Raises `InputError` for no recalls.
    """
    if not recalled:
        raise InputError("there are no recalls to compare")
    rng = np.random.default_rng(0)
    with style():
        ax = axes_for(ax, 7.0, 3.4)
        for k, recall in enumerate(recalled):
            settled, correct = recall.settled, recall.correct
            place = k + rng.uniform(-0.28, 0.28, len(settled))
            groups = (correct, settled & ~correct, ~settled)
            for (name, colour, marker), group in zip(_VERDICTS, groups, strict=True):
                label = name if k == 0 else None
                ax.plot(
                    place[group], recall.overlaps[group], marker, color=colour, ms=4, alpha=0.8, label=label
                )
            rate = recall.correct_rate
            verdict = "none finished" if rate is None else f"{rate:.0%} correct"
            ax.annotate(verdict, (k, 1.06), ha="center", fontsize=8)
        ax.set_xticks(range(len(recalled)), [recall.model for recall in recalled])
        ax.set_xlim(-0.5, len(recalled) - 0.5)
        lowest = min(float(recall.overlaps.min(initial=0.0)) for recall in recalled)
        ax.set_ylim(lowest - 0.05, 1.15)
        ax.set_ylabel("overlap with the wanted pattern")
        legend_beside(ax)
        first = recalled[0]
        text = f"{first.rule}: {first.memory.count} patterns in {first.memory.size} neurons, the same cues"
        ax.set_title(wrapped(ax, text))
    return ax


def correction(runs: dict[str, Correction], shape: tuple[int, int], *, frames: int = 6) -> Figure:
    """Draw the wrong bits of cues over time, circuits and sweeps in separate panels, and the first cue.

    `runs` by label; the frames are those of the first run. Raises `InputError` for no runs.
    """
    if not runs:
        raise InputError("there is no run to draw")
    kinds = [k for k in (True, False) if any(run.continuous is k for run in runs.values())]
    with style():
        figure = _figure(7.0, 4.8)
        top, bottom = figure.subfigures(2, 1, squeeze=False, height_ratios=(1.0, 2.0)).flat
        name, first = next(iter(runs.items()))
        top.suptitle(f"the first cue, {name}", x=0.01, ha="left", size="medium")
        last = int(np.flatnonzero(np.diff(first.hamming[:, 0]))[-1]) + 1 if np.ptp(first.hamming[:, 0]) else 1
        places = np.unique(np.linspace(0, min(last, len(first.steps) - 1), frames).round().astype(int))
        for ax, place in zip(top.subplots(1, len(places), squeeze=False)[0], places, strict=True):
            step = first.steps[place]
            when = f"{step * 1e3:.3g} ms" if first.continuous else f"sweep {int(step)}"
            draw_pattern(first.signs[place], shape, ax, when)
        for ax, kind in zip(bottom.subplots(1, len(kinds), squeeze=False)[0], kinds, strict=True):
            own = {label: run for label, run in runs.items() if run.continuous is kind}
            for k, (label, run) in enumerate(own.items()):
                mean, colour = run.hamming.mean(axis=1), PALETTE[1 + k % (len(PALETTE) - 1)]
                steps = run.steps * (1e3 if kind else 1.0)
                ax.plot(steps, mean, color=colour, marker="" if kind else "o", ms=3, label=label)
                low, high = np.quantile(run.hamming, (0.1, 0.9), axis=1)
                ax.fill_between(steps, low, high, color=colour, alpha=0.15, linewidth=0)
            ax.set_xlabel("time (ms)" if kind else "sweeps")
            if kind is kinds[0]:
                ax.set_ylabel("wrong bits, mean and 80 % of cues")
            ax.set_ylim(bottom=0.0)
            if not kind:
                whole_numbers(ax.xaxis)
            if len(own) > 1:
                legend_beside(ax)
            else:
                ax.set_title(next(iter(own)))
    return figure


def sequence(found: SequenceVisits, ax: Axes | None = None) -> Axes:
    """Draw the overlaps with all patterns of a sequence over time, visits numbered; return the axes."""
    with style():
        ax = axes_for(ax, 7.0, 3.2)
        for k, overlap in enumerate(found.overlaps):
            colour, dash = PALETTE[k % len(PALETTE)], DASHES[k // len(PALETTE) % len(DASHES)]
            ax.plot(found.times, overlap, color=colour, linestyle=dash)
        for visit in found.visits:
            middle = 0.5 * (visit.begin + visit.end)
            ax.annotate(str(visit.pattern + 1), (middle, 1.03), ha="center", fontsize=7)
        time_axis(ax, found.times)
        ax.set_ylabel("overlap with each pattern")
        ax.set_ylim(min(-0.05, float(found.overlaps.min()) - 0.05), 1.14)
        count = len(found.overlaps)
        title = f"a sequence of {count} patterns, numbered where the overlap is above {RETRIEVED:g}"
        ax.set_title(wrapped(ax, title))
    return ax


def _figure(width: float, height: float) -> Figure:
    figure = new_figure(max(width, 4.0), height)
    return figure
