"""Help, completion in shells, the page for `man`, and the way to the documentation."""

import builtins
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from analoghop.cli import VERBS, main, parser_of_all
from analoghop.cli.setup import documentation
from analoghop.optimise import PROBLEMS, entry
from analoghop.optimise.catalogue.options import options_table

ROOT = Path(__file__).parents[2]
COMMANDS = [line for verb in VERBS.values() for line in verb.examples]


@pytest.mark.parametrize("name", VERBS)
def test_help_of_a_verb_ends_with_examples(name, capsys):
    assert main([name, "--help"]) == 0
    told = capsys.readouterr().out
    assert VERBS[name].examples
    if name not in ("memory", "sweep"):
        assert told.endswith("".join(f"  {line}\n" for line in VERBS[name].examples))


@pytest.mark.parametrize("action", ["recall", "capacity"])
def test_help_of_an_action_shows_its_examples_only(action, capsys):
    assert main(["memory", action, "--help"]) == 0
    shown = capsys.readouterr().out.partition("examples:\n")[2].splitlines()
    assert shown
    assert all(line.split()[:3] == ["analoghop", "memory", action] for line in shown)


@pytest.mark.parametrize("line", [line for line in COMMANDS if line.startswith("analoghop ")])
def test_an_example_of_the_help_is_a_command(line):
    words = shlex.split(line.partition(" > ")[0])
    parser_of_all().parse_args(words[1:])
    for word in words:
        if word.startswith(("circuits/", "examples/")):
            assert (ROOT / word).exists(), word


@pytest.mark.parametrize("shell", ["bash", "zsh", "tcsh"])
def test_a_shell_gets_a_script_with_every_verb(shell, command):
    pytest.importorskip("shtab")
    told = command("completion", shell)
    assert told.code == 0
    assert all(name in told.out for name in VERBS)
    if shell != "tcsh" and shutil.which(shell):
        assert subprocess.run([shell, "-n"], input=told.out, text=True, check=False).returncode == 0


def test_bash_completes_verbs_options_and_files(command, tmp_path):
    pytest.importorskip("shtab")
    if not shutil.which("bash"):
        pytest.skip("bash is not installed")
    (tmp_path / "mine.cir").write_text("")
    script = command("completion", "bash").out
    ask = (
        "COMP_WORDS=({words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); "
        "_shtab_analoghop; echo ${{COMPREPLY[@]}}"
    )
    for words, found in (
        ("analoghop sol", "solve"),
        ("analoghop run --tst", "--tstop"),
        ("analoghop run mi", "mine.cir"),
        ("analoghop memory rec", "recall"),
    ):
        told = subprocess.run(
            ["bash", "-c", f"{script}\n{ask.format(words=words)}"],
            capture_output=True,
            text=True,
            check=True,
            cwd=tmp_path,
        )
        assert found in told.stdout.split(), (words, told)


def test_the_manual_has_every_verb(command):
    pytest.importorskip("argparse_manpage")
    told = command("docs", "--man")
    assert told.code == 0
    assert told.out.startswith(".TH ANALOGHOP")
    assert all(name in told.out for name in VERBS)


@pytest.mark.parametrize(
    ("words", "package"), [(("completion", "bash"), "shtab"), (("docs", "--man"), "argparse_manpage")]
)
def test_a_missing_package_is_named_with_its_extra(words, package, command, monkeypatch):
    plain = builtins.__import__

    def without(name, *rest):
        if name.split(".")[0] == package:
            raise ImportError(name)
        return plain(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    monkeypatch.delitem(sys.modules, package, raising=False)
    told = command(*words)
    assert told.code == 1
    assert "pip install 'analoghop[completion]'" in told.err


def test_the_documentation_opens_where_it_is_built(command, tmp_path, monkeypatch):
    opened = []
    monkeypatch.setattr(documentation.webbrowser, "open", lambda url: opened.append(url) or True)
    monkeypatch.setattr(documentation, "_PLACES", (tmp_path / "none", tmp_path))
    missing = command("docs")
    assert (missing.code, opened) == (3, [])
    assert "sphinx-build" in missing.err
    (tmp_path / "index.html").write_text("<p>here</p>")
    assert command("docs", "--json").value["index"] == str(tmp_path / "index.html")
    assert opened == [(tmp_path / "index.html").as_uri()]
    assert command("docs", "--no-browser").code == 0
    assert len(opened) == 1


def test_help_after_a_problem_shows_the_options_of_its_formulations(command):
    told = command("solve", "tsp", "--help")
    assert told.code == 0
    assert told.out.startswith("usage: analoghop solve")
    for name, row in options_table(entry("tsp").formulations["potts"]).items():
        assert f"\n  {name} " in told.out
        assert row.option.meaning.split()[0] in told.out
    assert "options of tsp by successor" in told.out
    one = command("encode", "maxcut", "--formulation", "gain", "--help").out
    assert re.findall("options of maxcut by ([a-z]+)", one) == ["gain"]
    assert "gain at the end; number above 0; default: 3" in one


@pytest.mark.parametrize("words", [["solve"], ["solve", "nonsense"], ["encode"], ["encode", "memory"]])
def test_help_without_a_problem_that_is_known_is_that_of_the_verb(words, command):
    told = command(*words, "--help")
    assert told.code == 0
    assert "options of" not in told.out


def test_the_list_has_every_option_and_every_suffix(command):
    problems = {one["problem"]: one for one in command("solve", "--list", "--json").value}
    assert list(problems) == list(PROBLEMS)
    for name, told in problems.items():
        assert told["options"].keys() == told["formulations"].keys()
        assert told["suffixes"] == list(entry(name).writers)
    steps = problems["tsp"]["options"]["potts"]["steps"]
    assert (steps["type"], steps["default"], steps["minimum"], steps["maximum"]) == ("integer", None, 1, None)
    assert problems["maxcut"]["options"]["gain"]["tau"]["unit"] == "s"
    assert problems["maxcut"]["options"]["gain"]["tau"]["exclusive_minimum"] == 0


@pytest.mark.parametrize("words", [["solve", "tsp", "--help"], ["solve", "--schema"]])
def test_a_reader_that_has_read_enough_is_no_error(words):
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as out:
        done = subprocess.run(
            [sys.executable, "-m", "analoghop", *words], stdout=out, stderr=subprocess.PIPE, check=False
        )
    assert (done.returncode, done.stderr) == (0, b"")
