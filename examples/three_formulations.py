"""Three circuits for the travelling salesman on ten instances: which is better, and is that chance?

The instances are the units: settings are compared in pairs of equal instances. Writes three_formulations.png.
"""

import tempfile
from pathlib import Path

import numpy as np

from analoghop.experiments import Stored, Study, comparisons, report, run_study
from analoghop.plotting import experiments, save_figure


def instances(folder: Path) -> list[str]:
    """Write ten sets of nine cities in the unit square; return their files."""
    rng = np.random.default_rng(10)
    names = [f"cities{k}.csv" for k in range(10)]
    for name in names:
        np.savetxt(folder / name, rng.random((9, 2)), delimiter=",", header="x,y", comments="")
    return names


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        study = Study(
            "three_formulations",
            {"problem": "tsp", "starts": 2},
            vary={"formulation": ["potts", "subspace", "elastic"], "instance": instances(folder)},
            metrics=["cost_best", "valid_rate"],
            directory=folder,
        )
        run_study(study, folder / "tsp.db")
        stored = Stored(folder / "tsp.db")
        lines, rows = report(stored), stored.rows()
    for metric in ("cost_best", "valid_rate"):
        for one in comparisons(rows, "formulation", metric, pair=["instance"]):
            print(
                f"{metric} of {one.second} against {one.first}: {one.difference:+.3f} over {one.pairs} "
                f"instances, p = {one.adjusted:.2g} ({one.test.name}, Holm)"
            )
    ax = experiments.drawn(lines, "cost_best", "map")
    ax.set_title("Length of the better of 2 tours", loc="left")
    save_figure(ax.get_figure(root=True), "three_formulations.png")
