"""`Live`: a session with the thread that advances it, for one tab."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, NamedTuple

import numpy as np

from analoghop.bench.picture.answer import answer_of, instance_of
from analoghop.bench.picture.description import description_of, settings_of, structure_of
from analoghop.bench.picture.frame import MOST_SIGNALS, frame_of, signal_values
from analoghop.bench.session import Session
from analoghop.errors import AnalogHopError, InputError

RATE = 30.0
"""Ticks per second."""
WAITING = 64
"""Requests that may wait for a session; further ones are refused."""
MOST_WATCHED = 8
"""Signals that a tab can watch."""
_KEPT = 90  # ticks of watched samples that are kept for a slow tab
_ANSWERS = 0.1  # s between two decoded answers
ENGINES = threading.RLock()
"""Held while a circuit moves: SciPy's LSODA and the list of warnings are shared by all threads."""


class WatchedTick(NamedTuple):
    """The watched signals in one tick: `number` of the published frame, `times`, and values by name."""

    number: int
    times: list[float]
    values: dict[str, list[float]]


class Busy(AnalogHopError):
    """More requests wait for a session than it takes."""


class Live:
    """A session under a thread of its own; all access to it goes through `ask`.

    `latest` is the newest frame, with its `number`; whoever is slow finds only the newest. `description` and
    `settings` are those of the circuit, with the numbers of their changes, `setups` and `turns`. `close` ends
    the thread.
    """

    def __init__(self, session: Session) -> None:
        self.running = False
        self.number = 0
        self.setups = self.turns = 0
        self.settings: dict[str, Any] = {}
        self.latest: dict[str, Any] = {}
        self.description: dict[str, Any] = {}
        self.traces: deque[WatchedTick] = deque(maxlen=_KEPT)
        self.changed = threading.Condition()
        self.closed = False
        self.watched: tuple[str, ...] = ()
        self._session = session
        self._fault: str | None = None
        self._answer: dict[str, Any] | None = None
        self._answered = 0.0
        self._pace = 0.0
        self._asked: deque[tuple[Callable[[Session], Any], Future[Any]]] = deque()
        self._describe()
        self._publish()
        self._thread = threading.Thread(target=self._work, name="bench", daemon=True)
        self._thread.start()

    def ask(self, what: Callable[[Session], Any], timeout: float = 30.0) -> Any:
        """Return `what(session)`, computed between two ticks; raises what it raises, and `Busy`."""
        done: Future[Any] = Future()
        with self.changed:
            if self.closed:
                raise Busy("this session has ended")
            if len(self._asked) >= WAITING:
                raise Busy("too many requests wait for this session")
            self._asked.append((what, done))
            self.changed.notify_all()
        return done.result(timeout)

    def act(self, actions: Sequence[dict[str, Any]]) -> None:
        """Carry out actions in this order; raises `InputError` at the first that cannot be."""

        def carry_out(session: Session) -> None:
            before = session.rig
            try:
                for action in actions:
                    session.apply(action)
                    self._fault = None
            finally:
                if structure_of(session.rig) != structure_of(before):
                    self._describe()
                else:
                    self._retell()

        self.ask(carry_out)

    def control(self, *, run: bool | None = None, step: int = 0, watch: Sequence[str] | None = None) -> None:
        """Run or pause, take single steps, choose the watched signals (at most `MOST_WATCHED`)."""
        if watch is not None and len(watch) > MOST_WATCHED:
            raise InputError(f"{len(watch)} signals are to be watched, at most {MOST_WATCHED} can be")

        def carry_out(session: Session) -> None:
            if watch is not None:
                self.watched = tuple(watch)
            if run is not None:
                self.running = run
                if run:
                    self._fault = None
            for _ in range(step):
                self._tick()
                if self._fault is not None:
                    break

        self.ask(carry_out)

    def close(self) -> None:
        """End the thread; wait until it has ended."""
        self.end()
        self._thread.join(10.0)

    def end(self) -> None:
        """Let the thread end after its present tick."""
        with self.changed:
            self.closed = True
            self.running = False
            self.changed.notify_all()

    def _work(self) -> None:
        due = time.monotonic()
        while not self.closed:
            with self.changed:
                wait = due - time.monotonic() if self.running else None
                if not self._asked and (wait is None or wait > 0):
                    self.changed.wait(wait)
                asked = list(self._asked)
                self._asked.clear()
            for what, done in asked:
                self._answer_to(what, done)
            if asked:
                self._publish()  # before the next tick: a knob is on the screen at once
            now = time.monotonic()
            if self.running and now >= due:
                began = now
                self._tick()
                due = max(due + 1.0 / RATE, time.monotonic() - 1.0 / RATE)
                taken = max(time.monotonic() - began, 1.0 / RATE)
                self._pace += 0.1 * (1.0 / taken - self._pace)
                self._publish()
            elif not self.running:
                due = now
        for _, done in self._asked:
            done.set_exception(Busy("this session has ended"))

    def _answer_to(self, what: Callable[[Session], Any], done: Future[Any]) -> None:
        try:
            with ENGINES:
                done.set_result(what(self._session))
        except Exception as error:
            # Whoever asked gets it: the thread must outlive a bad request.
            done.set_exception(error)

    def _tick(self) -> None:
        session = self._session
        try:
            with ENGINES:
                moved = session.step()
            if self.watched:
                values = signal_values(session.rig, moved.times, moved.states, self.watched)
                self.traces.append(WatchedTick(self.number + 1, moved.times.tolist(), values))
        except Exception as error:
            self._give_up(error)

    def _give_up(self, error: Exception) -> None:
        """Pause, and say why; the thread must outlive whatever a circuit does."""
        told = isinstance(error, AnalogHopError)
        self.running = False
        self._fault = str(error) if told else f"internal failure, {type(error).__name__}: {error}"

    def _describe(self) -> None:
        found = {**description_of(self._session), "instance": instance_of(self._session)}
        if found != self.description:
            self.description = found
            self.setups += 1
        self._retell()

    def _retell(self) -> None:
        self.settings = settings_of(self._session)
        self.turns += 1
        self._answered = 0.0

    def _publish(self) -> None:
        try:
            frame = self._framed()
        except Exception as error:
            self._give_up(error)
            frame = {**self.latest}
        frame |= {"running": self.running, "fault": self._fault}
        with self.changed:
            self.number += 1
            self.latest = frame
            self.changed.notify_all()

    def _framed(self) -> dict[str, Any]:
        session = self._session
        now = time.monotonic()
        if now - self._answered >= _ANSWERS or not self.running:
            self._answer, self._answered = answer_of(session), now
        frame = frame_of(session)
        names = self.description["signals"]
        if len(names) <= MOST_SIGNALS:
            # At the present state: an action may have moved it since the tick.
            with np.errstate(all="ignore"):
                seen = session.rig.system.observe(session.t, session.x[:, None], names)
            frame["values"] = seen[:, 0].tolist()
        pace = self._pace if self.running else 0.0
        return {**frame, "answer": self._answer, "pace": pace, "log": len(session.log)}
