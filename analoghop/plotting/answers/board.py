"""`board` and `grid`: queens on their board, and a Sudoku."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from analoghop.formats.instances.sudoku import SIGNS
from analoghop.plotting.style import PALETTE, axes_for, style
from analoghop.problems.queens.instance import Queens
from analoghop.problems.sudoku.instance import Sudoku, grid_digits

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SHADES = ("#f2ead8", "#c9b48c")
LETTERED = 30
"""Largest number of rows of a board that is drawn with queens; larger ones have dots."""


def board(problem: Queens, columns: Sequence[int], ax: Axes | None = None) -> Axes:
    """Draw a queen in each row, and lines between queens that attack each other. Returns the axes."""
    n = problem.n
    with style():
        ax = axes_for(ax, 5.0, 5.2)
        squares = np.add.outer(np.arange(n), np.arange(n)) % 2
        from matplotlib.colors import ListedColormap

        ax.imshow(squares, cmap=ListedColormap(SHADES), extent=(-0.5, n - 0.5, n - 0.5, -0.5))
        attacks = problem.attacks(columns).tolist()
        for a, b in attacks:
            ax.plot([columns[a], columns[b]], [a, b], color=PALETTE[2], linewidth=1.5, zorder=2)
        if n <= LETTERED:
            size = 210.0 / n
            for row, column in enumerate(columns):
                ax.text(
                    column,
                    row,
                    "\N{BLACK CHESS QUEEN}",
                    ha="center",
                    va="center",
                    fontsize=size,
                    family="DejaVu Sans",
                )
        else:
            ax.scatter(columns, range(n), s=max(2.0, 3000.0 / n**1.5), color="black", zorder=3)
        ax.set(xticks=[], yticks=[], xlim=(-0.5, n - 0.5), ylim=(n - 0.5, -0.5), aspect="equal")
        ax.grid(False)
        ax.spines[:].set_visible(False)
        state = f"{len(attacks)} pairs attack each other" if attacks else "none attacks another"
        ax.set_title(f"{n} queens, {state}")
    return ax


def grid(problem: Sudoku, answer: Any, ax: Axes | None = None) -> Axes:
    """Draw the givens and the digits of `answer`, characters or numbers; cells in conflict are shaded.

    Givens are black, the circuit's digits blue. Returns the axes.
    """
    from matplotlib.patches import Rectangle

    digits, given, n = grid_digits(answer, problem.size), problem.digits, problem.rows
    bad = set(problem.conflicts(answer).ravel().tolist())
    with style():
        ax = axes_for(ax, 4.6, 4.8)
        for cell in range(problem.size):
            row, column = divmod(cell, n)
            if cell in bad:
                ax.add_patch(Rectangle((column, row), 1, 1, color=PALETTE[6], alpha=0.45, linewidth=0))
            if digits[cell]:
                ax.text(
                    column + 0.5,
                    row + 0.53,
                    SIGNS[digits[cell] - 1],
                    ha="center",
                    va="center",
                    fontsize=135 / n,
                    color="black" if given[cell] else PALETTE[1],
                    weight="bold" if given[cell] else "normal",
                )
        for k in range(n + 1):
            width = 1.8 if k % math.isqrt(n) == 0 else 0.6
            ax.plot([k, k], [0, n], color="black", linewidth=width, solid_capstyle="projecting")
            ax.plot([0, n], [k, k], color="black", linewidth=width, solid_capstyle="projecting")
        ax.set(xticks=[], yticks=[], xlim=(-0.05, n + 0.05), ylim=(n + 0.05, -0.05), aspect="equal")
        ax.grid(False)
        ax.spines[:].set_visible(False)
        ax.set_title(f"{problem.name}, {_state(problem, answer)}")
    return ax


def _state(problem: Sudoku, answer: Any) -> str:
    verdict = problem.verify(answer)
    return "solved" if verdict.valid else ", ".join(f"{n} {what}" for what, n in verdict.violations.items())
