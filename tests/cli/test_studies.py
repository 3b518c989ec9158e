"""`analoghop sweep`: run, status, show, report, export, plot."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.cli.conftest import ABOUT, Command

STUDY = """
study = "rc"
model = { deck = "rc.cir" }
[vary]
r1 = ["1k", "2k", "5k"]
c1 = [1e-7, 2e-7, 4e-7]
[record]
metrics = ["half", "v(a)", "status"]
[criterion]
half = [0, 2e-4]
"""


@pytest.fixture
def study(rc: Path) -> Path:
    path = rc.with_suffix(".toml")
    path.write_text(STUDY)
    return path


def answer(command: Command, *words: object) -> dict[str, Any]:
    found = command("sweep", *words, "--json")
    assert found.code == 0, found.err
    value: dict[str, Any] = json.loads(found.out)
    assert value.keys() >= ABOUT
    return value


def test_run_and_all_views(command: Command, study: Path) -> None:
    done = answer(command, "run", study)
    counts = ("points", "before", "computed", "failed", "left")
    assert [done[key] for key in counts] == [9, 0, 9, 0, 0]
    again = answer(command, "run", study)
    assert [again[key] for key in counts] == [9, 9, 0, 0, 0]
    status = answer(command, "status", study)
    assert (status["points"], status["done"], status["failed"], status["left"]) == (9, 9, 0, 0)
    assert status["eta_s"] == 0
    assert len(status["runs"]) == 2
    report = answer(command, "report", study.with_suffix(".db"))
    assert len(report["rows"]) == 9
    first = report["rows"][0]
    assert first["values"] == {"r1": 1000.0, "c1": 1e-7}
    assert first["means"]["half"]["value"] == pytest.approx(1.7e-4, rel=0.05)
    assert first["yield"]["value"] == 1.0
    assert report["rows"][-1]["yield"]["value"] == 0.0
    table = command("sweep", "report", study).out
    assert "yield" in table
    assert "100.0 % [20.7, 100.0]" in table


def test_show_and_export(command: Command, study: Path, tmp_path: Path) -> None:
    answer(command, "run", study)
    out = tmp_path / "rows.csv"
    assert answer(command, "export", study, "--out", out)["rows"] == 9
    lines = out.read_text().splitlines()
    assert lines[0].startswith("# analoghop study: ")
    rows = list(csv.DictReader(lines[1:]))
    assert [row["r1"] for row in rows[::3]] == ["1000.0", "2000.0", "5000.0"]
    key = rows[4]["key"]
    shown = answer(command, "show", study, key[:12])
    assert shown["metrics"]["half"] == float(rows[4]["half"])
    assert shown["run"]["command"].startswith("analoghop sweep run")
    assert command("sweep", "show", study, "nothing").code == 3
    archive = tmp_path / "rows.npz"
    answer(command, "export", study, "--out", archive)
    with np.load(archive) as found:
        assert found["half"].shape == (9,)
        assert json.loads(str(found["record"]))["study"]["study"] == "rc"
    assert command("sweep", "export", study, "--out", tmp_path / "rows.txt").code == 3
    pytest.importorskip("xarray")
    answer(command, "export", study, "--out", tmp_path / "rows.nc")


@pytest.mark.parametrize("kind", ["auto", "curve", "map", "histogram"])
def test_pictures(command: Command, study: Path, tmp_path: Path, kind: str) -> None:
    answer(command, "run", study)
    picture = tmp_path / f"{kind}.png"
    answer(command, "plot", study, "--metric", "half", "--kind", kind, "--plot", picture)
    assert picture.stat().st_size > 5000
    refused = command("sweep", "plot", study, "--metric", "halves", "--plot", picture)
    assert refused.code == 3
    assert "no number `halves`" in refused.err


def test_failures_are_told_and_tried_again(command: Command, study: Path) -> None:
    study.write_text(STUDY.replace('"5k"', "-5"))
    found = command("sweep", "run", study)
    assert found.code == 4
    assert "3 points failed" in found.err
    status = answer(command, "status", study)
    assert status["statuses"] == {"error": 3, "settled": 6} or status["failed"] == 3
    assert command("sweep", "run", study, "--retry", "failed").code == 4
    assert command("sweep", "run", study, "--retry", "failing").code == 2


def test_code_runs_only_where_it_is_allowed(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "f.toml"
    path.write_text('model = { function = "math:sqrt" }\n')
    assert command("sweep", "run", path).code == 2
    path.write_text('model = { function = "no_such_module:f" }\n')
    assert command("sweep", "run", path, "--allow-code").code == 3


def test_bad_words_and_files(command: Command, study: Path, tmp_path: Path) -> None:
    assert command("sweep", "run", study, "-j", 2, "--dask", "tcp://x").code == 2
    assert command("sweep", "run", study, "-j", 0).code == 3
    assert command("sweep", "run", study.with_suffix(".db")).code == 2
    assert command("sweep", "status", study).code == 3
    study.write_text("vari = 1")
    refused = command("sweep", "run", study)
    assert refused.code == 3
    assert "did you mean 'vary'" in refused.err
    assert not study.with_suffix(".db").exists()
    assert command("sweep", "report", tmp_path / "none.toml").code == 3


def test_sensitivities_of_drawn_parts(command: Command, study: Path) -> None:
    study.write_text(
        'model = { deck = "rc.cir" }\n[tolerance]\nelements = ["r1", "c1"]\ntolerance = 0.1\n'
        '[draws]\nparts = 30\n[record]\nmetrics = ["half"]\n'
    )
    answer(command, "run", study)
    ranked = answer(command, "report", study, "--sensitivity", "half")["sensitivity"]
    assert {one["part"] for one in ranked} == {"r1", "c1"}
    assert all(one["correlation"] > 0.3 for one in ranked)


def test_watching_a_study_that_has_ended_shows_its_course_once(command: Command, study: Path) -> None:
    command("sweep", "run", study)
    shown = command("sweep", "watch", study)
    assert shown.code == 0
    assert shown.out.startswith(f"[{'#' * 30}] 100 %: 9 of 9 points")
    assert "100.0 % [20.7, 100.0]" in shown.out
    assert answer(command, "watch", study)["done"] == 9
    refused = command("sweep", "watch", study, "--every", "0")
    assert refused.code != 0
    assert "`--every` is 0, expected a positive number of seconds" in refused.err


def test_watching_ends_with_its_time_limit_where_points_are_left(command: Command, study: Path) -> None:
    import sqlite3

    command("sweep", "run", study)
    with sqlite3.connect(study.with_suffix(".db")) as db:
        db.execute("DELETE FROM rows WHERE position > 3")
        db.execute("UPDATE runs SET ended = NULL")
    db.close()
    shown = command("sweep", "watch", study, "--time-limit", "0.3", "--every", "0.1")
    assert shown.out.startswith("[#############.................] 44 %: 4 of 9 points")
    assert shown.out.count("[###") == 1  # nothing has changed between the looks


def test_rows_come_back_from_parquet(command: Command, study: Path, tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    command("sweep", "run", study)
    answer(command, "export", study, "--out", tmp_path / "rows.parquet")
    frame = pandas.read_parquet(tmp_path / "rows.parquet")
    assert len(frame) == 9
    answer(command, "export", study, "--out", tmp_path / "rows.csv")
    table = pandas.read_csv(tmp_path / "rows.csv", comment="#")
    for name in ("r1", "c1", "half", "key"):
        pandas.testing.assert_series_equal(frame[name], table[name], check_dtype=False, rtol=1e-12)


def test_settings_are_compared_in_pairs(command: Command, study: Path) -> None:
    command("sweep", "run", study)
    report = answer(command, "report", study, "--compare", "r1", "--pair", "c1", "--metric", "half")
    assert [(one["first"], one["second"]) for one in report["comparisons"]] == [
        (1e3, 2e3), (1e3, 5e3), (2e3, 5e3)
    ]  # fmt: skip
    assert all(one["difference"] > 0 and one["p_adjusted"] >= one["p"] for one in report["comparisons"])
    assert report["comparisons"][0]["test"] == "Wilcoxon's signed-rank test"
    text = command("sweep", "report", study, "--compare", "r1", "--pair", "c1").out
    assert "McNemar's exact test" in text
    assert "p values hold for all 3 comparisons together (Holm)" in text
    refused = command("sweep", "report", study, "--compare", "r2")
    assert refused.code != 0
    assert "the study has no axis `r2`" in refused.err
    assert answer(command, "report", study)["comparisons"] is None
