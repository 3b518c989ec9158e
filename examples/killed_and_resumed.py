"""A study that is killed and goes on: the rows are those of a study that nobody disturbed.

Writes killed_and_resumed.png.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from analoghop import InputError
from analoghop.experiments import Stored, read_study, report, run_study
from analoghop.plotting import experiments, save_figure

DECK = Path(__file__).parents[1] / "circuits" / "flipflop.cir"
STUDY = f"""
study = "flipflop"
model = {{ deck = "{DECK.as_posix()}" }}
[vary]
gain = {{ lin = [0.5, 3, 6] }}
[draws]
starts = 10
seed = 1
[record]
metrics = ["v(v1)", "status", "heat_j"]
"""


def stored(store: Path) -> int:
    """Return how many points there are; a store that is just being made has none."""
    try:
        return sum(Stored(store).statuses().values())
    except InputError:
        return 0


def rows(store: Path) -> list[tuple[str, object]]:
    return [(row.key, dict(row.metrics)) for row in Stored(store).rows()]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        file, store = Path(name) / "flipflop.toml", Path(name) / "flipflop.db"
        file.write_text(STUDY)
        driver = subprocess.Popen([sys.executable, "-m", "analoghop", "sweep", "run", str(file), "--quiet"])
        while driver.poll() is None and not stored(store):
            time.sleep(0.02)
        driver.kill()  # SIGKILL: no chance to tidy up
        driver.wait()
        left = run_study(read_study(file), store)  # the same study goes on
        print(f"{left.before} of {left.points} points were stored when it was killed; the rest is computed")
        whole = Path(name) / "whole.db"
        run_study(read_study(file), whole)
        print("the same rows as without the interruption:", rows(store) == rows(whole))
        ax = experiments.drawn(report(Stored(store)), "heat_j")
    ax.set_title("Heat until the flip-flop has settled, 95 % intervals", loc="left")
    save_figure(ax.get_figure(root=True), "killed_and_resumed.png")
