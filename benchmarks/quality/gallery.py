"""Figures of the gallery: python benchmarks/quality/gallery.py [NAME ...] [--pictures FOLDER] [--json FILE]

Prints a table in Markdown: each published number beside ours. NAMES are all figures by default.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from pathlib import Path

from analoghop.gallery import CLASSICS, classic
from analoghop.plotting import save_figure
from analoghop.study.findings import Fact

HEAD = "| figure | number | published | tolerance | ours | verdict |\n|---|---|---|---|---|---|"
VERDICTS = {True: "holds", False: "does not hold", None: "beside"}


def row(name: str, fact: Fact) -> str:
    published = "" if math.isnan(fact.expected) else f"{fact.expected:.5g}"
    tolerance = "" if fact.tolerance is None else f"{fact.tolerance:.2g}"
    verdict = VERDICTS[fact.holds] + (f": {fact.note}" if fact.note else "")
    return f"| {name} | {fact.name} | {published} | {tolerance} | {fact.value:.5g} | {verdict} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(CLASSICS))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--pictures", metavar="FOLDER", type=Path)
    parser.add_argument("--json", metavar="FILE", type=Path)
    arguments = parser.parse_args()
    print(HEAD)
    rows, spent = [], []
    for name in arguments.names or CLASSICS:
        start = time.process_time()
        found = classic(name).reproduce(arguments.seed)
        spent.append((name, time.process_time() - start))
        for fact in found.facts:
            print(row(name, fact), flush=True)
            rows.append({"figure": name, **fact.to_dict()})
        if arguments.pictures is not None:
            save_figure(found.plot(), arguments.pictures / f"{name}.png", found.record)
    print("\n| figure | shows | source | CPU s |\n|---|---|---|---|")
    for name, seconds in spent:
        print(f"| {name} | {classic(name).title} | {classic(name).source} | {seconds:.1f} |")
    if arguments.json:
        arguments.json.write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
