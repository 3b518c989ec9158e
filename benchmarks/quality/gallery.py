"""Figures of the gallery: python benchmarks/quality/gallery.py [NAME ...] [--pictures FOLDER] [--json FILE]

Prints the sections of docs/gallery.md: each published number beside ours. NAMES are all figures by default.
"""

from __future__ import annotations

import argparse
import json
import math
import textwrap
import time
from pathlib import Path

from analoghop.gallery import CLASSICS, Classic, classic
from analoghop.plotting import save_figure
from analoghop.study.findings import Fact, Findings

VERDICTS = {True: "holds", False: "does not hold", None: "beside"}


def row(fact: Fact) -> str:
    expected = "none" if math.isnan(fact.expected) else f"{fact.expected:.5g}"
    if fact.tolerance is not None:
        expected += f" ± {fact.tolerance:.2g}" if fact.tolerance else " exactly"
    verdict = VERDICTS[fact.holds] + (f": {fact.note}" if fact.note else "")
    return f"| {fact.name} | {expected} | {fact.value:.5g} | {verdict} |"


def section(figure: Classic, found: Findings, seconds: float) -> str:
    told = f"{figure.statement} {figure.source}. {seconds:.1f} s of computing."
    lines = [f"### {figure.name}: {figure.title}", "", *textwrap.wrap(told, 125), ""]
    lines += [f"    analoghop gallery {figure.name} --plot {figure.name}.png", ""]
    lines += ["| number | expected | ours | verdict |", "|---|---|---|---|", *map(row, found.facts), ""]
    return "\n".join([*lines, f"```{{classic-figure}} {figure.name}", "```", ""])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(CLASSICS))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--pictures", metavar="FOLDER", type=Path)
    parser.add_argument("--json", metavar="FILE", type=Path)
    arguments = parser.parse_args()
    rows = []
    for name in arguments.names or CLASSICS:
        figure, start = classic(name), time.process_time()
        found = figure.reproduce(arguments.seed)
        print(section(figure, found, time.process_time() - start), flush=True)
        rows += [{"figure": name, **fact.to_dict()} for fact in found.facts]
        if arguments.pictures is not None:
            save_figure(found.plot(), arguments.pictures / f"{name}.png", found.record)
    if arguments.json:
        arguments.json.write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
