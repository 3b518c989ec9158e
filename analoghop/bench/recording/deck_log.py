"""A session as a deck: the circuit, and behind its `.end` the log as comments."""

from __future__ import annotations

import json
from typing import Any

from analoghop import __version__
from analoghop.bench.session import Session
from analoghop.circuit.netlist import format as write
from analoghop.errors import AnalogHopError, FileFormatError, Location
from analoghop.optimise.deck import deck_of

MARK = "*bench "
"""Beginning of the lines of a log in a deck: comments for every other program."""
_LINE = 2000


def deck_of_session(session: Session) -> str:
    """Return the deck with which the session began, and its log, which `record_of` reads.

    A problem becomes the deck of its circuit, where it has one, else a deck that holds the log alone. Knobs
    and faults are in the log, not in the elements.
    """
    source = session.first["source"]
    body = source["text"] if source["kind"] == "deck" else _synthesized(session)
    record = json.dumps(session.to_dict(), allow_nan=False)
    lines = [f"{MARK}{record[k : k + _LINE]}" for k in range(0, len(record), _LINE)]
    note = f"* a session of analoghop {__version__}: `analoghop bench --replay FILE` repeats it"
    return "\n".join([body.rstrip("\n"), note, *lines, ""])


def _synthesized(session: Session) -> str:
    encoding = session.rig.built.encoding
    title = session.rig.setup.source.title
    try:
        assert encoding is not None, "a problem has an encoding"
        return write(deck_of(encoding, session.seed or 0, title=title).circuit)
    except AnalogHopError as error:
        return f"{title}\n* this circuit cannot be written as a deck: {' '.join(str(error).split())}\n.end"


def record_of(text: str, file: str) -> dict[str, Any]:
    """Return the record of a session in a text, JSON or a deck with a log.

    Raises `FileFormatError` for a text that is neither.
    """
    lines = text.splitlines()
    parts = [line.removeprefix(MARK) for line in lines if line.startswith(MARK)]
    content = "".join(parts) if parts else text
    try:
        record = json.loads(content)
    except (ValueError, RecursionError) as error:
        first = next((k for k, line in enumerate(lines, 1) if line.startswith(MARK)), 1)
        reason = "the log of the session is damaged" if parts else "this is no session of the bench"
        expected = f"JSON as the page exports it, or a deck with lines `{MARK}...`"
        raise FileFormatError(reason, Location(file, first), expected) from error
    if not isinstance(record, dict) or "source" not in record:
        raise FileFormatError("this is no session of the bench", Location(file, 1), "an object with `source`")
    return record
