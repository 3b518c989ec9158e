"""`Parser`: the parser of the command line, with error messages of one sentence."""

from __future__ import annotations

import re
from argparse import ArgumentParser
from typing import NoReturn

from analoghop.cli.verb import Exit
from analoghop.errors import visible


class Parser(ArgumentParser):
    """A parser whose error messages do not repeat the usage text."""

    def error(self, message: str) -> NoReturn:
        """Print the error and the command for help, and exit with the code of wrong usage."""
        verb = self.prog.partition(" ")[2]
        told = re.sub(r"^argument (\S+): ", r"`\1`: ", message)
        words = visible(f"analoghop: {verb}{': ' if verb else ''}{told}; see `{self.prog} --help`")
        self.exit(Exit.USAGE, f"{words}\n")
