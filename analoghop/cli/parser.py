"""`Parser`: the parser of the command line, with errors of one sentence and with examples in its help."""

from __future__ import annotations

import re
import sys
from argparse import SUPPRESS, Action, ArgumentParser, Namespace
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NoReturn

from analoghop.cli.verb import Exit
from analoghop.errors import nearest, visible


class PrintHelp(Action):
    """`--help`: prints the help, and what `more_help`, a default of the parser, says of the words before."""

    def __init__(self, option_strings: Sequence[str], dest: str, help: str | None = None) -> None:
        super().__init__(option_strings, dest=SUPPRESS, default=SUPPRESS, nargs=0, help=help)

    def __call__(self, parser: ArgumentParser, namespace: Namespace, *_: object) -> None:
        """Print it, and end the command."""
        parser.print_help()
        more: Callable[[Namespace], Iterable[str]] = getattr(namespace, "more_help", lambda arguments: ())
        for line in more(namespace):
            print(line)
        sys.stdout.flush()
        parser.exit()


class Parser(ArgumentParser):
    """A parser whose error messages do not repeat the usage text, and whose help shows `examples`.

    Of a verb's examples each of its actions shows those with the action's name.
    """

    def __init__(self, *args: Any, examples: Sequence[str] = (), **options: Any) -> None:
        super().__init__(*args, **{**options, "add_help": False})
        self.add_argument("-h", "--help", action=PrintHelp, help="show this help message and exit")
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
        told = re.sub(r"invalid choice: (.*) \(choose from (.*)\)$", _unknown, told)
        words = visible(f"analoghop: {verb}{': ' if verb else ''}{told}; see `{self.prog} --help`")
        self.exit(Exit.USAGE, f"{words}\n")


def _unknown(told: re.Match[str]) -> str:
    """Return what a message of argparse says of a word that is none of the known ones, with the nearest."""
    known = [word.strip(" '") for word in told[2].split(",")]
    return f"{told[1]} is unknown, expected {', '.join(known)}{nearest(told[1].strip(chr(39)), known)}"
