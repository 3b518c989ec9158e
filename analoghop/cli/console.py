"""`Console`: results go to standard output, everything else to standard error."""

from __future__ import annotations

import json
import logging
import math
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from analoghop import __version__
from analoghop.errors import visible

if TYPE_CHECKING:
    from analoghop.solution import Ran

_log = logging.getLogger(__name__)
_log.addHandler(logging.NullHandler())  # else Python would print errors a second time where there is no log


class OutputLost(Exception):
    """Standard output cannot be written, as on a full disk; the message says why."""


@contextmanager
def _written() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputLost(f"cannot write to standard output: {error.strerror or error}") from error


class Console:
    """The output of a verb; `json_wanted` and `quiet` are the user's options.

    With `json_wanted` standard output carries exactly one JSON value, without it lines of text. Characters
    that steer a terminal, which names and titles of files may hold, are written as escapes.
    """

    def __init__(self, *, json_wanted: bool = False, quiet: bool = False) -> None:
        self.json_wanted, self.quiet = json_wanted, quiet
        self._noticed: set[str] = set()
        self._answered = False

    @property
    def progress(self) -> bool:
        """Whether to show a progress bar: standard error is a terminal, and neither option is set."""
        return not (self.quiet or self.json_wanted) and sys.stderr.isatty()

    def notice(self, text: str) -> None:
        """Print a notice once, however often a sweep repeats it; nothing with `quiet`."""
        if not self.quiet and text not in self._noticed:
            self._noticed.add(text)
            print(visible(f"analoghop: notice: {text}"), file=sys.stderr)
        _log.info("notice: %s", text)

    def error(self, text: str) -> None:
        """Print an error, also with `quiet`."""
        print(visible(f"analoghop: {text}"), file=sys.stderr)
        _log.error("%s", text)

    def line(self, text: str = "") -> None:
        """Print a line of the text report; nothing with `json_wanted`."""
        if not self.json_wanted:
            with _written():
                print(visible(text))

    def result(self, value: object) -> None:
        """Print the JSON value with `json_wanted`, nothing without it."""
        if self.json_wanted:
            text = json.dumps(plain(value), allow_nan=False)
            self._answered = True
            with _written():
                print(text)
                sys.stdout.flush()

    @staticmethod
    def flush() -> None:
        """Write what is still held back; raises `OutputLost` where that fails."""
        with _written():
            sys.stdout.flush()

    def interrupted(self, arguments: Namespace) -> None:
        """Print the keys about the run, where an interrupt left the verb without a result."""
        if not self._answered:
            self.result(about(arguments, interrupted=True))


def about(arguments: Namespace, ran: Ran | None = None, *, interrupted: bool = False) -> dict[str, Any]:
    """Return the keys about the run that every JSON object has; `ran` is the engine, None without one."""
    return {
        "version": __version__,
        "command": arguments.command,
        "engine": None if ran is None else ran.to_dict(),
        "interrupted": interrupted,
    }


def plain(value: Any) -> Any:
    """Return `value` in types of JSON: arrays as lists, numbers that are not finite as None."""
    if isinstance(value, dict):
        return {str(key): plain(inner) for key, inner in value.items()}
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, (list, tuple)):
        return [plain(inner) for inner in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
