"""`Handler`: the requests of the page: its files, sessions, their events and actions."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analoghop.bench.recording.replaying import replay
from analoghop.bench.server.desk import Full
from analoghop.bench.server.guard import HEADERS, Guard, Refusal, Request
from analoghop.bench.server.live import ENGINES, Busy, Live
from analoghop.bench.server.questions import QUESTIONS
from analoghop.bench.session import Session
from analoghop.bench.sources.reading import source_of
from analoghop.errors import AnalogHopError, FileFormatError, InputError
from analoghop.formats.intake import read_bytes

if TYPE_CHECKING:
    from analoghop.bench.server.server import BenchServer

KINDS = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
PAGE = Path(__file__).parents[1] / "page"
"""The folder of the page."""
_HEARTBEAT = 1.0  # s between signs of life to a page whose circuit rests
_CROWD = 4  # tabs whose streams may last: of six connections, two are left for actions
_TURN = 0.4  # s of a stream where there are more
_AGAIN = 20  # ms until the browser comes back
_LONGEST_REPLAY = 20.0  # s to open a session that somebody recorded
_PATIENCE = 30.0  # s that a socket may take


class Handler(BaseHTTPRequestHandler):
    """One connection of a page."""

    server: BenchServer
    protocol_version = "HTTP/1.1"
    server_version = "analoghop"
    sys_version = ""
    timeout = _PATIENCE

    def log_message(self, format: str, *args: object) -> None:
        """Stay silent: the console belongs to the command."""

    def do_GET(self) -> None:
        """Answer for a file of the page, a question, or the events of a session."""
        self._guarded(self._get)

    def do_POST(self) -> None:
        """Answer to an action."""
        self._guarded(self._post)

    def _guarded(self, answer: Callable[[str], None]) -> None:
        guard: Guard = self.server.guard
        headers = {name.lower(): value for name, value in self.headers.items()}
        if not self.server.admitted():
            self.close_connection = True
            self._tell(HTTPStatus.SERVICE_UNAVAILABLE, {"error": "too many connections"})
            return
        try:
            answer(guard.admit(Request(self.command, self.path, headers)))
        except Refusal as refusal:
            self.close_connection = True  # whatever body follows is not read
            self._tell(refusal.status, {"error": refusal.sentence})
        except (ConnectionError, TimeoutError):
            self.close_connection = True
        except Busy as busy:
            self._tell(HTTPStatus.TOO_MANY_REQUESTS, {"error": str(busy)})
        except AnalogHopError as error:
            self._tell(HTTPStatus.UNPROCESSABLE_ENTITY, _described(error))
        except Full as full:
            self._tell(HTTPStatus.SERVICE_UNAVAILABLE, {"error": str(full)})
        except Exception as error:
            self.close_connection = True
            self._tell(
                HTTPStatus.INTERNAL_SERVER_ERROR, {"error": f"internal failure, {type(error).__name__}"}
            )
        finally:
            self.server.left()

    def _get(self, path: str) -> None:
        parts = path.split("/")
        if parts[0] == "session" and len(parts) >= 3:
            live = self._live(parts[1])
            if parts[2] == "events":
                self._stream(parts[1], live)
                return
            question = QUESTIONS.get(parts[2])
            if question is not None:
                self._tell(HTTPStatus.OK, live.ask(lambda session: question(session, parts[3:])))
                return
        elif path == "examples":
            self._tell(HTTPStatus.OK, [list(each) for each in self.server.examples])
            return
        else:
            self._file(path or "index.html")
            return
        raise Refusal(HTTPStatus.NOT_FOUND, "there is nothing at this address")

    def _file(self, path: str) -> None:
        if path not in self.server.pages:
            raise Refusal(HTTPStatus.NOT_FOUND, "there is nothing at this address")
        kind = KINDS[Path(path).suffix]
        self._send(HTTPStatus.OK, read_bytes(PAGE / path), f"{kind}; charset=utf-8")

    def _post(self, path: str) -> None:
        length = self.server.guard.length({k.lower(): v for k, v in self.headers.items()})
        try:
            body = json.loads(self.rfile.read(length) or b"{}")
        except (ValueError, RecursionError) as error:
            raise Refusal(HTTPStatus.BAD_REQUEST, "the request is no JSON") from error
        if not isinstance(body, dict):
            raise Refusal(HTTPStatus.BAD_REQUEST, "the request is no JSON object")
        parts = path.split("/")
        if parts == ["session"]:
            self._open(body)
            return
        if len(parts) != 3 or parts[0] != "session":
            raise Refusal(HTTPStatus.NOT_FOUND, "there is nothing at this address")
        if parts[2] == "close":
            self.server.desk.dismiss(parts[1])
        else:
            _carry_out(self._live(parts[1]), parts[2], body)
        self._tell(HTTPStatus.OK, {"ok": True})

    def _open(self, body: Mapping[str, Any]) -> None:
        record = body.get("record") or self.server.record
        source = body.get("source")

        def make() -> Session:
            with ENGINES:
                if source is not None:
                    return Session(source_of(source))
                return replay(record, time_limit=_LONGEST_REPLAY)

        self._tell(HTTPStatus.OK, {"session": self.server.desk.begin(make)})

    def _live(self, name: str) -> Live:
        live = self.server.desk.find(name)
        if live is None:
            raise Refusal(HTTPStatus.GONE, "this session has ended")
        return live

    def _stream(self, name: str, live: Live) -> None:
        """Send the description when it has changed, and the newest frame whenever there is one.

        A browser keeps six connections to a server. Where so many tabs are open that their streams would
        take them all, a stream ends after a turn, and the browser comes back for the next one.
        """
        self.send_response(HTTPStatus.OK)
        self._headers("text/event-stream; charset=utf-8")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        desk, last, began = self.server.desk, 0.0, time.monotonic()
        seen, described, turned = _resumed(self.headers.get("Last-Event-ID", ""))
        self.wfile.write(f"retry: {_AGAIN}\n\n".encode())
        desk.arrive(name)
        try:
            while not live.closed and (len(desk) <= _CROWD or time.monotonic() - began < _TURN):
                with live.changed:
                    if live.number == seen:
                        live.changed.wait(_HEARTBEAT)
                    number, setups, turns, frame = live.number, live.setups, live.turns, live.latest
                    description, settings = live.description, live.settings
                    traces = [trace for trace in live.traces if trace.number > seen]
                place = f"{number}.{setups}.{turns}"
                if setups != described:
                    self._event("setup", {**description, **settings}, place)
                elif turns != turned:
                    self._event("settings", settings, place)
                described, turned = setups, turns
                if number != seen:
                    self._event("frame", {**frame, "traces": [trace[1:] for trace in traces]}, place)
                    seen, last = number, time.monotonic()
                elif time.monotonic() - last >= _HEARTBEAT:
                    self.wfile.write(b": alive\n\n")
        finally:
            desk.leave(name)

    def _event(self, kind: str, value: object, place: str) -> None:
        text = json.dumps(finite(value), allow_nan=False, separators=(",", ":"))
        self.wfile.write(f"id: {place}\nevent: {kind}\ndata: {text}\n\n".encode())

    def _tell(self, status: HTTPStatus, value: object) -> None:
        text = json.dumps(finite(value), allow_nan=False)
        self._send(status, text.encode(), "application/json; charset=utf-8")

    def _send(self, status: HTTPStatus, content: bytes, kind: str) -> None:
        self.send_response(status)
        self._headers(kind)
        self.send_header("Content-Length", str(len(content)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(content)

    def _headers(self, kind: str) -> None:
        self.send_header("Content-Type", kind)
        for header, value in HEADERS.items():
            self.send_header(header, value)


def _resumed(place: str) -> tuple[int, int, int]:
    """Return the numbers of frame, description and settings that a page has, -1 for none."""
    parts = place.split(".")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() and len(part) < 16 for part in parts):
        return -1, -1, -1
    return int(parts[0]), int(parts[1]), int(parts[2])


def _carry_out(live: Live, what: str, body: Mapping[str, Any]) -> None:
    """Carry out a POST on a session."""
    if what == "act":
        actions = body.get("actions")
        if not isinstance(actions, list) or not all(isinstance(each, dict) for each in actions):
            raise InputError("`actions` is no list of actions")
        live.act(actions)
        return
    if what != "control":
        raise Refusal(HTTPStatus.NOT_FOUND, "there is nothing at this address")
    run, step, watch = body.get("run"), body.get("step", 0), body.get("watch")
    if not (run is None or isinstance(run, bool)):
        raise InputError("`run` is neither true nor false")
    if isinstance(step, bool) or not isinstance(step, int) or not 0 <= step <= 100:
        raise InputError("`step` is no number of ticks from 0 to 100")
    if watch is not None and not (isinstance(watch, list) and all(isinstance(name, str) for name in watch)):
        raise InputError("`watch` is no list of names")
    live.control(run=run, step=step, watch=watch)


def _described(error: AnalogHopError) -> dict[str, Any]:
    """Return an error as plain values, with line and column where it has them."""
    found: dict[str, Any] = {"error": str(error)}
    if isinstance(error, FileFormatError) and error.where is not None:
        found |= {"line": error.where.line, "column": error.where.column, "reason": error.reason}
        found["expected"] = error.expected
    return found


def finite(value: Any) -> Any:
    """Return plain values with None for numbers that are not finite, which JSON does not have."""
    if isinstance(value, dict):
        return {key: finite(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [finite(inner) for inner in value]
    if isinstance(value, float) and value - value != 0.0:
        return None
    return value
