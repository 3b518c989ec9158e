import logging
import subprocess
import sys

import pytest

import analoghop
from analoghop.cli import main

LINE = r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} [A-Z]+ analoghop"


def log_of(tmp_path, *words):
    code = main([*words, "--log", str(tmp_path / "log")])
    return code, (tmp_path / "log").read_text().splitlines()


def test_a_log_tells_the_command_the_run_and_the_end(tmp_path, capsys):
    code, lines = log_of(tmp_path, "run", "circuits/flipflop.cir")
    told = "\n".join(lines)
    assert code == 0
    assert "run begins: version" in told
    assert "a run of 2 states" in told
    assert "settled after" in told
    assert "run ends with exit code 0" in told


def test_a_log_is_appended_to(tmp_path, capsys):
    _, first = log_of(tmp_path, "op", "circuits/flipflop.cir")
    _, both = log_of(tmp_path, "solve", "queens", "4", "--starts", "2")
    assert both[: len(first)] == first
    assert any("2 starts ended, 2 valid" in line for line in both)


def test_an_error_stands_in_the_log_in_one_line_without_controls(tmp_path, capsys):
    code, lines = log_of(tmp_path, "run", "no\x1b[31m\nsuch.cir")
    assert code == 3
    assert any(" ERROR " in line for line in lines)
    assert not any("\x1b" in line for line in lines)
    assert all(line[:4].isdigit() for line in lines)


@pytest.mark.parametrize("text", ["* a deck\n", "2026 is no line of a log\n"])
def test_a_file_that_is_no_log_stays_as_it_is(tmp_path, capsys, text):
    (tmp_path / "x.cir").write_text(text)
    assert main(["run", "circuits/flipflop.cir", "--log", str(tmp_path / "x.cir")]) == 3
    assert "is no log" in capsys.readouterr().err
    assert (tmp_path / "x.cir").read_text() == text


@pytest.mark.parametrize("name", ["", "none/there"])
def test_a_log_that_cannot_be_written_is_refused(tmp_path, capsys, name):
    assert main(["op", "circuits/flipflop.cir", "--log", str(tmp_path / name)]) == 3
    assert capsys.readouterr().err.count("\n") == 1


def test_the_package_reports_to_logging_and_is_silent_without_it(caplog, capfd):
    with caplog.at_level(logging.INFO, "analoghop"):
        analoghop.simulate_many("circuits/flipflop.cir", 3)
    assert "the runs ended: 3 settled" in caplog.text
    assert capfd.readouterr() == ("", "")
    assert logging.getLogger("analoghop").handlers == []


def test_an_error_is_printed_once_where_there_is_no_log(tmp_path):
    words = [sys.executable, "-m", "analoghop", "op", str(tmp_path / "none.cir")]
    told = subprocess.run(words, capture_output=True, text=True, check=False).stderr
    assert told.count("none.cir") == told.count("\n") == 1
