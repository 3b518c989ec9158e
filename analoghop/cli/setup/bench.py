"""`analoghop bench`: a circuit under your hands, in the browser."""

from __future__ import annotations

import time
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from analoghop.cli import options
from analoghop.cli.console import about
from analoghop.cli.verb import Exit, UsageError, Verb

if TYPE_CHECKING:
    from analoghop.bench.session import Session
    from analoghop.bench.sources.base import Source
    from analoghop.cli.console import Console

FIRST = "flipflop.cir"
"""The example that is on the bench where nothing else is named."""
TICKS = 300
"""Ticks that are recorded where a session without ticks is exported."""
MOST = 100_000
"""Ticks of the longest session that is recorded."""


def configure(parser: ArgumentParser) -> None:
    """Add the options of `bench`."""
    parser.add_argument(
        "what", nargs="*", metavar="DECK | PROBLEM FILE", help=f"a deck, or a problem and its file ({FIRST})"
    )
    parser.add_argument(
        "--port", type=options.whole, default=0, help="port on 127.0.0.1 (default: a free one)"
    )
    parser.add_argument("--no-browser", action="store_true", help="print the address, open nothing")
    parser.add_argument(
        "--replay", metavar="FILE", help="begin with a recorded session: JSON, or a deck with its log"
    )
    parser.add_argument(
        "--export", metavar="FILE.html", help="write the session as a page that plays it, and end"
    )
    parser.add_argument("--ticks", type=options.whole, metavar="N", help="ticks of an exported session (300)")
    options.add_force(parser)
    parser.add_argument("--formulation", default="", metavar="F", help="how the problem becomes a circuit")
    parser.add_argument(
        "--colours",
        "--colors",
        type=options.whole,
        default=0,
        metavar="K",
        help="number of colours for `colouring`",
    )
    options.add_common(parser)


def execute(arguments: Namespace, console: Console) -> Exit:
    """Serve until Ctrl-C, or until the time limit; or write the page of a session."""
    if arguments.ticks is not None and (arguments.export is None or not 1 <= arguments.ticks <= MOST):
        raise UsageError(f"`--ticks` is for `--export`, a number from 1 to {MOST}")
    session = _session(arguments)
    if arguments.export is not None:
        return _exported(session, arguments, console)
    return _served(session, arguments, console)


def _exported(session: Session, arguments: Namespace, console: Console) -> Exit:
    from analoghop.bench.recording.page import film_page
    from analoghop.cli.outputs import check_overwriting, check_place
    from analoghop.errors import InputError
    from analoghop.formats.files import write_text

    if not arguments.export.lower().endswith((".html", ".htm")):
        raise InputError(f"sessions are exported to .html files, not to {arguments.export!r}")
    check_place(arguments.export)
    check_overwriting([arguments.export], arguments.force)
    wanted = session.tick + (arguments.ticks or (TICKS if session.tick == 0 else 0))
    # The film repeats the session once more.
    with options.limits(arguments, console) as limits, (within := limits.within(0.4)).heed():
        while session.tick < wanted and not within.over:
            session.step()
        write_text(arguments.export, film_page(session.to_dict()))
    console.line(f"wrote {arguments.export}: {session.tick} ticks, t = {session.t:g} s")
    if session.tick < wanted:
        console.error(f"{session.tick} of {wanted} ticks were recorded in time")
    console.result(
        {
            **about(arguments, interrupted=limits.interrupted),
            "page": arguments.export,
            "ticks": session.tick,
            "t_end": session.t,
            "digest": session.digest,
        }
    )
    return Exit.DONE if session.tick == wanted else Exit.INCOMPLETE


def _served(session: Session, arguments: Namespace, console: Console) -> Exit:
    from analoghop.bench.server.server import BenchServer, serving

    server = BenchServer(session.to_dict(), port=arguments.port, examples=_examples())
    with serving(server):
        console.line(f"the bench is at {server.url} until Ctrl-C")
        console.result({**about(arguments), "url": server.url, "port": server.guard.port})
        console.flush()
        if not arguments.no_browser:
            import webbrowser

            webbrowser.open_new_tab(server.url)
        try:
            end = time.monotonic() + (arguments.time_limit or float("inf"))
            while (left := end - time.monotonic()) > 0:
                time.sleep(min(left, 3600.0))
        except KeyboardInterrupt:
            console.line("the bench is closed")
    return Exit.DONE


def _session(arguments: Namespace) -> Session:
    from analoghop.bench.recording.deck_log import record_of
    from analoghop.bench.recording.replaying import replay
    from analoghop.bench.session import Session
    from analoghop.bench.sources.reading import read_text

    if arguments.replay is not None:
        if arguments.what or arguments.formulation or arguments.colours or arguments.seed is not None:
            raise UsageError("a session that is replayed has its own circuit and seed")
        return replay(record_of(read_text(arguments.replay), arguments.replay))
    return Session(_source(arguments), seed=arguments.seed)


def _source(arguments: Namespace) -> Source:
    from analoghop.bench.sources.problem import KINDS
    from analoghop.bench.sources.reading import read_bench_deck, read_bench_problem
    from analoghop.cli.setup.shipped import found

    words = arguments.what
    if len(words) > 2:
        raise UsageError(f"{len(words)} words are too many: a deck, or a problem and its file")
    if len(words) == 2:
        if words[0] not in KINDS:
            raise UsageError(f"{words[0]!r} is no problem, expected one of {', '.join(KINDS)}")
        return read_bench_problem(words[0], words[1], arguments.formulation, arguments.colours)
    if arguments.formulation or arguments.colours:
        raise UsageError("`--formulation` and `--colours` are for problems, not for decks")
    if words and words[0] in KINDS:
        raise UsageError(f"`bench {words[0]}` needs the file of the problem")
    return read_bench_deck(words[0] if words else found(FIRST).place)


_KINDS = {".tsp": "tsp", ".csv": "tsp", ".dat": "qap"}
_QUEENS = {"kind": "problem", "problem": "queens", "text": "8"}
_GRID = "53..7....\n6..195...\n.98....6.\n8...6...3\n4..8.3..1\n7...2...6\n.6....28.\n...419..5\n....8..79\n"
_SUDOKU = {"kind": "problem", "problem": "sudoku", "text": _GRID, "name": "grid.sudoku"}


def _examples() -> list[tuple[str, str, dict[str, str]]]:
    """Return the shipped decks, instances and patterns that a page may offer."""
    from analoghop.cli.setup.shipped import shipped

    found = [("8 queens", "queens on a board", _QUEENS), ("a Sudoku", "81 cells", _SUDOKU)]
    for file in shipped():
        suffix = file.place.suffix
        if suffix == ".cir":
            found.append(
                (file.name, file.about, {"kind": "deck", "text": file.text, "name": file.place.name})
            )
            continue
        kind = "memory" if file.place.parent.name == "patterns" else _KINDS.get(suffix)
        if kind is not None and suffix != ".md":
            source = {"kind": "problem", "problem": kind, "text": file.text, "name": file.place.name}
            found.append((file.name, file.about, source))
    return found


_EXAMPLES = (
    "analoghop bench circuits/schmitt_trigger.cir",
    "analoghop bench tsp examples/instances/ht10.csv",
)

VERB = Verb("bench", "play with a circuit in the browser while it runs", configure, execute, _EXAMPLES)
