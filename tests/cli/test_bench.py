import json
import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from analoghop.bench import BenchDeck, Session
from analoghop.bench.recording.deck_log import deck_of_session
from tests.bench.examples import FLIPFLOP
from tests.cli.conftest import Command
from tests.signals import hear_ctrl_c


@pytest.fixture
def deck(tmp_path: Path) -> str:
    (tmp_path / "flip.cir").write_text(FLIPFLOP)
    return str(tmp_path / "flip.cir")


def test_the_address_is_printed_and_the_command_ends_in_time(command: Command, deck: str) -> None:
    told = command("bench", deck, "--no-browser", "--json", "--time-limit", "0.3")
    assert told.code == 0
    assert {"url", "port", "version", "command", "engine", "interrupted"} == set(told.value)
    assert told.value["url"].startswith(f"http://127.0.0.1:{told.value['port']}/")


def test_ctrl_c_ends_the_command_and_all_its_threads(deck: str) -> None:
    words = [sys.executable, "-m", "analoghop", "bench", deck, "--no-browser", "--json"]

    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, preexec_fn=hear_ctrl_c) as process:
        try:
            assert process.stdout is not None
            url = json.loads(process.stdout.readline())["url"]
            with urllib.request.urlopen(url, timeout=10) as answer:
                assert b"analoghop bench" in answer.read()
            process.send_signal(signal.SIGINT)
            assert process.wait(10) == 0
        finally:
            process.kill()


def test_sessions_are_exported_and_repeated(command: Command, deck: str, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    told = command("bench", deck, "--export", str(page), "--ticks", "20", "--json")
    assert told.code == 0
    assert told.value["ticks"] == 20
    assert re.search("<title>Flip-flop", page.read_text())
    session = Session(BenchDeck(FLIPFLOP))
    session.run(20)
    assert told.value["digest"] == session.digest
    (tmp_path / "s.cir").write_text(deck_of_session(session))
    other = command("bench", "--replay", str(tmp_path / "s.cir"), "--export", str(page), "--force", "--json")
    assert other.value["digest"] == session.digest


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["nowhere.cir"], 3, "nowhere.cir"),
        (["chess", "8"], 2, "no problem"),
        (["queens"], 2, "needs the file"),
        (["queens", "x"], 3, "no number of queens"),
        (["tsp", "nowhere.tsp"], 3, "no file"),
        (["a", "b", "c"], 2, "too many"),
        (["--port", "99999", "--time-limit", "0.1"], 3, "expected 0 to 65535"),
        (["--ticks", "3"], 2, "`--ticks` is for `--export`"),
        (["--export", "x.pdf"], 3, "exported to .html"),
        (["--replay", "nowhere.json"], 3, "nowhere.json"),
        (["--replay", "x.json", "queens", "8"], 2, "its own circuit"),
        (["--formulation", "potts"], 2, "for problems"),
    ],
)
def test_wrong_words_are_told(command: Command, words: list[str], code: int, says: str) -> None:
    told = command("bench", "--no-browser", *words)
    assert told.code == code
    assert says in told.err


def test_a_deck_that_no_request_could_carry_is_refused_at_once(command: Command, tmp_path: Path) -> None:
    deck = tmp_path / "large.cir"
    deck.write_text("large\n" + "* filler\n" * 500_000)
    answer = command("bench", deck, "--no-browser", "--time-limit", "1")
    assert (answer.code, answer.out) == (3, "")
    assert "at most 4194304 are accepted" in answer.err
