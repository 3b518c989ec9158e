"""`disconnectivity`: the minima of an energy as a tree that branches at the lowest saddles between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analoghop.plotting.figures import new_figure
from analoghop.plotting.style import PALETTE, label_axis, shortened, style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from analoghop.study.findings import Findings

_NAMED = 40  # minima whose numbers are written below the axis


def disconnectivity(found: Findings) -> Figure:
    """Draw a disconnectivity tree (Becker & Karplus 1997): leaves end at minima, branches meet at saddles."""
    energies, merges = found["energies"], found["merges"]
    m = len(energies)
    children = {m + k: (int(a), int(b)) for k, (a, b, _) in enumerate(merges)}
    heights = dict(enumerate(energies.tolist())) | {m + k: float(row[2]) for k, row in enumerate(merges)}
    used = {child for pair in children.values() for child in pair}
    roots = [node for node in heights if node not in used]
    place: dict[int, float] = {}
    with style():
        figure = new_figure(7.0, 4.2)
        ax = figure.subplots()
        count = 0
        for root in roots:
            for leaf in _leaves(root, children):
                place[leaf] = float(count)
                count += 1
        top = max(heights.values(), default=0.0)
        spread = top - min(heights.values(), default=0.0)
        for node in sorted(heights):
            if node in children:
                a, b = children[node]
                place[node] = 0.5 * (place[a] + place[b])
                ax.plot([place[a], place[b]], [heights[node]] * 2, color=PALETTE[0], linewidth=1.0)
        above = {child: heights[node] for node, pair in children.items() for child in pair}
        for node, height in heights.items():
            end = above.get(node, top + 0.08 * (spread or 1.0))
            colour = PALETTE[1] if node < m else PALETTE[0]
            ax.plot([place[node]] * 2, [height, end], color=colour, linewidth=1.2)
        ax.plot([place[k] for k in range(m)], energies, "o", color=PALETTE[1], ms=3)
        named = range(m if m <= _NAMED else 0)
        ax.set_xticks([place[k] for k in named], [str(k + 1) for k in named])
        ax.set_xlabel("minimum, by energy")
        label_axis(ax.yaxis, "energy", "W")
        ax.grid(axis="x", visible=False)
        ax.set_title(shortened(found.message, 100))
    return figure


def _leaves(node: int, children: dict[int, tuple[int, int]]) -> list[int]:
    """Return the minima below a node, those of lower groups outside."""
    order, waiting = [], [node]
    while waiting:
        one = waiting.pop()
        if one in children:
            waiting += children[one][::-1]
        else:
            order.append(one)
    return order


def string_profile(found: Findings) -> Figure:
    """Draw the energy along a string between two minima, with the highest saddle."""
    with style():
        figure = new_figure(6.0, 3.6)
        ax = figure.subplots()
        ax.plot(found["length"], found["energies"], "o-", color=PALETTE[1], ms=3)
        k = int(np.argmax(found["energies"]))
        ax.plot(found["length"][k], found["saddle_energy"][0], "X", color=PALETTE[2], ms=8)
        ax.set_xlabel("length of the way (input scales)")
        label_axis(ax.yaxis, "energy", "W")
        ax.set_title(shortened(found.message, 90))
    return figure
