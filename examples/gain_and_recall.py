"""Recall against gain: how steep the amplifiers of an associative memory must be, with error bars.

Each gain recalls the same 12 memories of 4 random patterns, from cues with a fifth of their bits flipped. The
unit of an interval is the memory, which is drawn anew, not the cue. Writes gain_and_recall.png.
"""

import tempfile
from pathlib import Path

from analoghop.experiments import Stored, Study, report, run_study
from analoghop.plotting import experiments, save_figure

study = Study(
    "gain_and_recall",
    {"memory": "random", "neurons": 50, "patterns": 4, "noise": 0.2},
    vary={"gain": {"log": [0.6, 20, 8]}},
    draws={"starts": 12, "seed": 1},
    metrics=["correct_rate", "overlap"],
)

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        run_study(study, Path(folder) / "recall.db")
        lines = report(Stored(Path(folder) / "recall.db"))
    for line in lines:
        rate = line.means["correct_rate"]
        low, high = rate.interval or (0.0, 1.0)
        print(f"gain {line.values['gain']:6.3g}: {rate.value:.0%} recalled [{low:.0%}, {high:.0%}]")
    ax = experiments.drawn(lines, "correct_rate")
    ax.set_title("Recall of 4 random patterns in 50 amplifiers, 95 % intervals", loc="left")
    save_figure(ax.get_figure(root=True), "gain_and_recall.png")
