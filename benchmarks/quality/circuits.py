"""Random circuits of all elements, here and in ngspice: python benchmarks/quality/circuits.py [--json FILE]

Circuit number k is a function of k. It runs here at a tolerance of 1e-10 and in ngspice with trapezoidal
steps of at most 1/10000 of the run; the largest deviation of any voltage, relative to the range of that
voltage, is the deviation of the circuit. Above 1e-6 ngspice's step is halved, up to three times; `--steps`
asks for smaller ones from the beginning. "converging" are circuits that come closer with every halving, so
that the step of ngspice is the limit. The others disagree, and their decks are printed. `--element NAME` puts
one of the elements of `fuzz/circuits.py` into every circuit.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))
from analoghop.errors import AnalogHopError
from fuzz.agreement import Agreement, agreement
from fuzz.circuits import ELEMENTS, random_deck

WANTED = 1e-6


def verdict(found: Agreement | str) -> str:
    """Return the word for the table."""
    if isinstance(found, str):
        return "not compared"
    if found.worst <= WANTED:
        return "agree"
    return "converging" if found.converging else "DISAGREE"


def compared(deck: str, steps: int) -> Agreement | str:
    """Return the agreement with at least `steps` steps of ngspice, or why there is none."""
    try:
        return agreement(deck, WANTED, tuple(steps * 2**k for k in range(4)))
    except AnalogHopError as error:
        return f"{type(error).__name__}: {error}"


def table(found: dict[int, Agreement | str]) -> None:
    words = Counter(map(verdict, found.values()))
    worst = np.array([one.worst for one in found.values() if isinstance(one, Agreement)])
    steps = Counter(one.steps for one in found.values() if isinstance(one, Agreement))
    columns = ["circuits", "agree within 1e-6", "limited by ngspice's step", "disagree", "not compared"]
    columns += ["median", "90 %", "worst"]
    print(f"| {' | '.join(columns)} |\n|{'---|' * len(columns)}")
    row = [len(found), words["agree"], words["converging"], words["DISAGREE"], words["not compared"]]
    figures = [f"{np.quantile(worst, q):.1e}" for q in (0.5, 0.9, 1.0)] if len(worst) else ["-"] * 3
    print(f"| {' | '.join(map(str, [*row, *figures]))} |\n")
    edges = [0.0, 1e-9, 1e-8, 1e-7, 2e-7, 5e-7, 1e-6, 1e-5, np.inf]
    print(
        "deviations: "
        + ", ".join(
            f"{int(((worst > low) & (worst <= high)).sum())} up to {high:g}"
            for low, high in zip(edges, edges[1:], strict=False)
        )
    )
    print(
        "steps of ngspice: " + ", ".join(f"{count} circuits with {n}" for n, count in sorted(steps.items()))
    )


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    known = {add.__name__: add for add in ELEMENTS}
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--first", type=int, default=0, help="number of the first circuit")
    parser.add_argument("--element", choices=known, action="append", default=[], help="in every circuit")
    parser.add_argument("--steps", type=int, default=10_000, help="of ngspice, at first")
    parser.add_argument("--json", type=Path, help="file for the deviation of every circuit")
    wanted = parser.parse_args()
    chosen = tuple(known[name] for name in wanted.element)
    found: dict[int, Agreement | str] = {}
    begin = time.process_time()
    for number in range(wanted.first, wanted.first + wanted.count):
        found[number] = compared(random_deck(number, chosen), wanted.steps)
        if verdict(found[number]) != "agree":
            print(
                f"{number}: {verdict(found[number])}, {found[number]}\n{random_deck(number, chosen)}",
                flush=True,
            )
    table(found)
    print(f"{(time.process_time() - begin) / wanted.count:.2f} s of our processor time for a circuit")
    if wanted.json:
        rows = {k: vars(one) if isinstance(one, Agreement) else one for k, one in found.items()}
        wanted.json.write_text(json.dumps(rows, indent=1))
    return int(any(verdict(one) in ("DISAGREE", "not compared") for one in found.values()))


if __name__ == "__main__":
    sys.exit(main())
