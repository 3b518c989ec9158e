"""Exit codes, and what is printed where."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import analoghop
from analoghop import cli
from analoghop.cli import options
from analoghop.cli.options import ENGINES, MANY_METHODS, METHODS
from analoghop.engines import ENGINES as KNOWN_ENGINES
from analoghop.engines.tableaux import PAIRS
from analoghop.engines.trajectory.segments import METHODS as KNOWN_METHODS

from .conftest import FLIPFLOP, Command

VERBS = ["run", "compare", "show", "op"]


@pytest.mark.parametrize("words", [["--version"], *([verb, "--version"] for verb in VERBS)])
def test_version(command: Command, words: list[str]) -> None:
    answer = command(*words)
    assert (answer.code, answer.out) == (0, f"analoghop {analoghop.__version__}\n")


@pytest.mark.parametrize("words", [["--help"], *([verb, "--help"] for verb in VERBS)])
def test_help_names_the_exit_codes(command: Command, words: list[str]) -> None:
    answer = command(*words)
    assert answer.code == 0
    assert "3 bad input" in answer.out


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["bogus"],
        ["run"],
        ["run", "a.cir", "b.cir"],
        ["run", "a.cir", "--bogus"],
        ["run", "a.cir", "--tsto", "1m"],  # no abbreviations: a new option must not change an old command
        ["run", "a.cir", "--tstop"],
        ["run", "a.cir", "--tstop", "soon"],
        ["run", "a.cir", "--method", "Euler"],
        ["run", "a.cir", "--engine", "steam"],
        ["run", "a.cir", "--set", "gain"],
        ["run", "a.cir", "--set", "gain="],
        ["run", "a.cir", "--set", "gain=1", "--set", "GAIN=2"],
        ["run", "a.cir", "--sweep", "gain"],
        ["run", "a.cir", "--sweep", "gain=1,,2"],
        ["run", "a.cir", "--sweep", "gain=1k,1000"],
        ["run", "a.cir", "--seed", "x"],
        ["run", "a.cir", "--starts", "many"],
        ["run", "a.cir", "--starts", "4", "--method", "LSODA"],
        ["run", "a.cir", "--starts", "4", "--atol", "1u"],
        ["run", "a.cir", "--starts", "4", "--engine", "scipy", "--threads", "2"],
        ["run", str(FLIPFLOP), "--engine", "ensemble"],
        ["run", str(FLIPFLOP), "--method", "BS23"],
        ["show"],
        ["op", "a.cir", "--out", "x.raw"],
        ["memory", "recall", "a.txt", "extra"],
        ["memory", "recall", "a.txt", "--noise", "120"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_2(command: Command, words: list[str]) -> None:
    answer = command(*words)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("analoghop: ")
    assert answer.err.count("\n") == 1, "one sentence, without the usage of all options"
    assert answer.err.endswith("--help`\n")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "the following arguments are required: VERB; see `analoghop --help`"),
        (["run", "a.cir", "--bogus"], "run: unknown words: --bogus; see `analoghop run --help`"),
        (
            ["memory", "recall", "--seed", "x"],
            "memory recall: `--seed`: 'x' is no whole number; see `analoghop memory recall --help`",
        ),
    ],
)
def test_wrong_usage_is_named(command: Command, words: list[str], message: str) -> None:
    assert command(*words).err == f"analoghop: {message}\n"


@pytest.mark.parametrize(
    "options",
    [
        ["--tstop", "-1"],
        ["--tstop", "0"],
        ["--rtol", "5"],
        ["--rtol", "0"],
        ["--atol=-1m"],
        ["--time-limit", "0"],
        ["--threads", "0"],
        ["--seed", "-1"],
        ["--set", "nosuch=1"],
        ["--set", "gain=high"],
        ["--set", "r12=-1"],
        ["--sweep", "nosuch=1,2"],
        ["--out", "/no/such/folder/x.raw"],
        ["--out", "x.txt"],
        ["--out", "x"],
        ["--plot", "x.bmp"],
        ["--plot", "/no/such/folder/x.png"],
    ],
    ids=" ".join,
)
def test_bad_values_are_3(command: Command, options: list[str]) -> None:
    answer = command("run", FLIPFLOP, "--json", *options)
    assert answer.code == 3
    assert answer.out == ""
    assert answer.err.startswith("analoghop: ")
    assert "Traceback" not in answer.err


def test_any_other_failure_is_1_with_a_hint(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("a\nbug")

    broken = cli.VERBS["run"]._replace(execute=fail)  # type: ignore[arg-type]
    monkeypatch.setitem(cli.VERBS, "run", broken)
    monkeypatch.delenv(cli.DEBUG, raising=False)
    answer = command("run", "x.cir")
    assert answer.code == 1
    assert answer.err == (
        "analoghop: internal failure, ZeroDivisionError: a bug (set ANALOGHOP_DEBUG=1 for the traceback)\n"
    )
    monkeypatch.setenv(cli.DEBUG, "1")
    assert "Traceback" in command("run", "x.cir").err


def test_what_does_not_fit_into_memory_is_3(command: Command) -> None:
    answer = command("memory", "recall", "--random", "9999999,1", "--json")
    assert (answer.code, answer.out) == (3, "")
    assert answer.err.startswith("analoghop: this is too large for the memory: Unable to allocate")


def test_interruption_is_4(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    broken = cli.VERBS["show"]._replace(execute=interrupt)  # type: ignore[arg-type]
    monkeypatch.setitem(cli.VERBS, "show", broken)
    answer = command("show", "x.cir")
    assert (answer.code, answer.out, answer.err) == (4, "", "analoghop: interrupted\n")


def test_options_know_every_engine_and_method() -> None:
    assert set(ENGINES) == {"auto", *KNOWN_ENGINES}
    assert set(METHODS) == {"auto", *KNOWN_METHODS}
    assert set(MANY_METHODS) == set(PAIRS)


def test_as_a_program_it_loads_nothing_to_print_its_version(tmp_path: Path) -> None:
    code = (
        "import sys; from analoghop.cli import main; main(['--version']); "
        "sys.exit(bool({'numpy', 'scipy', 'matplotlib', 'tqdm'} & sys.modules.keys()))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=False).returncode == 0


def test_as_a_program_a_run_loads_no_pictures(rc: Path) -> None:
    code = (
        f"import sys; from analoghop.cli import main; code = main(['run', {str(rc)!r}, '--quiet']); "
        "sys.exit(code or bool({'matplotlib', 'tqdm', 'numba'} & sys.modules.keys()))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_as_a_program_with_a_reader_that_leaves() -> None:
    words = [sys.executable, "-m", "analoghop", "show", str(FLIPFLOP)]
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "wb") as pipe:
        done = subprocess.run(words, stdout=pipe, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 0
    assert done.stderr == b""


@pytest.mark.parametrize(
    "words",
    [
        ["run", str(FLIPFLOP), "--tstop", "20q"],
        ["run", str(FLIPFLOP), "--tstop", "20mq"],
        ["run", str(FLIPFLOP), "--rtol", "1e-6z"],
        ["run", str(FLIPFLOP), "--atol", "1qV"],
        ["run", str(FLIPFLOP), "--time-limit", "5x"],
        ["run", str(FLIPFLOP), "--sweep", "gain=1,2q"],
        ["run", str(FLIPFLOP), "--starts", "1_0"],
        ["run", str(FLIPFLOP), "--seed", "\u0663"],
        ["compare", str(FLIPFLOP), "--tstop", "20q"],
        ["solve", "queens", "4", "--target", "20q"],
        ["solve", "queens", "4", "--optimum", "2k2k"],
        ["memory", "recall", "--random", "20,2", "--gain", "20q"],
        ["memory", "recall", "--random", "20,2", "--noise", "5q%"],
        ["memory", "heat", "--random", "20,2", "--temperatures", "0.1,0.2q"],
    ],
)
def test_letters_behind_a_number_that_mean_nothing_are_refused(command: Command, words: list[str]) -> None:
    answer = command(*words)
    assert (answer.code, answer.out) == (2, "")
    assert (
        "is no number, expected one such as 0.02, 20m or 1meg" in answer.err or "whole number" in answer.err
    )
    assert answer.err.count("\n") == 1


def test_values_of_parameters_are_as_strict_as_options(command: Command) -> None:
    answer = command("run", FLIPFLOP, "--set", "gain=2q")
    assert (answer.code, answer.out) == (3, "")
    assert "`gain` cannot be set to 2q: expected a number such as 0.02, 20m or 1meg" in answer.err


@pytest.mark.parametrize(
    ("text", "value"),
    [("20ms", 0.02), ("30m", 0.03), ("2.2nV", 2.2e-9), ("10kOhm", 1e4), ("1megohm", 1e6), ("1mil", 25.4e-6)]
    + [
        ("3s", 3.0),
        ("4k7", 4700.0),
        ("1F", 1e-15),
        ("5V", 5.0),
        ("2Hz", 2.0),
        ("1e3k", 1e6),
        ("-5mA", -5e-3),
    ],
)
def test_suffixes_and_units_of_options(text: str, value: float) -> None:
    assert options.number(text) == pytest.approx(value, rel=1e-15)
