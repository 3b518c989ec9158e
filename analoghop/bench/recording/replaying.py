"""`replay`: a session made again from its log."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any

from analoghop.bench.session import Session
from analoghop.bench.sources.reading import source_of
from analoghop.bench.values import listed, number
from analoghop.errors import InputError
from analoghop.limits import Limits

MOST_TICKS = 10_000_000
"""Ticks of the longest session that is replayed."""


def replay(record: Mapping[str, Any], ticks: int | None = None, time_limit: float | None = None) -> Session:
    """Return the session of the `record` that `Session.to_dict` made, after `ticks` ticks (None: all).

    The state is the same to the last bit on the same machine and with the same versions of the libraries.
    Raises `InputError` for a record that is none, and for one that takes longer than `time_limit` s.
    """
    session, _ = deque(played(record, ticks, time_limit), maxlen=1).pop()
    return session


def played(
    record: Mapping[str, Any], ticks: int | None = None, time_limit: float | None = None
) -> Iterator[tuple[Session, Mapping[str, Any] | None]]:
    """Yield the session of a record at its start, and after each tick and each action, with that action.

    It is one session that moves on. Raises `InputError` as `replay` does.
    """
    actions, last = _checked(record, ticks)
    dt = record.get("dt")
    session = Session(
        source_of(record["source"]), seed=record.get("seed"), dt=None if dt is None else number(dt, "dt")
    )
    limits = Limits(time_limit)
    yield session, None
    for action in [*actions, None]:
        until = last if action is None else min(action["tick"], last)
        while session.tick < until:
            if limits.over:
                raise InputError(f"the session of {last} ticks takes too long to repeat here")
            session.step()
            yield session, None
        if action is None or action["tick"] > last:
            return
        session.apply(action)
        yield session, action


def _checked(record: Mapping[str, Any], ticks: int | None) -> tuple[list[Any], int]:
    """Return the actions of a record and the number of its last tick."""
    if not isinstance(record, Mapping) or "source" not in record:
        raise InputError("this is no record of a session: it has no `source`")
    actions = listed(record["actions"], "actions") if record.get("actions", []) != [] else []
    for action in actions:
        if not isinstance(action, Mapping) or not isinstance(action.get("tick"), int):
            raise InputError(f"{action!r} is no action of a session: it has no `tick`")
    last = int(number(record.get("ticks", 0), "ticks")) if ticks is None else ticks
    if not 0 <= last <= MOST_TICKS:
        raise InputError(f"the record has {last} ticks, expected 0 to {MOST_TICKS}")
    return actions, last
