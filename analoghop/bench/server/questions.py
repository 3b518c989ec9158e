"""`QUESTIONS`: what a page asks of a session besides its frames, by the word in the address."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from analoghop.bench.picture.frame import level_bytes
from analoghop.bench.picture.plane import plane_of
from analoghop.bench.picture.schematic import schematic_of
from analoghop.bench.recording.deck_log import deck_of_session
from analoghop.bench.recording.script import script_of
from analoghop.bench.server.guard import Refusal
from analoghop.bench.session import Session


def _peek(session: Session, words: Sequence[str]) -> dict[str, Any]:
    """Return the outputs at an earlier tick, without going back to it."""
    import base64

    tick = int(words[0]) if words and words[0].isascii() and words[0].isdigit() else -1
    found = next((s for s in session.history if s.tick == tick), None)
    if found is None:
        raise Refusal(HTTPStatus.NOT_FOUND, "this tick is not kept any longer")
    shown, lo, hi = level_bytes(session.rig, found.t, found.x)
    return {
        "tick": tick,
        "t": found.t,
        "v": base64.b64encode(shown.tobytes()).decode("ascii"),
        "lo": lo,
        "hi": hi,
    }


def _log(session: Session, words: Sequence[str]) -> dict[str, Any]:
    """Return the record of the session."""
    return session.to_dict()


def _alive(session: Session, words: Sequence[str]) -> dict[str, Any]:
    """Return the number of ticks: there is an answer as long as there is a session."""
    return {"tick": session.tick}


def _plane(session: Session, words: Sequence[str]) -> dict[str, Any]:
    """Return the phase plane."""
    return plane_of(session) or {}


def _schematic(session: Session, words: Sequence[str]) -> dict[str, Any]:
    """Return the elements of the circuit."""
    return schematic_of(session) or {}


def _deck(session: Session, words: Sequence[str]) -> dict[str, Any]:
    """Return the session as a deck with its log."""
    return {"text": deck_of_session(session)}


def _script(session: Session, words: Sequence[str]) -> dict[str, Any]:
    """Return the session as a script."""
    return {"text": script_of(session)}


QUESTIONS: Mapping[str, Callable[[Session, Sequence[str]], Any]] = {
    "alive": _alive,
    "peek": _peek,
    "log": _log,
    "plane": _plane,
    "schematic": _schematic,
    "deck": _deck,
    "script": _script,
}
