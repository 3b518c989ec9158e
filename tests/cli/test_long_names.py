"""Names of files that no system takes."""

import pytest

from .conftest import Command

LONG = "n" * 300


@pytest.mark.parametrize(
    "line",
    [
        ["run", f"{LONG}.cir"],
        ["op", f"{LONG}.cir"],
        ["show", f"{LONG}.cir"],
        ["compare", f"{LONG}.cir"],
        ["solve", "maxcut", f"{LONG}.txt"],
        ["solve", "tsp", f"{LONG}.tsp"],
        ["solve", "sudoku", "1" * 300],
        ["solve", "sudoku", LONG],
        ["check", "maxcut", f"{LONG}.txt", "answer"],
        ["encode", "tsp", f"{LONG}.tsp", "-o", "x.cir"],
        ["memory", "recall", LONG],
        ["memory", "recall", f"{LONG}.npy"],
    ],
    ids=" ".join,
)
def test_a_name_of_300_letters_is_one_sentence(command: Command, line: list[str]) -> None:
    refused = command(*line)
    assert refused.code in (2, 3)
    assert "internal failure" not in refused.err
    assert len(refused.err) < 600
