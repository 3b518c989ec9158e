"""`Desk`: the sessions of a server, one for each tab, and when they end."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from analoghop.bench.server.live import Live
from analoghop.bench.session import Session

MOST = 16
"""Largest number of sessions at a time."""
GRACE = 5.0
"""Seconds that a session lives without anybody who listens to it."""


ARRIVAL = 10.0
"""Seconds in which somebody must begin to listen to a new session."""


@dataclass
class _Seat:
    live: Live
    until: float
    listeners: int = 0


class Full(Exception):
    """There are as many sessions as the server carries."""


class Desk:
    """Opens sessions, finds them by their names, and closes those to which nobody listens any longer."""

    def __init__(self, grace: float = GRACE) -> None:
        self._seats: dict[str, _Seat] = {}
        self._lock = threading.Lock()
        self._grace = grace

    def __len__(self) -> int:
        return len(self._seats)

    def begin(self, make: Callable[[], Session]) -> str:
        """Return the name of a new session; raises `Full`, and what `make` raises."""
        self.sweep()
        if len(self) >= MOST:
            raise Full(f"{MOST} tabs are open: close one of them")
        live = Live(make())
        name = secrets.token_urlsafe(12)
        with self._lock:
            self._seats[name] = _Seat(live, time.monotonic() + ARRIVAL)
        return name

    def find(self, name: str) -> Live | None:
        """Return a session, None if it has ended."""
        seat = self._seats.get(name)
        return None if seat is None else seat.live

    def arrive(self, name: str) -> None:
        """Count a listener more."""
        with self._lock:
            if seat := self._seats.get(name):
                seat.listeners += 1

    def leave(self, name: str) -> None:
        """Count a listener less."""
        with self._lock:
            if seat := self._seats.get(name):
                seat.listeners -= 1
                seat.until = time.monotonic() + self._grace

    def dismiss(self, name: str) -> None:
        """End a session now."""
        with self._lock:
            seat = self._seats.pop(name, None)
        if seat is not None:
            seat.live.close()

    def sweep(self) -> None:
        """End the sessions to which nobody has listened for the time of grace."""
        now = time.monotonic()
        with self._lock:
            old = [name for name, seat in self._seats.items() if seat.listeners < 1 and seat.until < now]
            seats = [self._seats.pop(name) for name in old]
        for seat in seats:
            seat.live.end()  # not waited for: this runs between the requests of others

    def close(self) -> None:
        """End all sessions."""
        for name in list(self._seats):
            self.dismiss(name)
