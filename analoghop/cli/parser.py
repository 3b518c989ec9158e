"""`Parser`: the words of the command line; what does not fit is said in one sentence."""

from __future__ import annotations

import re
from argparse import ArgumentParser
from typing import NoReturn

from analoghop.cli.verb import Exit
from analoghop.errors import visible


class Parser(ArgumentParser):
    """A parser that says what does not fit without its whole usage before it."""

    def error(self, message: str) -> NoReturn:
        """Say what does not fit and where help is, and leave with the exit code of wrong usage."""
        verb = self.prog.partition(" ")[2]
        told = re.sub(r"^argument (\S+): ", r"`\1`: ", message)
        words = visible(f"analoghop: {verb}{': ' if verb else ''}{told}; see `{self.prog} --help`")
        self.exit(Exit.USAGE, f"{words}\n")
