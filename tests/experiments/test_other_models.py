"""Studies of problems, memories and functions."""

from pathlib import Path

import numpy as np
import pytest
from models_for_tests import power

from analoghop.errors import InputError
from analoghop.experiments import Scatter, Stored, Study, run_study
from analoghop.experiments.models.memories import scattered_weights
from analoghop.memory.patterns import Memory
from analoghop.memory.rules import learn

DATA = Path(__file__).parents[1] / "data"


def rows(study: Study, store: Path) -> list[dict[str, object]]:
    run_study(study, store)
    return [{**row.point.values, **row.metrics, "status": row.status} for row in Stored(store).rows()]


def test_problems_over_instances_and_formulations(tmp_path: Path) -> None:
    study = Study(
        "tours",
        {"problem": "tsp", "starts": 2},
        vary={"instance": ["burma14.tsp", "gr17.tsp"], "formulation": ["potts", "guaranteed"]},
        metrics=["valid_rate", "cost_best", "best_known", "size"],
        directory=DATA,
    )
    found = rows(study, tmp_path / "s.db")
    assert [one["size"] for one in found] == [14.0] * 2 + [17.0] * 2
    assert all(
        one["status"] == "done" and one["cost_best"] >= one["best_known"]
        for one in found
        if one["valid_rate"]
    )
    assert run_study(study, tmp_path / "s.db").computed == 0
    with pytest.raises(InputError, match="no metric `cost_bets`; did you mean"):
        run_study(
            Study("s", {"problem": "tsp", "instance": "burma14.tsp"}, metrics=["cost_bets"], directory=DATA),
            tmp_path / "t.db",
        )
    with pytest.raises(InputError, match="no `instance`"):
        run_study(Study("s", {"problem": "tsp"}), tmp_path / "t.db")


def test_memories_over_noise_and_faults(tmp_path: Path) -> None:
    study = Study(
        "memory",
        {"memory": "random", "neurons": 60, "patterns": 3, "model": "binary"},
        vary={"noise": [0.1, 0.45], "tolerance.open": [0.0, 0.9]},
        tolerance={},
        draws={"parts": 3, "starts": 2},
        metrics=["correct_rate", "load"],
    )
    found = rows(study, tmp_path / "s.db")
    assert len(found) == 24
    mean = {
        k: np.mean([o["correct_rate"] for o in found if (o["noise"], o["tolerance.open"]) == k])
        for k in ((0.1, 0.0), (0.45, 0.9))
    }
    assert mean[0.1, 0.0] > 0.9 > mean[0.45, 0.9]
    assert {o["load"] for o in found} == {0.05}
    with pytest.raises(InputError, match="no axis `nose`; did you mean 'noise'"):
        run_study(
            Study("s", {"memory": "random", "neurons": 9, "patterns": 1}, vary={"nose": [1]}),
            tmp_path / "t.db",
        )


def test_scattered_couplings() -> None:
    weights = learn(Memory.random(40, 3, 1), "hebbian")
    drawn = scattered_weights(weights, Scatter(tolerance=0.1), 1, 2)
    assert np.abs(drawn.W - weights.W).max() <= 0.1 * np.abs(weights.W).max()
    assert not np.allclose(drawn.W, drawn.W.T)
    cut = scattered_weights(weights, Scatter(open=0.3), 1, 2)
    assert 0.2 < np.mean(cut.W[weights.W != 0] == 0) < 0.4
    dead = scattered_weights(weights, Scatter(dead=0.5), 1, 2)
    assert (dead.W == 0).all(axis=0).sum() > 10
    few = scattered_weights(weights, Scatter(bits=2), 1, 2)
    assert len(np.unique(few.W)) <= 3


def test_functions_get_seeds_that_depend_on_draws_alone(tmp_path: Path) -> None:
    study = Study("f", power, vary={"x": [1, 2], "y": [1, 3]}, draws={"starts": 3}, metrics=["value", "draw"])
    found = rows(study, tmp_path / "s.db")
    assert [one["value"] for one in found[::3]] == [1, 1, 2, 8]
    assert len({one["draw"] for one in found}) == 3
    with pytest.raises(InputError, match="no argument `z`"):
        run_study(Study("f", power, vary={"z": [1]}), tmp_path / "t.db")
    strange = Study("f", lambda x: object(), vary={"x": [1]})
    assert rows(strange, tmp_path / "u.db")[0]["status"] == "error"
