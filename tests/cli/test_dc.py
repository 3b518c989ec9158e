"""`analoghop dc`: transfer curves as text, JSON and files."""

import json
from pathlib import Path

import numpy as np
import pytest

from analoghop.formats.waveforms.files import read_table_file

from .conftest import ABOUT, DECKS, FLIPFLOP, RC, Command

TRIGGER = DECKS / "schmitt_trigger.cir"
KEYS = {"deck", "title", "swept", "signals", "stable", "folds", "measurements", "message", *ABOUT}


def test_json_has_both_ways_and_folds(command: Command) -> None:
    answer = command("dc", TRIGGER, "--json")
    assert answer.code == 0
    result = answer.value
    assert result.keys() == KEYS
    (axis,) = result["swept"]
    assert (axis["name"], axis["unit"], len(axis["values"])) == ("vin", "V", 101)
    out = result["signals"]["v(out)"]
    assert out.keys() == {"forward", "backward", "hysteresis"}
    assert len(out["forward"]) == len(out["backward"]) == 101
    assert out["hysteresis"] > 1.9
    assert [fold["direction"] for fold in result["folds"]] == ["forward", "backward"]
    assert result["folds"][0]["value"] == pytest.approx(0.6057001, abs=1e-7)
    assert result["stable"] == {"forward": [True] * 101, "backward": [True] * 101}
    assert result["measurements"]["middle"] == pytest.approx(-0.999909, abs=1e-6)


def test_report_and_files(command: Command, tmp_path: Path) -> None:
    out, plot = tmp_path / "x.raw", tmp_path / "x.png"
    answer = command("dc", TRIGGER, "--out", out, "--plot", plot)
    assert answer.code == 0
    assert "an equilibrium ends at 605.7 mV on the way there" in answer.out
    assert "an equilibrium ends at -605.7 mV on the way back" in answer.out
    assert "middle" in answer.out
    assert plot.stat().st_size > 5000
    table = read_table_file(out)
    assert table.plot == "DC transfer characteristic"
    assert table.data.shape == (6, 202)
    assert "analoghop dc" in str(table.record["command"])


def test_a_range_of_a_parameter_there_only(command: Command) -> None:
    answer = command("dc", FLIPFLOP, "--sweep", "gain=2:1.1:-0.3", "--one-way", "--json")
    assert answer.code == 0
    result = answer.value
    assert result["swept"][0]["values"] == pytest.approx([2.0, 1.7, 1.4, 1.1])
    v = np.array(result["signals"]["v(v1)"]["forward"])
    np.testing.assert_allclose(v, np.tanh(np.array([2.0, 1.7, 1.4, 1.1]) * v), rtol=1e-6)
    assert (np.abs(v) > 0.3).all()
    assert result["signals"]["v(v1)"]["backward"] == [None] * 4


def test_two_sweeps_are_a_family(command: Command) -> None:
    answer = command("dc", TRIGGER, "--sweep", "vin=-1,0,1", "--sweep", "rfb=10k,20k", "--json")
    result = answer.value
    assert np.shape(result["signals"]["v(out)"]["forward"]) == (2, 3)
    assert np.shape(result["stable"]["forward"]) == (2, 3)
    assert {fold["second"] for fold in result["folds"]} <= {1e4, 2e4}


def test_unstable_points_are_told(command: Command, tmp_path: Path) -> None:
    deck = tmp_path / "x.cir"
    deck.write_text("".join(line for line in FLIPFLOP.read_text().splitlines(True) if ".ic" not in line))
    answer = command("dc", deck, "--sweep", "gain=2,3", "--include-dir", DECKS)
    assert answer.code == 0
    assert "4 points are unstable equilibria" in answer.err


@pytest.mark.parametrize(
    ("words", "code", "reason"),
    [
        ((), 2, "the deck has no .dc line"),
        (("--sweep", "v1=0:1"), 2, "is no range"),
        (("--sweep", "v1=0:1:-1"), 2, "a step of -1 does not lead from 0 to 1 in 100000 steps"),
        (("--sweep", "v1=0,1", "--sweep", "V1=0,1"), 2, "swept twice"),
        (("--sweep", "q=0,1"), 3, "no parameter and no element `q`"),
        (("--sweep", "v1=0,1", "--out", "x.txt"), 3, ".raw, .csv or .npz"),
    ],
)
def test_bad_words_are_refused(
    command: Command, tmp_path: Path, words: tuple[str, ...], code: int, reason: str
) -> None:
    deck = tmp_path / "rc.cir"
    deck.write_text(RC)
    answer = command("dc", deck, *words)
    assert (answer.code, answer.out) == (code, "")
    assert reason in answer.err


def test_run_says_which_verb_sweeps(command: Command, tmp_path: Path) -> None:
    answer = command("run", TRIGGER, "--tstop", "1m", "--json")
    assert "`analoghop dc` runs the .dc of the deck" in answer.err
    json.loads(answer.out)
    deck = tmp_path / "x.cir"
    deck.write_text(TRIGGER.read_text().replace(".tran", "*").replace(".meas tran", "*"))
    answer = command("run", deck)
    assert answer.code == 2
    assert "`analoghop dc` runs its .dc" in answer.err
