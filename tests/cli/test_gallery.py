"""`analoghop gallery`: its list, a figure with its files, and what is refused."""

import json

import numpy as np
import pytest

from analoghop.gallery import CLASSICS
from tests.cli.conftest import ABOUT

QUICK = "ramsauer-2020"
KEYS = {"study", "title", "source", "statement", "message", "arrays", "units", "facts", "record"}


def test_the_list_has_every_figure_with_its_source_and_number(command):
    told = command("gallery")
    assert (told.code, told.err) == (0, "")
    assert [line.split()[0] for line in told.out.splitlines() if not line.startswith(" ")] == list(CLASSICS)
    listed = command("gallery", "--json").value["figures"]
    assert [one["name"] for one in listed] == list(CLASSICS)
    assert all(one["source"] in told.out and one["checked"] in told.out for one in listed)


def test_a_figure_reports_and_writes_its_arrays_and_its_picture(command, tmp_path):
    out, plot = tmp_path / "a.npz", tmp_path / "a.png"
    told = command("gallery", QUICK, "--out", out, "--plot", plot, "--seed", 3)
    assert (told.code, told.err) == (0, "")
    assert "c for d = 20, K = 3, beta = 1: 3.154611, expected 3.1546 +- 0.0001" in told.out
    assert "for comparison; shown for images there" in told.out
    with np.load(out) as found:
        assert found["once"].shape == (3, 9)
        record = json.loads(str(found["record"]))
    assert (record["seed"], record["study"]) == (3, QUICK)
    assert plot.stat().st_size > 5000


def test_json_of_a_figure_has_the_keys_of_a_study_and_the_publication(command):
    value = command("gallery", QUICK, "--json").value
    assert set(value) == KEYS | {"seed", "cpu_s", "wall_s"} | ABOUT
    assert value["facts"][0]["holds"] is True
    assert value["facts"][-1]["expected"] is None
    again = command("gallery", QUICK, "--json").value
    assert again["arrays"] == value["arrays"]


def test_a_time_limit_ends_a_figure_that_takes_long(command):
    told = command("gallery", "morita-1993", "--time-limit", "1u", "--json")
    assert told.code == 4
    assert "time limit: the study is not complete" in told.err
    assert told.value["facts"] == []


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("nonsense",), 2, "'nonsense' is unknown"),
        (("--plot", "x.png"), 2, "`--plot` and `--out` need the NAME of a figure"),
        ((QUICK, "--plot", "x.jpg"), 3, ".png, .svg or .pdf"),
        ((QUICK, "--seed", "-1"), 3, "`--seed` is -1"),
    ],
)
def test_what_is_refused(command, words, code, told):
    answer = command("gallery", *words)
    assert answer.code == code
    assert told in answer.err
    assert answer.err.count("\n") == 1


def test_help_after_a_name_tells_of_the_figure(command):
    told = command("gallery", QUICK, "--help")
    assert told.code == 0
    assert "exponentially small" in told.out
    assert "arXiv:2008.02217" in told.out
