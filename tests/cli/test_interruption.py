"""Ctrl-C and SIGTERM: what has finished is reported and written, and the exit code is 4."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from analoghop import cli
from analoghop.engines.choice import numba_installed

from .conftest import FLIPFLOP, RING, Answer, Command

ENDLESS = ["run", str(RING), "--tstop", "1e9", "--json", "--quiet"]
MANY = [*ENDLESS, "--starts", "40"]


def press(words: list[str], sign: signal.Signals, *, ignored: bool = False) -> tuple[int, str, str, float]:
    """Run `analoghop`, and send `sign` when it computes.

    Return the exit code, what was printed on both streams, and the seconds until it had ended.
    """

    def listen() -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN if ignored else signal.default_int_handler)

    process = subprocess.Popen(
        [sys.executable, "-m", "analoghop", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=listen,
    )
    _wait_until_it_computes(process)
    process.send_signal(sign)
    began = time.monotonic()
    out, err = process.communicate(timeout=20.0)
    return process.returncode, out, err, time.monotonic() - began


def _wait_until_it_computes(process: subprocess.Popen[str]) -> None:
    """Wait until it has used twice the processor time of loading; some seconds where that is unknown."""
    statistics = Path(f"/proc/{process.pid}/stat")
    if not statistics.exists():
        time.sleep(2.5)
        return
    used = 0.0
    while used < 1.5 and process.poll() is None:
        time.sleep(0.02)
        fields = statistics.read_text().rpartition(")")[2].split()
        used = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_one_run_ends_at_once_reports_and_writes(tmp_path: Path) -> None:
    place = tmp_path / "x.npz"
    code, out, err, seconds = press([*ENDLESS, "--out", str(place)], signal.SIGINT)
    value = json.loads(out)
    assert code == 4
    assert value["interrupted"] is True
    assert value["status"] == "time limit"
    assert 0.0 < value["t_end"] < 1e9
    assert "interrupted" in err
    assert seconds < 1.5
    assert place.is_file()


Press = Callable[..., tuple[Answer, float]]


@pytest.fixture
def press_here(command: Command) -> Iterator[Press]:
    """Run `analoghop` in this process, and send it a signal when it computes, as `press` does."""

    def run(sign: signal.Signals, *words: str) -> tuple[Answer, float]:
        sent: list[float] = []

        def send() -> None:
            while signal.getsignal(signal.SIGINT) is signal.default_int_handler:
                time.sleep(0.01)  # until the run itself listens
            time.sleep(0.3)
            sent.append(time.monotonic())
            os.kill(os.getpid(), sign)

        sender = threading.Thread(target=send, daemon=True)
        sender.start()
        answer = command(*words)
        sender.join()
        return answer, time.monotonic() - sent[0]

    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield run
    signal.signal(signal.SIGINT, handler)


def test_many_runs_end_at_once_and_report(press_here: Press) -> None:
    answer, seconds = press_here(signal.SIGTERM, *MANY)
    value = answer.value
    assert answer.code == 4
    assert value["interrupted"] is True
    assert value["statuses"] == {"time limit": 40}
    assert "interrupted after 0 of 40 starts" in answer.err
    assert seconds < 1.5


@pytest.mark.skipif(not numba_installed(), reason="numba is not installed")
def test_compiled_starts_end_at_once_and_report(command: Command, press_here: Press) -> None:
    command("run", FLIPFLOP, "--starts", 3, "--engine", "fused", "--json")  # compiles the kernels
    answer, seconds = press_here(signal.SIGTERM, *MANY, "--engine", "fused", "--threads", "2")
    value = answer.value
    assert (answer.code, value["interrupted"]) == (4, True)
    assert value["engine"] == {"name": "fused", "compiled": True, "precision": "float64"}
    assert seconds < 1.5


def test_sigterm_ends_what_a_shell_runs_in_the_background() -> None:
    code, out, _, _ = press(ENDLESS, signal.SIGTERM, ignored=True)
    assert code == 4
    assert json.loads(out)["interrupted"] is True


def test_a_sweep_reports_its_runs_up_to_the_one_that_was_interrupted(press_here: Press) -> None:
    answer, _ = press_here(signal.SIGINT, *ENDLESS, "--sweep", "gain=2,3,4")
    assert answer.code == 4
    assert [value["interrupted"] for value in answer.value] == [True]
    assert "interrupted after 1 of 3 runs" in answer.err


def test_handlers_are_what_they_were_before(command: Command) -> None:
    before = {sign: signal.getsignal(sign) for sign in (signal.SIGINT, signal.SIGTERM)}
    assert command("show", FLIPFLOP).code == 0
    assert command("show", "no such deck").code == 3
    assert {sign: signal.getsignal(sign) for sign in before} == before


def test_outside_the_main_thread_no_handler_is_needed(command: Command) -> None:
    codes: list[int] = []
    thread = threading.Thread(target=lambda: codes.append(command("run", FLIPFLOP, "--json").code))
    thread.start()
    thread.join()
    assert codes == [0]


def test_sigterm_is_heeded_while_a_verb_runs(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def execute(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(5.0)

    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        broken = cli.VERBS["show"]._replace(execute=execute)  # type: ignore[arg-type]
        monkeypatch.setitem(cli.VERBS, "show", broken)
        assert command("show", "x.cir") == (4, "", "analoghop: interrupted\n")
    finally:
        signal.signal(signal.SIGINT, handler)


def test_ctrl_c_while_modules_load_is_one_line() -> None:
    program = """
import sys

class Interrupt:
    def find_spec(self, name, path=None, target=None):
        if name == "analoghop.cli.parser":
            raise KeyboardInterrupt

sys.meta_path.insert(0, Interrupt())
from analoghop.__main__ import main

sys.exit(main())
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (4, "", "analoghop: interrupted\n")
