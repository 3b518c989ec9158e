"""Sudoku in the catalogue."""

from __future__ import annotations

from collections.abc import Mapping

from analoghop.formats.instances.sudoku import read_sudoku, write_sudoku
from analoghop.optimise.catalogue.record import AnyFormulation, CatalogueEntry
from analoghop.problems.base import Answer
from analoghop.problems.sudoku.adaptive import SudokuMemristive
from analoghop.problems.sudoku.instance import Sudoku

FORMULATIONS: Mapping[str, AnyFormulation] = {SudokuMemristive.name: SudokuMemristive}
"""By name, the default first."""


def sudoku_entry() -> CatalogueEntry:
    """Return the entry."""
    return CatalogueEntry(
        problem=Sudoku,
        purpose="digits for the blanks of a grid",
        takes="a file of 81 signs or nine lines of nine, or the 81 signs themselves",
        read=Sudoku.read,
        formulations=FORMULATIONS,
        starts=16,
        # No part of a deck makes noise, and a deck makes one attempt.
        deck_settings={"memristive": {"noise": 0.0, "duration": 100.0}},
        read_answer=lambda path, problem: read_sudoku(path)[0],
        writers={".sudoku": _write, ".txt": _write},
    )


def _write(path: str, problem: Sudoku, answer: Answer, comment: str) -> None:
    write_sudoku(path, str(answer), comment)
