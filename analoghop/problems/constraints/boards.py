"""Queens and Sudoku as models."""

from __future__ import annotations

import numpy as np

from analoghop.problems.constraints.constrained import Constrained
from analoghop.problems.constraints.expressions import Variables
from analoghop.problems.constraints.model import Model
from analoghop.problems.queens.instance import Queens
from analoghop.problems.sudoku.instance import Sudoku, units


def queens_model(problem: Queens) -> Constrained:
    """Return the model: x for each square, row by row; one per row, at most one per column and diagonal."""
    model, n = Model(), problem.n
    square = model.variables(n * n).reshape(n, n)
    for row in square:
        model.exactly_one(row, "rows")
    for line in board_lines(square):
        model.at_most(line, name="columns and diagonals")
    return model.problem(problem.name)


def board_lines(square: Variables) -> list[Variables]:
    """Return all columns of a board (n, n), and its diagonals of two squares and more."""
    n = len(square)
    columns = list(square.T) if n > 1 else []
    offsets = range(2 - n, n - 1)
    down = [np.diagonal(square, offset) for offset in offsets]
    up = [np.diagonal(square[:, ::-1], offset) for offset in offsets]
    return [*columns, *down, *up]


def sudoku_model(problem: Sudoku) -> Constrained:
    """Return the model: x for each cell and digit; one digit per cell, each once per row, column and box."""
    model, n = Model(), problem.rows
    x = model.variables(n**3).reshape(n * n, n)
    for digits in x:
        model.exactly_one(digits, "cells")
    for unit in units(n):
        for digit in range(n):
            model.exactly_one(x[unit, digit], "rows, columns and boxes")
    for cell in np.flatnonzero(problem.digits):
        model.fix(x[cell, problem.digits[cell] - 1], 1)
    return model.problem(problem.name)
