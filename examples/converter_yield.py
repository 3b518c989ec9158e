"""The yield of the 4-bit converter of circuits/adc4.cir: how exact its resistors must be, and which of them.

Writes converter_yield.png, and converter_yield.db, from which the same script goes on.
"""

from pathlib import Path

from analoghop.experiments import Stored, Study, report, run_study
from analoghop.plotting import experiments, save_figure

DECK = Path(__file__).parents[1] / "circuits" / "adc4.cir"

study = Study(
    "converter_yield",
    {"deck": str(DECK)},
    vary={"tolerance": ["1 %", "2 %", "3 %", "5 %"], "x": list(range(16))},
    tolerance={"elements": ["r*"], "law": "uniform"},
    draws={"parts": 60, "seed": 7},  # part 17 is the same part at every tolerance
    metrics=["code", "status"],
    criterion={"code": "x", "over": ["x"]},  # a part is good if it reads all 16 numbers
)

if __name__ == "__main__":
    done = run_study(study, "converter_yield.db")
    print(f"{done.computed} of {done.points} points computed, {done.before} were stored")
    lines = report(Stored("converter_yield.db"), study.judged)
    for line in lines:
        assert line.good is not None
        low, high = line.good.interval or (0.0, 1.0)
        print(f"{line.values['tolerance']:.0%}: {line.good.value:.0%} are good [{low:.0%}, {high:.0%}]")
    ax = experiments.drawn(lines, "yield")
    ax.set_title("Converter of 1986: share of good parts, 95 % intervals", loc="left")
    save_figure(ax.get_figure(root=True), "converter_yield.png")
