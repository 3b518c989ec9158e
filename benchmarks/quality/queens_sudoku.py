"""Queens and Sudoku, with fixed seeds: python benchmarks/quality/queens_sudoku.py [PARTS] [--json FILE]

Parts: queens, easy, hard, clues17; by default all. Every board and every grid is run from `--starts` starts
with the default options. Each grid is first shown, by exhaustive search, to have one solution and no second.
"""

from __future__ import annotations

import argparse
import json
import time
from itertools import islice
from pathlib import Path
from typing import Any

import analoghop
from analoghop.intervals import wilson_interval
from analoghop.problems.base import Problem
from analoghop.problems.baselines.backtracking import fillings
from analoghop.problems.queens.instance import Queens
from analoghop.problems.sudoku.instance import Sudoku, peers

SEED = 1
SIZES = (8, 10, 12, 16, 20, 30, 50, 75, 100, 150, 200)
TARGETS = {"queens": 1.0, "easy": 1.0, "hard": 0.9, "clues17": 0.9}

EASY = {
    "Wikipedia": "53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79",
    "Euler 96, 1": "003020600900305001001806400008102900700000008006708200002609500800203009005010300",
    "Euler 96, 2": "200080300060070084030500209000105408000000000402706000301007040720040060004010003",
    "Euler 96, 3": "000000907000420180000705026100904000050000040000507009920108000034059000507000000",
    "Euler 96, 4": "030050040008010500460000012070502080000603000040109030250000098001020600080060020",
}
HARD = {
    "AI Escargot": "1....7.9..3..2...8..96..5....53..9...1..8...26....4...3......1..4......7..7...3..",
    "Inkala 2010": "..53.....8......2..7..1.5..4....53...1..7...6..32...8..6.5....9..4....3......97..",
    "Inkala 2012": "8..........36......7..9.2...5...7.......457.....1...3...1....68..85...1..9....4..",
    "Golden Nugget": ".......39.....1..5..3.5.8....8.9...6.7...2...1..4.......9.8..5..2....6..4..7.....",
    "Easter Monster": "1.......2.9.4...5...6...7...5.9.3.......7.......85..4.7.....6...3...9.8...2.....1",
    "Platinum Blonde": ".......12........3..23..4....18....5.6..7.8.......9.....85.....9...4.5..47...6...",
    "Kolk": "12.3....435....1....4........54..2..6...7.........8.9...31..5.......9.7.....6...8",
}
CLUES17 = (
    "000000010400000000020000000000050407008000300001090000300400200050100000000806000",
    "000000010400000000020000000000050604008000300001090000300400200050100000000807000",
    "000000012000035000000600070700000300000400800100000000000120000080000040050000600",
    "000000012003600000000007000410020000000500300700000600280000040000300500000000000",
    "000000012008030000000000040120500000000004700060000000507000300000620000000100000",
    "000000012040050000000009000070600400000100000000000050000087500601000300200000000",
    "000000012050400000000000030700600400001000000000080000920000800000510700000003000",
    "000000012300000060000040000900000500000001070020000000000350400001400800060000000",
    "000000012400090000000000050070200000600000400000108000018000000000030700502000000",
    "000000012500008000000700000600120000700000450000030000030000800000500700020000000",
    "000000012700060000000000050080200000600000400000109000019000000000030800502000000",
    "000000012800040000000000060090200000700000400000501000015000000000030900602000000",
)


def solutions(grid: str, most: int = 2) -> int:
    """Return how many solutions a grid has, `most` at most."""
    return len(list(islice(fillings(Sudoku(grid).digits.tolist(), peers()), most)))


def run(problem: Problem, name: str, starts: int, settings: dict[str, str]) -> dict[str, Any]:
    before = time.process_time()
    result = analoghop.solve(problem, starts=starts, seed=SEED, settings=settings, baselines=False)
    tts = result.to_dict()["tts99"]
    return {
        "instance": name,
        "valid": result.valid,
        "starts": starts,
        "tau_per_start": result.tau_per_start,
        "tts99_s": tts["s"],
        "cpu_s": time.process_time() - before,
    }


def table(part: str, problems: dict[str, Problem], options: argparse.Namespace) -> list[dict[str, Any]]:
    print(f"\n{part}: starts that succeed, of {options.starts}, seed {SEED}")
    print("| instance | valid | mean tau per start | time to solution, CPU s | all, CPU s |")
    print("|---|---|---|---|---|")
    rows = []
    for name, problem in problems.items():
        row = run(problem, name, options.starts, options.settings)
        rows.append(row)
        solution = "none" if row["tts99_s"] is None else f"{row['tts99_s']:.3f}"
        print(
            f"| {name} | {row['valid']} of {row['starts']} | {row['tau_per_start']:.0f} | {solution} |"
            f" {row['cpu_s']:.2f} |",
            flush=True,
        )
    valid, starts = sum(row["valid"] for row in rows), options.starts * len(rows)
    low, high = wilson_interval(valid, starts)
    reached = "reached" if valid >= TARGETS[part] * starts else "MISSED"
    print(
        f"{reached}: {valid} of {starts} starts ({100 * valid / starts:.1f} %, 95 % interval"
        f" {100 * low:.0f} to {100 * high:.0f} %), target {100 * TARGETS[part]:.0f} %"
    )
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("parts", nargs="*", help="by default all")
    parser.add_argument("--starts", type=int, default=32)
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    options.settings = dict(pair.split("=", 1) for pair in options.set)
    grids = {
        "easy": EASY,
        "hard": HARD,
        "clues17": {f"17 clues, {k}": grid for k, grid in enumerate(CLUES17, 1)},
    }
    told: dict[str, Any] = {"seed": SEED, "settings": options.settings}
    if not options.parts or "queens" in options.parts:
        told["queens"] = table("queens", {f"{n} queens": Queens(n) for n in SIZES}, options)
    for part, puzzles in grids.items():
        if options.parts and part not in options.parts:
            continue
        several = [name for name, grid in puzzles.items() if solutions(grid) != 1]
        if several:
            raise SystemExit(f"not one solution: {', '.join(several)}")
        told[part] = table(part, {name: Sudoku(grid, name) for name, grid in puzzles.items()}, options)
    if options.json:
        options.json.write_text(json.dumps(told, indent=1))


if __name__ == "__main__":
    main()
