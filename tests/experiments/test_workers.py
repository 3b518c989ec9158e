"""Several processes: the same rows as one, and a point that kills its worker is one row."""

import sqlite3
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from models_for_tests import fatal, power
from test_deck_studies import converter

from analoghop.errors import InputError, MissingProgram
from analoghop.experiments import Stored, Study, run_study

HERE = Path(__file__).parent


@pytest.fixture
def dask(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setenv("PYTHONPATH", str(HERE), prepend=":")


def rows(store: Path) -> list[tuple[Any, ...]]:
    with sqlite3.connect(store) as db:
        return db.execute("SELECT key, position, status, metrics FROM rows ORDER BY position").fetchall()


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
    with pytest.raises(InputError, match="expected 1 or more"):
        run_study(study, tmp_path / "s.db", workers=0)
