"""`Parser`: the parser of the command line, with errors of one sentence and with examples in its help."""

from __future__ import annotations

import re
from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any, NoReturn

from analoghop.cli.verb import Exit
from analoghop.errors import visible


class Parser(ArgumentParser):
    """A parser whose error messages do not repeat the usage text, and whose help shows `examples`.

    Of a verb's examples each of its actions shows those with the action's name.
    """

    def __init__(self, *args: Any, examples: Sequence[str] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        words = self.prog.split()
        self.examples = [line for line in examples if line.split()[: len(words)] == words]

    def format_help(self) -> str:
        """Return the help, with the examples at its end."""
        lines = "".join(f"  {line}\n" for line in self.examples)
        return super().format_help() + (f"\nexamples:\n{lines}" if lines else "")

    def error(self, message: str) -> NoReturn:
        """Print the error and the command for help, and exit with the code of wrong usage."""
        verb = self.prog.partition(" ")[2]
        told = re.sub(r"^argument (\S+): ", r"`\1`: ", message)
        words = visible(f"analoghop: {verb}{': ' if verb else ''}{told}; see `{self.prog} --help`")
        self.exit(Exit.USAGE, f"{words}\n")
