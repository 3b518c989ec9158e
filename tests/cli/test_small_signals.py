"""`analoghop ac` and `analoghop noise`: text, JSON and files; `compare` of all analyses."""

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analoghop.formats.waveforms.files import read_table_file

from .conftest import ABOUT, DECKS, RC, Command

FILTERS = DECKS / "linked_filters.cir"
AC = {"deck", "title", "frequencies", "signals", "equilibrium", "stable", "measurements", "message", *ABOUT}
NOISE = {"deck", "title", "output", "input", "celsius", "frequencies", "onoise_spectrum", "inoise_spectrum"}
NOISE |= {"onoise_total", "inoise_total", "elements", "stable", "message", *ABOUT}


def test_json_of_ac(command: Command) -> None:
    answer = command("ac", FILTERS, "--json")
    result = answer.value
    assert (answer.code, result.keys()) == (0, AC)
    out = result["signals"]["v(out)"]
    assert out.keys() == {"re", "im", "db", "phase"}
    assert len(out["re"]) == len(result["frequencies"]) == 121
    assert out["db"][0] == pytest.approx(3.06505, abs=1e-5)
    assert np.hypot(out["re"][0], out["im"][0]) == pytest.approx(1.42315, abs=1e-5)
    assert result["equilibrium"]["v(a)"] == pytest.approx(0.15)
    assert result["stable"] is True
    assert result["measurements"]["corner"] == pytest.approx(2751, abs=1)


def test_json_of_noise(command: Command) -> None:
    answer = command("noise", FILTERS, "--json")
    result = answer.value
    assert (answer.code, result.keys()) == (0, NOISE)
    assert (result["output"], result["input"]) == ("v(out)", "v1")
    assert result["celsius"] == pytest.approx(27.0)
    assert result["onoise_total"] == pytest.approx(1.58612e-6, rel=1e-5)
    assert sum(part["share"] for part in result["elements"].values()) == pytest.approx(1.0)


@pytest.mark.parametrize("suffix", [".raw", ".csv", ".npz"])
@pytest.mark.parametrize(
    ("verb", "plot"), [("ac", "AC Analysis"), ("noise", "Noise Spectral Density Curves")]
)
def test_files_of_both(command: Command, tmp_path: Path, verb: str, plot: str, suffix: str) -> None:
    out, picture = tmp_path / f"x{suffix}", tmp_path / "x.png"
    answer = command(verb, FILTERS, "--out", out, "--plot", picture, "--frequencies", "lin:5:10:1k")
    assert answer.code == 0
    assert f"wrote {out}" in answer.out
    table = read_table_file(out)
    assert table.plot == plot
    np.testing.assert_allclose(table.data[0].real, [10, 257.5, 505, 752.5, 1000])
    assert f"analoghop {verb}" in str(table.record["command"])
    assert picture.stat().st_size > 5000


def test_reports_have_tables(command: Command) -> None:
    answer = command("ac", FILTERS)
    assert "linearised at a stable equilibrium, at 121 frequencies" in answer.out
    assert "3.0650 dB" in answer.out
    assert "passband" in answer.out
    answer = command("noise", FILTERS, "--celsius", "100")
    assert "noise of v(out) at 100 Celsius" in answer.out
    assert "%" in answer.out


def test_options_replace_the_lines_of_a_deck(command: Command, tmp_path: Path) -> None:
    deck = tmp_path / "rc.cir"
    deck.write_text(RC)
    answer = command("ac", deck, "--frequencies", "dec:1:1:10")
    assert answer.code == 3
    assert "no source has a small signal" in answer.err
    words = ("--output", "v(a)", "--input", "v1", "--frequencies", "dec:2:1:100")
    answer = command("noise", deck, *words, "--json")
    assert answer.code == 0
    assert len(answer.value["frequencies"]) == 5


