"""A deck on standard input, and what every JSON object says of how it came about."""

import io
import shutil
import subprocess
import sys
from collections.abc import Callable

import pytest

import analoghop

from .conftest import ABOUT, DECKS, FLIPFLOP, RC, Command


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The text of the flip-flop on standard input."""
    monkeypatch.setattr(sys, "stdin", io.StringIO(FLIPFLOP.read_text()))


@pytest.mark.usefixtures("typed")
@pytest.mark.parametrize("verb", ["run", "show", "op"])
def test_a_deck_from_standard_input_is_that_from_the_file(command: Command, verb: str) -> None:
    typed = command(verb, "-", "--json", "--quiet").value
    read = command(verb, FLIPFLOP, "--json", "--quiet").value
    assert (typed["deck"], read["deck"]) == ("-", str(FLIPFLOP))
    changing = {"deck", "cpu_s", "wall_s", "command"}
    assert {k: v for k, v in typed.items() if k not in changing} == {
        k: v for k, v in read.items() if k not in changing
    }


@pytest.mark.ngspice
@pytest.mark.skipif(shutil.which("ngspice") is None, reason="ngspice is not installed")
@pytest.mark.usefixtures("typed")
@pytest.mark.parametrize(
    "words", [[], ["--set", "gain=3"], ["--set", "r12=20k", "--tstop", "3m"]], ids=" ".join
)
def test_a_deck_from_standard_input_is_compared(command: Command, words: list[str]) -> None:
    typed = command("compare", "-", "--json", *words).value
    read = command("compare", FLIPFLOP, "--json", *words).value
    assert typed["signals"] == pytest.approx(read["signals"])


@pytest.mark.usefixtures("typed")
def test_a_sweep_reads_it_once(command: Command) -> None:
    values = command("run", "-", "--sweep", "gain=1,2,3", "--json", "--quiet").value
    assert [value["set"]["gain"] for value in values] == [1.0, 2.0, 3.0]
    assert all(set(value) >= ABOUT for value in values)


def test_a_bad_deck_on_standard_input_is_named(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("bad\nQ1 a b c\n.end\n"))
    answer = command("run", "-")
    assert answer.code == 3
    assert answer.err.startswith("analoghop: <stdin>:2:1: ")
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    assert "the deck is empty" in command("run", "-").err


def test_as_a_program_it_reads_a_pipe() -> None:
    words = [sys.executable, "-m", "analoghop", "run", "-", "--json"]
    done = subprocess.run(words, input=RC.encode(), capture_output=True, check=True)
    assert b'"deck": "-"' in done.stdout
    bad = subprocess.run(words, input=b"\xff\xfe\xff", capture_output=True, check=False)
    assert bad.returncode == 3
    assert b"Traceback" not in bad.stderr


SCIPY, ENSEMBLE = (
    {"name": name, "compiled": False, "precision": "float64"} for name in ("scipy", "ensemble")
)


@pytest.mark.parametrize(
    ("words", "engine"),
    [
        (["run"], SCIPY),
        (["run", "--starts", "5"], ENSEMBLE),
        (["run", "--starts", "5", "--engine", "scipy"], SCIPY),
        (["op"], SCIPY),
        (["show"], None),
    ],
    ids=str,
)
def test_every_json_object_says_how_it_came_about(
    command: Command, words: list[str], engine: dict[str, object] | None
) -> None:
    value = command(words[0], FLIPFLOP, *words[1:], "--json", "--quiet").value
    assert value["version"] == analoghop.__version__
    assert value["command"].startswith(f"analoghop {words[0]} {FLIPFLOP}")
    assert value["engine"] == engine
    assert value["interrupted"] is False


def test_compiled_code_without_numba_is_wrong_usage(
    command: Command, without_numba: Callable[[], None]
) -> None:
    without_numba()
    answer = command("run", FLIPFLOP, "--starts", 3, "--engine", "fused")
    assert (answer.code, answer.out) == (2, "")
    assert "`--engine fused` needs numba: install analoghop[fast]" in answer.err
    assert answer.err.count("\n") == 1


def test_a_run_with_noise_says_its_seed(command: Command) -> None:
    value = command("run", DECKS / "noise.cir", "--seed", 7, "--json", "--quiet").value
    assert value["seed"] == 7
    assert "seed" not in command("run", FLIPFLOP, "--json").value
