"""The command line: `main` selects the verb and runs it; exceptions become messages and exit codes."""

from __future__ import annotations

import io
import logging
import os
import shlex
import signal
import sys
import threading
import time
import traceback
from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import cache

from analoghop import __version__
from analoghop.cli import options
from analoghop.cli.analyses import ac, dc, noise
from analoghop.cli.console import Console, OutputLost
from analoghop.cli.decks import compare, op, run, show
from analoghop.cli.journal import logged
from analoghop.cli.memory import verb as memory
from analoghop.cli.parser import Parser
from analoghop.cli.setup import bench, completion, doctor, documentation, examples
from analoghop.cli.solve import check, encode
from analoghop.cli.solve import verb as solve
from analoghop.cli.study import gallery
from analoghop.cli.study import verb as study
from analoghop.cli.sweep import verb as sweep
from analoghop.cli.verb import Exit, UsageError, Verb
from analoghop.errors import AnalogHopError, InputError, NumericalError
from analoghop.formats.intake import noting_files

VERBS: dict[str, Verb] = {
    verb.name: verb
    for verb in (
        run.VERB,
        compare.VERB,
        show.VERB,
        op.VERB,
        dc.VERB,
        ac.VERB,
        noise.VERB,
        solve.VERB,
        check.VERB,
        encode.VERB,
        memory.VERB,
        sweep.VERB,
        study.VERB,
        gallery.VERB,
        bench.VERB,
        examples.VERB,
        doctor.VERB,
        documentation.VERB,
        completion.VERB,
    )
}

_log = logging.getLogger(__name__)

DEBUG = "ANALOGHOP_DEBUG"
"""Environment variable: when it is set, tracebacks are printed."""


_CODES = {
    InputError: Exit.BAD_INPUT,
    NumericalError: Exit.INCOMPLETE,
    AnalogHopError: Exit.FAULT,
}  # the first that fits


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line `argv`, the process's own by default, and return the exit code."""
    began = time.monotonic()
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by `>&-`: as if it led to nowhere
            setattr(sys, name, io.StringIO())
    for stream in (sys.stdout, sys.stderr):
        reconfigure: Callable[..., None] | None = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            # A deck's title or name may hold what the terminal's encoding does not.
            reconfigure(errors="backslashreplace")
    try:
        parser = parser_of_all()
        arguments, unknown = parser.parse_known_args(argv)
        arguments.parser = parser  # for the verbs that describe all others
        arguments.command = shlex.join(["analoghop", *(sys.argv[1:] if argv is None else argv)])
    except SystemExit as done:
        return int(done.code or 0)
    except BrokenPipeError:
        # The reader of a help text or of a schema has closed the pipe.
        _discard_output()
        return Exit.DONE
    with ExitStack() as journal:
        code = _executed(arguments, unknown, journal)
        _log.info("%s ends with exit code %d, after %.2f s", arguments.verb, code, time.monotonic() - began)
    return code


def _executed(arguments: Namespace, unknown: Sequence[str], journal: ExitStack) -> Exit:
    """Run the verb and return the exit code; exceptions become messages. The log is closed by `journal`."""
    verb = VERBS[arguments.verb]
    console = Console(json_wanted=arguments.json, quiet=arguments.quiet)
    try:
        if unknown:
            raise UsageError(f"unknown words: {shlex.join(unknown)}")
        options.check_common(arguments)
        many = verb.name in ("gallery", "memory", "solve", "sweep") or (
            verb.name == "run" and arguments.starts is not None
        )
        _limit_threads(arguments.threads, many)
        journal.enter_context(logged(arguments.log))
        _log.info("%s begins: version %s, %s", verb.name, __version__, arguments.command)
        with _sigterm_as_interrupt(), noting_files():
            code = verb.execute(arguments, console)
        console.flush()
    except BrokenPipeError:
        # The reader of our output has closed the pipe.
        _discard_output()
        return Exit.DONE
    except OutputLost as error:
        _discard_output()
        console.error(str(error))
        return Exit.FAULT
    except UsageError as error:
        words = " ".join(filter(None, (verb.name, getattr(arguments, "action", None))))
        console.error(f"{words}: {error}; see `analoghop {words} --help`")
        code = Exit.USAGE
    except (KeyboardInterrupt, Exception) as error:
        code = _report_error(error, console, arguments)
    return code


def _discard_output() -> None:
    """Let standard output lead nowhere: the interpreter must not report its failure again at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def _sigterm_as_interrupt() -> Iterator[None]:
    """Let SIGTERM act as Ctrl-C inside the block: finished results are reported."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(*_: object) -> None:
        if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:  # as in a background job of a shell
            signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.raise_signal(signal.SIGINT)

    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        for number, handler in before.items():
            if handler is not None:  # None: not set from Python
                signal.signal(number, handler)


def _report_error(error: BaseException, console: Console, arguments: Namespace) -> Exit:
    """Print the error in one line, with a traceback if `DEBUG` is set, and return the exit code."""
    wanted = bool(os.environ.get(DEBUG))
    if wanted:
        traceback.print_exception(error)
    if isinstance(error, KeyboardInterrupt):
        console.error("interrupted")
        console.interrupted(arguments)
        return Exit.INCOMPLETE
    for kind, code in _CODES.items():
        if isinstance(error, kind):
            console.error(str(error))
            return code
    if isinstance(error, MemoryError):
        console.error(f"this is too large for the memory: {error}" if str(error) else "the memory is full")
        return Exit.BAD_INPUT
    hint = "" if wanted else f" (set {DEBUG}=1 for the traceback)"
    text = " ".join(str(error).split()) or "no message"
    console.error(f"internal failure, {type(error).__name__}: {text}{hint}")
    return Exit.FAULT


def _limit_threads(threads: int | None, shared: bool = False) -> None:
    """Limit linear algebra to `threads` threads, one by default: the matrices here are too small for more.

    One thread too if the threads work on starts instead (`shared`).

    Effective only before NumPy is loaded: its libraries read the limit once.
    """
    threads = 1 if shared else threads
    if "numpy" not in sys.modules:
        for library in ("OMP", "OPENBLAS", "MKL"):
            variable = f"{library}_NUM_THREADS"
            if threads is not None or variable not in os.environ:
                os.environ[variable] = str(threads or 1)


@cache  # a process that calls `main` often would spend a third of its time here
def parser_of_all() -> Parser:
    """Return the parser of the whole command line."""
    description = "Analog, continuous-time circuit simulator for Hopfield networks."
    codes = "exit codes: 0 done, 1 internal failure, 2 wrong usage, 3 bad input, 4 ended without full success"
    parser = Parser("analoghop", description=description, epilog=codes, allow_abbrev=False)
    parser.add_argument("--version", action="version", version=f"analoghop {__version__}")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    for verb in VERBS.values():
        one = verbs.add_parser(
            verb.name,
            help=verb.summary,
            description=f"{verb.summary[0].upper()}{verb.summary[1:]}.",
            epilog=codes,
            examples=verb.examples,
            allow_abbrev=False,
        )
        verb.configure(one)
    return parser