@pytest.mark.parametrize(
    ("words", "code", "reason"),
    [
        (("ac",), 2, "the deck has no .ac line"),
        (("noise",), 2, "the deck has no .noise line"),
        (("ac", "--frequencies", "dec:1:1"), 2, "no list of frequencies"),
        (("ac", "--frequencies", "dec:1:0:1"), 2, "no frequencies from a start"),
        (("noise", "--output", "v(a)", "--input", "v7", "--frequencies", "lin:1:1:1"), 3, "no source `v7`"),
    ],
)
def test_bad_words_are_refused(
    command: Command, tmp_path: Path, words: tuple[str, ...], code: int, reason: str
) -> None:
    deck = tmp_path / "rc.cir"
    deck.write_text(RC)
    answer = command(words[0], deck, *words[1:])
    assert (answer.code, answer.out) == (code, "")
    assert reason in answer.err


def test_an_unstable_equilibrium_is_told(command: Command, tmp_path: Path) -> None:
    deck = tmp_path / "x.cir"
    latch = (
        "latch\nV1 in 0 AC 1\nR1 in u 1k\nR2 v u 1k\nC1 u 0 1n\nB1 v 0 V=tanh(9*V(u))\n.ac dec 1 1 10\n.end\n"
    )
    deck.write_text(latch)
    answer = command("ac", deck, "--json")
    assert answer.code == 0
    assert answer.value["stable"] is False
    assert "the equilibrium is unstable" in answer.err


@pytest.mark.ngspice
@pytest.mark.skipif(shutil.which("ngspice") is None, reason="ngspice is not installed")
def test_compare_has_every_analysis_of_a_deck(command: Command, tmp_path: Path) -> None:
    deck = tmp_path / "x.cir"
    lines = FILTERS.read_text().replace(".tran", ".dc v1 -1 1 0.1\n* .tran").replace("2m uic", "")
    deck.write_text(lines)
    answer = command("compare", deck, "--json")
    assert answer.code == 0
    found = answer.value["analyses"]
    assert found.keys() == {"dc", "ac", "noise"}
    assert all(one["largest"] < 1e-6 and one["points"] > 20 for one in found.values())
    assert answer.value["signals"] == {}
    text = command("compare", FILTERS).out
    assert ".ac at 121 points" in text
    assert ".noise at 121 points" in text


@pytest.mark.parametrize("verb", ["dc", "ac", "noise"])
def test_an_interrupt_before_there_is_a_result_is_told(
    command: Command, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    deck = FILTERS if verb != "dc" else DECKS / "schmitt_trigger.cir"
    monkeypatch.setattr("analoghop.analyses.standstill.operating_point", interrupted)
    monkeypatch.setattr("analoghop.analyses.standstill.settled", interrupted)
    answer = command(verb, deck, "--json")
    assert answer.code == 4
    assert answer.value["interrupted"] is True
    assert "interrupted" in answer.err
    assert "Traceback" not in answer.err


def test_a_sweep_that_is_interrupted_keeps_what_it_has(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    from analoghop.analyses import transfer

    seen = iter(range(1000))

    def observed(*arguments: Any) -> Any:
        if next(seen) == 40:
            raise KeyboardInterrupt
        return transfer_observed(*arguments)

    transfer_observed = transfer.observed
    monkeypatch.setattr(transfer, "observed", observed)
    answer = command("dc", DECKS / "schmitt_trigger.cir", "--json")
    assert answer.code == 4
    result = answer.value
    assert result["interrupted"] is True
    assert result["message"] == "the time was over before the end of the sweep"
    assert [x is None for x in result["signals"]["v(out)"]["forward"]] == [False] * 40 + [True] * 61


@pytest.mark.parametrize("verb", ["ac", "noise"])
def test_frequencies_that_are_interrupted_keep_what_they_have(
    command: Command, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    from analoghop.analyses import linear

    seen = iter(range(1000))

    def sparse(*arguments: Any) -> Any:
        if next(seen) == 3:
            raise KeyboardInterrupt
        return linear_sparse(*arguments)

    linear_sparse = linear._sparse
    monkeypatch.setattr(linear, "_DENSE", 0)
    monkeypatch.setattr(linear, "_sparse", sparse)
    answer = command(verb, FILTERS, "--json")
    assert answer.code == 4
    assert answer.value["interrupted"] is True
    assert answer.value["message"] == "the time was over after 3 of 121 frequencies"
    assert "interrupted: the time was over" in answer.err
