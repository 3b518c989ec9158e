"""SIGTERM and Ctrl-C in every verb: what has finished is reported and written, and the exit code is 4."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from analoghop.formats import files, intake
from analoghop.formats.waveforms.files import read_waveforms
from analoghop.limits import Limits

from .conftest import FLIPFLOP, RING, Answer, Command

DATA = Path(__file__).parents[1] / "data"
LETTERS = Path(__file__).parents[2] / "examples" / "patterns" / "letters.txt"
MEMORY = ["--random", "300,20"]

LONG: dict[str, list[str]] = {
    "run": ["run", str(RING), "--tstop", "1e9"],
    "starts": ["run", str(RING), "--tstop", "1e9", "--starts", "40", "--engine", "ensemble"],
    "sweep": ["run", str(RING), "--tstop", "1e9", "--sweep", "gain=2,3"],
    "op": ["op", "{creeping}"],
    "solve": ["solve", "maxcut", str(DATA / "g05_60.0"), "--starts", "100000", "--engine", "numpy"],
    "recall": ["memory", "recall", *MEMORY],
    "models": ["memory", "compare", *MEMORY],
    "correction": ["memory", "correction", *MEMORY],
    "capacity": ["memory", "capacity", "--random", "300,60", "--trials", "1000"],
    "heat": ["memory", "heat", *MEMORY, "--sweeps", "100000"],
}
"""Commands that compute until they are ended: the first ask of the limits in them sends the signal."""
SHORT: dict[str, list[str]] = {
    "show": ["show", str(FLIPFLOP)],
    "check": ["check", "maxcut", str(DATA / "g05_60.0"), str(LETTERS)],
    "encode": ["encode", "maxcut", str(DATA / "g05_60.0"), "-o", "{out}"],
    "compare": ["compare", str(FLIPFLOP)],
    "list": ["solve", "maxcut", str(DATA / "g05_60.0")],
}
"""Commands that end at once: reading their input sends the signal."""


@pytest.fixture(autouse=True)
def own_handler() -> Iterator[None]:
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, handler)


def sent(number: signal.Signals) -> None:
    """Send a signal to this process, and let Python handle it."""
    os.kill(os.getpid(), number)
    time.sleep(0.01)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("name", [*LONG, *SHORT])
def test_every_verb_ends_and_reports(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, number: signal.Signals
) -> None:
    creeping = tmp_path / "creeping.cir"
    creeping.write_text("t\nV1 s 0 1\nR1 s a 1k\nC1 a 0 1\nB1 0 a I=1n*tanh(V(a))\n.tran 1 2 uic\n.end\n")
    words = [word.format(creeping=creeping, out=tmp_path / "x.cir") for word in {**LONG, **SHORT}[name]]
    fired: list[float] = []

    def fire() -> None:
        if not fired:
            fired.append(time.process_time())
            sent(number)

    if name in LONG:
        over = Limits.over.fget
        assert over is not None
        monkeypatch.setattr(Limits, "over", property(lambda limits: (fire(), over(limits))[1]))
    else:
        opened = intake._opened
        monkeypatch.setattr(intake, "_opened", lambda path, **options: (fire(), opened(path, **options))[1])
    answer = command(*words, "--json", "--quiet")
    assert time.process_time() - fired[0] < 20.0
    assert answer.code == 4, answer
    assert "interrupted" in answer.err
    value = answer.value
    found = value if isinstance(value, list) else [value]
    assert found[-1]["interrupted"] is True
    assert found[-1]["command"].startswith("analoghop ")
    assert not (tmp_path / "x.cir").exists()
    assert {signal.getsignal(signal.SIGINT)} == {signal.default_int_handler}


def press_while_writing(
    monkeypatch: pytest.MonkeyPatch, command: Command, words: list[str], number: signal.Signals
) -> Answer:
    """Run a command that gets a signal when its file is about to be renamed."""

    class Pressing:
        def __getattr__(self, name: str) -> Any:
            if name == "replace":
                sent(number)
            return getattr(os, name)

    monkeypatch.setattr(files, "os", Pressing())
    return command(*words)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("x.npz", ["run", str(FLIPFLOP), "--out"]),
        ("x.npz", ["run", str(FLIPFLOP), "--starts", "3", "--out"]),
        ("x.cut", ["solve", "maxcut", str(DATA / "g05_60.0"), "--starts", "2", "--engine", "numpy", "--out"]),
        ("x.csv", ["memory", "compare", str(LETTERS), "--pattern", "1", "--out"]),
        ("x.txt", ["memory", "recall", str(LETTERS), "--pattern", "1", "--out"]),
    ],
)
def test_a_signal_while_a_result_is_written_loses_nothing(
    command: Command,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    words: list[str],
    number: signal.Signals,
) -> None:
    place = tmp_path / name
    answer = press_while_writing(monkeypatch, command, [*words, str(place), "--json", "--quiet"], number)
    assert answer.code in (0, 4)
    assert answer.value["version"]
    assert place.stat().st_size > 50
    assert os.listdir(tmp_path) == [name]


def test_an_interrupted_run_writes_what_it_has_come_to(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "x.npz"
    over, asked = Limits.over.fget, []

    def ask(limits: Limits) -> bool:
        asked.append(1)
        if len(asked) == 200:
            sent(signal.SIGINT)
        assert over is not None
        return over(limits)

    monkeypatch.setattr(Limits, "over", property(ask))
    answer = command("run", RING, "--tstop", 1, "--out", place, "--json", "--quiet")
    waves = read_waveforms(place)
    assert answer.code == 4
    assert answer.value["interrupted"] is True
    assert answer.value["status"] == "time limit"
    assert waves.times[-1] == pytest.approx(answer.value["t_end"])
    assert 0 < waves.times[-1] < 1
    assert waves.record["interrupted"] is True
    assert json.loads(json.dumps(answer.value["final"]))["v(v1)"] == pytest.approx(waves["v(v1)"][-1])


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no device that is always full")
@pytest.mark.parametrize(
    "words", [["show", str(FLIPFLOP), "--json"], ["run", str(FLIPFLOP)], ["solve", "--list"]]
)
def test_output_that_cannot_be_written_is_one_sentence(words: list[str]) -> None:
    program = [sys.executable, "-m", "analoghop", *words]
    with open("/dev/full", "w") as full:
        done = subprocess.run(program, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == "analoghop: cannot write to standard output: No space left on device\n"


def test_a_signal_ends_what_a_progress_function_computes(monkeypatch: pytest.MonkeyPatch) -> None:
    from analoghop import limits as limiting
    from analoghop.simulate import simulate

    monkeypatch.setattr(limiting, "INTERVAL", 0.0)
    inner: list[Any] = []

    def progress(tally: object) -> None:
        if not inner:
            inner.append(None)
            timer = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
            timer.start()
            inner[0] = simulate(RING, tstop=1e9)
            timer.join()

    outer = simulate(RING, tstop=1e9, progress=progress)
    assert outer.record["interrupted"] is True
    assert inner[0].record["interrupted"] is True
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.parametrize("share", [False, True])
def test_a_progress_function_may_compute_itself(monkeypatch: pytest.MonkeyPatch, share: bool) -> None:
    from analoghop import limits as limiting
    from analoghop.simulate import simulate

    monkeypatch.setattr(limiting, "INTERVAL", 0.0)
    plain, ends = simulate(RING), []
    alone: Callable[[], Any] = lambda: simulate(FLIPFLOP)  # noqa: E731

    def progress(tally: object) -> None:
        if len(ends) < 3:
            ends.append(0.0)
            run = simulate(FLIPFLOP, limits=limits) if share else alone()
            ends[-1] = run.final["v(v2)"]

    limits = Limits(progress=progress)
    run = simulate(RING, limits=limits)
    assert ends == [alone().final["v(v2)"]] * 3
    assert (run.states[:, -1] == plain.states[:, -1]).all()
