"""`film_of`: all that a page shows of a recorded session, so that it plays without a server."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from analoghop.bench.picture.answer import answer_of, instance_of
from analoghop.bench.picture.description import description_of, settings_of, structure_of
from analoghop.bench.picture.frame import MOST_SIGNALS, frame_of, signal_values
from analoghop.bench.picture.plane import plane_of
from analoghop.bench.picture.schematic import schematic_of
from analoghop.bench.recording.deck_log import deck_of_session
from analoghop.bench.recording.replaying import played
from analoghop.bench.recording.script import script_of
from analoghop.bench.session import Session

MOST_FRAMES = 1200
"""Frames of the longest film: forty seconds at the usual speed; longer sessions are shown faster."""
MOST_TRACED = 16
"""Signals whose samples are in a film."""
_DIGITS = 6


def film_of(record: Mapping[str, Any], most_frames: int = MOST_FRAMES) -> dict[str, Any]:
    """Return the film of the session of a `record`, as plain values.

    `frames` are those of the ticks, evenly thinned to about `most_frames`; `events` are [number of the frame
    before which it happens, "setup" or "settings", value]. `answers` holds what a page asks a server for.
    Raises `InputError` as `replay` does.
    """
    every = max(1, -(-int(record.get("ticks", 0)) // most_frames))
    film = _Film(every)
    session = None
    for session, action in played(record):
        film.take(session, action is not None)
    assert session is not None, "a session is there before its first tick"
    film.last(session)
    return {"frames": film.frames, "events": film.events, "answers": film.answers(session)}


class _Film:
    def __init__(self, every: int) -> None:
        self.frames: list[dict[str, Any]] = []
        self.events: list[list[Any]] = []
        self._every = every
        self._structure: tuple[object, ...] = ()
        self._traces: list[Any] = []
        self._pictures: dict[str, Any] = {}

    def take(self, session: Session, acted: bool) -> None:
        """Take the session up after a tick, or after an action."""
        if acted or not self.frames:
            self._note_change(session)
        else:
            names = _traced(session)
            moved = session.moved
            values = signal_values(session.rig, moved.times, moved.states, names)
            self._traces.append([_short(moved.times.tolist()), {n: _short(v) for n, v in values.items()}])
        if acted or session.tick % self._every == 0:
            self._shoot(session)

    def last(self, session: Session) -> None:
        """Take up the end of the session, where it has been left out."""
        if self.frames[-1]["digest"] != session.digest:
            self._shoot(session)

    def answers(self, session: Session) -> dict[str, Any]:
        """Return what a page asks for: the log, deck and script, the phase plane, the schematic."""
        return {
            "log": session.to_dict(),
            "deck": {"text": deck_of_session(session)},
            "script": {"text": script_of(session)},
            "alive": {"tick": session.tick},
            **self._pictures,
        }

    def _note_change(self, session: Session) -> None:
        structure, settings = structure_of(session.rig), settings_of(session)
        if structure != self._structure:
            whole = {**description_of(session), "instance": instance_of(session), **settings}
            self.events.append([len(self.frames), "setup", whole])
            self._pictures["schematic"] = schematic_of(session) or {}
        else:
            self.events.append([len(self.frames), "settings", settings])
        self._structure = structure
        self._pictures["plane"] = plane_of(session) or {}

    def _shoot(self, session: Session) -> None:
        frame = frame_of(session)
        names = session.rig.system.signal_names
        if len(names) <= MOST_SIGNALS:
            seen = session.rig.system.observe(session.t, session.x[:, None], names)
            frame["values"] = _short(seen[:, 0].tolist())
        frame |= {"running": False, "fault": None, "answer": answer_of(session), "pace": 0.0}
        frame |= {"log": len(session.log), "traces": self._traces}
        self.frames.append(frame)
        self._traces = []


def _traced(session: Session) -> tuple[str, ...]:
    signals = session.rig.system.signal_names
    return signals if len(signals) <= MOST_TRACED else session.rig.output_names[: MOST_TRACED // 2]


def _short(values: list[float]) -> list[float]:
    """Return the numbers with fewer digits: a film is looked at, its log is repeated."""
    return [float(f"{value:.{_DIGITS}g}") if np.isfinite(value) else value for value in values]
