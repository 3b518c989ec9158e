"""The tutorial, followed word for word in an empty folder: its files, commands and Python, in their order."""

import doctest
import re
import shlex
from pathlib import Path

import pytest

from analoghop.cli import main

PAGE = Path(__file__).parents[1] / "docs" / "guides" / "tutorial.md"
SAVED = {"spice": "my_latch.cir", "toml": "latch.toml"}
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def follow(language: str, text: str, names: dict[str, object]) -> None:
    """Save a file, run the commands, or check the examples of Python."""
    if language in SAVED:
        Path(SAVED[language]).write_text(text)
    elif language == "sh":
        for line in text.splitlines():
            program, *words = shlex.split(line)
            assert program == "analoghop"
            assert main([*words, "--quiet"]) == 0, line
    else:
        assert language == "python"
        test = doctest.DocTestParser().get_doctest(text, names, PAGE.name, str(PAGE), 0)
        runner = doctest.DocTestRunner(verbose=False)
        told: list[str] = []
        runner.run(test, out=told.append, clear_globs=False)
        names |= test.globs
        assert not runner.failures, "".join(told)


def test_the_tutorial_works_word_for_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    blocks = BLOCK.findall(PAGE.read_text())
    assert {language for language, _ in blocks} == {"sh", "spice", "toml", "python"}
    prose = " ".join(PAGE.read_text().split())
    assert all(f"Save this as `{name}`" in prose for name in SAVED.values())
    for language, text in blocks:
        follow(language, text, names)
    assert all((tmp_path / name).stat().st_size > 5000 for name in ("my_latch.png", "board.png", "tour.png"))
    assert "95.75" in capsys.readouterr().out.replace("957.5", "95.75")
