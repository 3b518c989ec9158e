"""The README and the documentation: what they link to is there, and the commands that they show are known."""

import re
import shlex
from pathlib import Path

import pytest

from analoghop.cli import parser_of_all
from analoghop.cli.setup.shipped import shipped

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
GUIDES = sorted((ROOT / "docs" / "guides").glob("*.md"))

SHIPPED = {file.name for file in shipped()}
COMMAND = re.compile(r"^    (?:cat \S+ \| )?(analoghop [a-z]+ .*)$", re.MULTILINE)
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")


def commands(text: str) -> list[list[str]]:
    """The words of every command that a page shows."""
    lines = (line.partition(" > ")[0] for line in COMMAND.findall(text))
    return [shlex.split(line, comments=True) for line in lines]


@pytest.mark.parametrize("page", [*PAGES, *GUIDES], ids=lambda path: path.name)
def test_commands_are_known_and_their_files_are_there(page):
    for words in commands(page.read_text()):
        if words[1].isupper():
            continue  # a pattern such as `analoghop VERB`
        parser_of_all().parse_args(words[1:])
        for word in words[2:]:
            if word.startswith(("circuits/", "examples/", "tests/")):
                assert word in SHIPPED, f"{word} does not ship: `analoghop examples copy` cannot bring it"


@pytest.mark.parametrize("page", [*PAGES, *GUIDES], ids=lambda path: path.name)
def test_links_lead_to_files(page):
    for link in LINK.findall(page.read_text()):
        assert (page.parent / link).exists(), link


def test_every_page_is_reached_from_the_readme():
    linked = {(ROOT / link).resolve() for link in LINK.findall((ROOT / "README.md").read_text())}
    assert {page.resolve() for page in PAGES[1:]} <= linked


def test_the_readme_is_short():
    assert len((ROOT / "README.md").read_text().splitlines()) <= 130
