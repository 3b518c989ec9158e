"""`analoghop docs`: the documentation on this machine, and the page for `man`."""

from __future__ import annotations

import webbrowser
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from analoghop import __version__
from analoghop.cli import options
from analoghop.cli.console import about
from analoghop.cli.verb import Exit, Verb
from analoghop.errors import InputError, MissingProgram

if TYPE_CHECKING:
    from analoghop.cli.console import Console

_PACKAGE = Path(__file__).parents[2]
_PLACES = (_PACKAGE / "shipped" / "site", _PACKAGE.parent / "build" / "site")
"""Folders of the site: in the wheel, and where `sphinx-build` writes it in a checkout."""


def configure(parser: ArgumentParser) -> None:
    """Add the options of `docs`."""
    parser.add_argument("--man", action="store_true", help="print the page for man(1) instead")
    parser.add_argument("--no-browser", action="store_true", help="print the path of the pages, open nothing")
    options.add_common(parser)


def execute(arguments: Namespace, console: Console) -> Exit:
    """Open the local copy of the documentation, or print the page for `man`."""
    if arguments.man:
        page = manual(arguments.parser)
        for line in page.splitlines():
            console.line(line)
        console.result({**about(arguments), "man": page})
        return Exit.DONE
    index = _index()
    if not arguments.no_browser and not webbrowser.open(index.as_uri()):
        console.notice("no browser was found: open the file by hand")
    console.line(str(index))
    console.result({**about(arguments), "index": str(index)})
    return Exit.DONE


def _index() -> Path:
    """Return the first page; raises `InputError` where the site was not built."""
    for folder in _PLACES:
        if (folder / "index.html").is_file():
            return folder / "index.html"
    raise InputError(
        "the documentation is not built here: in a checkout, `sh setup.sh docs` and then "
        "`.venv/bin/sphinx-build -W docs build/site` build it"
    )


def manual(parser: ArgumentParser) -> str:
    """Return the page of all verbs and options in the language of man(1).

    Raises `MissingProgram` where argparse-manpage, which writes it, is not installed.
    """
    try:
        from argparse_manpage.manpage import Manpage
    except ImportError:
        raise MissingProgram(
            "`docs --man` needs the package argparse-manpage: pip install 'analoghop[completion]'"
        ) from None
    data = {
        "prog": "analoghop",
        "project_name": "analoghop",
        "version": __version__,
        "description": "analog circuit simulator for Hopfield networks",
        "manual_section": "1",
        "manual_title": "User Commands",
    }
    return str(Manpage(parser, data))


_EXAMPLES = ("analoghop docs", "analoghop docs --man > analoghop.1")

VERB = Verb("docs", "open the documentation on this machine", configure, execute, _EXAMPLES)
