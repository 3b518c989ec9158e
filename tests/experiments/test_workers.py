"""Several processes: the same rows as one, and a point that kills its worker is one row."""

import json
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import networkx
import numpy as np
import pytest
from models_for_tests import fatal, power
from test_deck_studies import converter

from analoghop import MaxCut, Queens, simulate_many, solve
from analoghop.errors import InputError, MissingProgram
from analoghop.experiments import Stored, Study, run_study

HERE = Path(__file__).parent


@pytest.fixture
def dask(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed", reason="dask.distributed is missing: extra `cluster`")
    monkeypatch.setenv("PYTHONPATH", str(HERE), prepend=":")


def rows(store: Path) -> list[tuple[Any, ...]]:
    with sqlite3.connect(store) as db:
        return db.execute("SELECT key, position, status, metrics FROM rows ORDER BY position").fetchall()


@pytest.mark.cluster
@pytest.mark.filterwarnings("ignore")
@pytest.mark.usefixtures("dask")
def test_one_and_several_workers_give_the_same_rows_bit_for_bit(tmp_path: Path) -> None:
    study = converter(
        draws={"parts": 1100, "seed": 3}, vary={"x": [3.0, 10.0]}, metrics=["v(v0)", "t_settle"]
    )
    for workers in (1, 3):
        done = run_study(replace(study, criterion=None), tmp_path / f"{workers}.db", workers=workers)
        assert (done.computed, done.failed) == (2200, 0)
    assert rows(tmp_path / "1.db") == rows(tmp_path / "3.db")


@pytest.mark.cluster
@pytest.mark.filterwarnings("ignore")
@pytest.mark.usefixtures("dask")
def test_a_point_that_kills_its_worker_is_one_row(tmp_path: Path) -> None:
    store = tmp_path / "s.db"
    study = Study("s", fatal, vary={"x": {"lin": [0, 129, 130]}})
    done = run_study(study, store, workers=2)
    assert (done.computed, done.failed, done.left) == (130, 1, 0)
    crashed = [row for row in Stored(store).rows() if row.status == "crashed"]
    assert [row.point.values["x"] for row in crashed] == [5.0]
    assert "ended while it computed" in str(crashed[0].error)
    assert run_study(study, store, workers=2).computed == 0
    assert run_study(study, store, workers=2, retry=["crashed"]).computed == 1


def test_without_dask_several_workers_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    study = Study("s", power, vary={"x": [1, 2]})
    with pytest.raises(MissingProgram, match=r"install analoghop\[cluster\]"):
        run_study(study, tmp_path / "s.db", workers=2)
    assert run_study(study, tmp_path / "s.db").computed == 2
    with pytest.raises(InputError, match="expected a number from 1"):
        run_study(study, tmp_path / "s.db", workers=0)


@pytest.fixture
def address(dask: None, tmp_path: Path) -> Iterator[str]:
    """A scheduler and two workers, started by hand as on two machines."""
    import distributed

    scheduler_file = tmp_path / "scheduler.json"
    dask_cli = [sys.executable, "-m", "distributed.cli."]
    common = ["--scheduler-file", str(scheduler_file)]
    words = [
        [*common, "--port", "0", "--no-dashboard", "--no-jupyter", "--host", "127.0.0.1"],
        *[[*common, "--nthreads", "1", "--no-dashboard", "--no-nanny", "--name", str(k)] for k in range(2)],
    ]
    names = ["dask_scheduler", "dask_worker", "dask_worker"]
    started = [
        subprocess.Popen([*dask_cli[:-1], dask_cli[-1] + name, *more], stderr=subprocess.DEVNULL)
        for name, more in zip(names, words, strict=True)
    ]
    try:
        while not scheduler_file.exists():
            assert started[0].poll() is None
            time.sleep(0.05)
        found = json.loads(scheduler_file.read_text())["address"]
        with distributed.Client(found) as client:
            client.wait_for_workers(2, timeout=60)
        yield found
    finally:
        for process in reversed(started):
            process.terminate()
        for process in started:
            process.wait()


@pytest.mark.cluster
@pytest.mark.filterwarnings("ignore")
def test_two_workers_started_by_hand_share_starts_and_points(address: str, tmp_path: Path) -> None:
    problem = MaxCut(networkx.to_numpy_array(networkx.petersen_graph()))
    options = {"starts": 40, "seed": 2, "engine": "numpy", "baselines": False}
    shared = solve(problem, "noise", workers=address, **options)
    assert (shared.costs, shared.workers) == (solve(problem, "noise", **options).costs, 2)
    deck = Path(__file__).parents[2] / "circuits" / "flipflop.cir"
    many = {"starts": 300, "seed": 5}
    np.testing.assert_allclose(
        simulate_many(deck, workers=address, **many).states, simulate_many(deck, **many).states, rtol=1e-9
    )
    study = Study("s", power, vary={"x": {"lin": [0, 9, 10]}})
    run_study(study, tmp_path / "there.db", workers=address)
    run_study(study, tmp_path / "here.db")
    assert rows(tmp_path / "there.db") == rows(tmp_path / "here.db")


@pytest.mark.cluster
@pytest.mark.usefixtures("dask")
def test_a_scheduler_that_is_not_there_is_named() -> None:
    with pytest.raises(InputError, match="no scheduler of Dask answers at tcp://127.0.0.1:9 within 1 s"):
        solve(Queens(4), workers="tcp://127.0.0.1:9", time_limit=0.5)
