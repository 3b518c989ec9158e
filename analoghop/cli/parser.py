"""`Parser`: the parser of the command line, with error messages of one sentence."""

from __future__ import annotations

import re
from argparse import ArgumentParser
from typing import NoReturn

from analoghop.cli.verb import Exit


class Parser(ArgumentParser):
    """A parser whose error messages do not repeat the usage text."""

    def error(self, message: str) -> NoReturn:
        """Print the error and the command for help, and exit with the code of wrong usage."""
        verb = self.prog.partition(" ")[2]
        reason = re.sub(r"^argument (\S+): ", r"`\1`: ", message)
        self.exit(Exit.USAGE, f"analoghop: {verb}{': ' if verb else ''}{reason}; see `{self.prog} --help`\n")
