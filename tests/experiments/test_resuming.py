"""The store: the same command goes on, whatever ended it before, and gives the same rows."""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from models_for_tests import empty, failing, power, slow

from analoghop.errors import InputError
from analoghop.experiments import Stored, Study, run_study
from analoghop.experiments.store import writer as writing_module
from analoghop.experiments.store.writer import writing
from analoghop.limits import Limits
from tests.signals import hear_ctrl_c

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SLOW = """
study = "slow"
model = { function = "models_for_tests:slow" }
[vary]
x = { lin = [0, 1, 400] }
[record]
metrics = ["value", "draw"]
"""


def rows(store: Path) -> list[tuple[Any, ...]]:
    with sqlite3.connect(store) as db:
        found = db.execute("SELECT key, position, status, point, metrics FROM rows ORDER BY position")
        return found.fetchall()


def start(store: Path, study: Path) -> subprocess.Popen[str]:
    words = [sys.executable, "-m", "analoghop", "sweep", "run", str(study), "--store", str(store)]
    path = os.pathsep.join([str(ROOT), str(HERE)])
    return subprocess.Popen(
        [*words, "--allow-code", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": path},
        preexec_fn=hear_ctrl_c,
    )


def stored(store: Path) -> int:
    try:
        return sum(Stored(store).statuses().values())
    except InputError:
        return 0


def test_killed_at_random_moments_and_finished_gives_the_same_rows(tmp_path: Path) -> None:
    study, store, whole = tmp_path / "s.toml", tmp_path / "killed.db", tmp_path / "whole.db"
    study.write_text(SLOW)
    rng, before, deaths = random.Random(1), 0, 0
    for _ in range(2):
        driver = start(store, study)
        goal, deadline = before + rng.randint(1, 150), time.monotonic() + 20
        while driver.poll() is None and stored(store) < goal and time.monotonic() < deadline:
            time.sleep(rng.uniform(0.0, 0.02))
        driver.kill()
        driver.communicate()
        deaths += driver.returncode == -signal.SIGKILL
        assert stored(store) >= before
        before = stored(store)
    assert deaths >= 1
    last = start(store, study)
    answer = json.loads(last.communicate()[0])
    assert last.returncode == 0
    assert answer["before"] == before
    assert answer["left"] == 0
    one = start(whole, study)
    assert json.loads(one.communicate()[0])["computed"] == 400
    assert rows(store) == rows(whole)
    assert [run["ended"] is None for run in Stored(store).runs()] == [True] * deaths + [False] * (
        len(Stored(store).runs()) - deaths
    )


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stores_what_is_finished_and_says_how_to_go_on(tmp_path: Path, sign: signal.Signals) -> None:
    study, store = tmp_path / "s.toml", tmp_path / "s.db"
    study.write_text(SLOW.replace("400", "4000"))  # the test may be slow beside others
    driver = start(store, study)
    while driver.poll() is None and stored(store) < 64:
        time.sleep(0.01)
    driver.send_signal(sign)
    out, err = driver.communicate()
    answer = json.loads(out)
    assert driver.returncode == 4
    assert answer["interrupted"]
    assert answer["left"] == 4000 - stored(store) > 0
    assert "the same command goes on" in err
    assert Stored(store).runs()[-1]["ended"] is not None


def test_a_second_driver_is_refused_and_viewers_are_not(tmp_path: Path) -> None:
    store = tmp_path / "s.db"
    study = Study("s", empty, vary={"x": [1, 2]})
    run_study(study, store)
    with writing(store):
        with pytest.raises(InputError, match=f"written by another command, process {os.getpid()}"):
            run_study(study, store)
        assert Stored(store).statuses() == {"done": 2}
    assert run_study(study, store).computed == 0


def test_edited_axes_add_points_and_keep_the_old_ones(tmp_path: Path) -> None:
    store = tmp_path / "s.db"
    study = Study("s", power, vary={"x": [1, 3]}, metrics=["value", "draw"], draws={"starts": 2})
    assert run_study(study, store).computed == 4
    first = {row.key: row.metrics for row in Stored(store).rows()}
    more = run_study(replace(study, vary={"x": [1, 2, 3]}), store)
    assert (more.before, more.computed, more.left) == (4, 2, 0)
    found = Stored(store).rows()
    assert [row.point.values["x"] for row in found] == [1, 1, 2, 2, 3, 3]
    assert first.items() <= {row.key: row.metrics for row in found}.items()
    fewer = run_study(replace(study, vary={"x": [3]}), store)
    assert (fewer.before, fewer.computed) == (2, 0)
    assert len(Stored(store).rows()) == 2
    assert run_study(study, store).computed == 0


def test_failed_points_are_rows_and_are_tried_again_on_request(tmp_path: Path) -> None:
    store, study = tmp_path / "s.db", Study("s", failing, vary={"x": [1, 2, 0]})
    done = run_study(study, store)
    assert (done.computed, done.failed) == (3, 2)
    found = {row.point.values["x"]: row for row in Stored(store).rows()}
    assert found[2].status == "error"
    assert "two is refused" in str(found[2].error)
    assert found[0].metrics == {}
    assert run_study(study, store).computed == 0
    assert run_study(study, store, retry=["failed"]).computed == 2
    assert run_study(study, store, retry=["crashed"]).computed == 0
    with pytest.raises(InputError, match="did you mean 'failed'"):
        run_study(study, store, retry=["faild"])
    stopped = run_study(replace(study, on_error="stop", vary={"x": [2, 7, 8]}), tmp_path / "t.db")
    assert stopped.stopped


def test_a_time_limit_ends_between_points(tmp_path: Path) -> None:
    store, study = tmp_path / "s.db", Study("s", slow, vary={"x": {"lin": [0, 1, 2000]}})
    done = run_study(study, store, limits=Limits(1.5))
    assert 0 < done.computed < 2000
    assert done.left == 2000 - done.computed
    assert not done.interrupted


def test_a_full_disk_loses_nothing_that_was_stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store, study = tmp_path / "s.db", Study("s", power, vary={"x": {"lin": [0, 1, 1000]}})
    create = sqlite3.connect

    def small(*given: Any, **options: Any) -> sqlite3.Connection:
        db = create(*given, **options)
        db.execute("PRAGMA max_page_count = 20")
        return db

    monkeypatch.setattr(writing_module.sqlite3, "connect", small)
    with pytest.raises(InputError, match="full; what was stored before is kept"):
        run_study(study, store)
    monkeypatch.undo()
    kept = stored(store)
    assert 0 < kept < 1000
    done = run_study(study, store)
    assert (done.before, done.left) == (kept, 0)


def test_files_that_are_no_store(tmp_path: Path) -> None:
    study, other = Study("s", empty, vary={"x": [1]}), tmp_path / "other.db"
    with sqlite3.connect(other) as db:
        db.execute("CREATE TABLE mine (a)")
    with pytest.raises(InputError, match="not a store of a study"):
        run_study(study, other)
    text = tmp_path / "text.db"
    text.write_text("this is a text, and no database at all" * 50)
    with pytest.raises(InputError, match="cannot be used as a store"):
        run_study(study, text)
    with pytest.raises(InputError, match="there is no store"):
        Stored(tmp_path / "none.db")
    with pytest.raises(InputError, match="cannot"):
        run_study(study, tmp_path / "no" / "folder.db")


def test_the_store_is_read_by_sqlite_alone(tmp_path: Path) -> None:
    store = tmp_path / "s.db"
    study = Study("s", power, vary={"x": [1, 2, 3], "y": [2]}, metrics=["value", "status"])
    run_study(study, store, command="my command")
    with sqlite3.connect(store) as db:
        assert db.execute("SELECT x, y, value FROM results").fetchall() == [(1, 2, 1), (2, 2, 4), (3, 2, 9)]
        names = [row[1] for row in db.execute("PRAGMA table_info(results)")]
        assert names == ["position", "status", "part", "start", "noise", "x", "y", "value", "metrics.status"]
        assert db.execute("SELECT command FROM runs").fetchone() == ("my command",)
        assert db.execute("PRAGMA journal_mode").fetchone() == ("delete",)


def test_part_17_is_the_same_draw_whatever_else_is_varied(tmp_path: Path) -> None:
    one = Study("s", power, vary={"x": [1]}, draws={"starts": 20}, metrics=["draw"])
    two = replace(one, vary={"y": [2, 3], "x": [1, 4]})
    found = []
    for number, study in enumerate((one, two)):
        run_study(study, tmp_path / f"{number}.db")
        every = Stored(tmp_path / f"{number}.db").rows()
        found.append([row.metrics["draw"] for row in every if row.point.start == 17])
    assert len(set(found[0]) | set(found[1])) == 1


def test_a_store_is_one_file_when_nobody_writes_or_reads_it(tmp_path: Path) -> None:
    store = tmp_path / "one.db"
    study = Study("s", power, vary={"x": [1, 2, 3]}, metrics=["value"])
    run_study(study, store)
    assert [path.name for path in tmp_path.iterdir()] == ["one.db"]
    assert sum(Stored(store).statuses().values()) == Stored(store).points == 3
    run_study(study, store)
    assert [path.name for path in tmp_path.iterdir()] == ["one.db"]
