"""`BenchServer`: the server of the bench on 127.0.0.1."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from typing import Any

from analoghop.bench.server.desk import GRACE, Desk
from analoghop.bench.server.guard import Guard
from analoghop.bench.server.handler import KINDS, PAGE, Handler
from analoghop.errors import InputError

CONNECTIONS = 64
"""Largest number of requests that are answered at a time."""


class BenchServer(ThreadingHTTPServer):
    """Serves the page and the sessions that begin from the `record` of one (see `Session.to_dict`).

    `examples` are (name, about, source) that the page offers. It listens on 127.0.0.1 at `port`, 0 for
    any free one; `url` is the address with its token. Raises `InputError` for a port that cannot be had.
    """

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(
        self,
        record: Mapping[str, Any],
        *,
        port: int = 0,
        examples: Sequence[tuple[str, str, Mapping[str, Any]]] = (),
        grace: float = GRACE,
    ) -> None:
        if not 0 <= port < 65536:
            raise InputError(f"`port` is {port}, expected 0 to 65535")
        self.desk = Desk(grace)
        try:
            super().__init__(("127.0.0.1", port), Handler)
        except OSError as error:
            raise InputError(f"port {port} cannot be used: {error.strerror or error}") from error
        self.record, self.examples = record, tuple(examples)
        self.guard = Guard(self.server_address[1])
        self.pages = frozenset(
            path.relative_to(PAGE).as_posix() for path in PAGE.rglob("*") if path.suffix in KINDS
        )
        self._places = threading.BoundedSemaphore(CONNECTIONS)
        self._admitted = threading.local()

    @property
    def url(self) -> str:
        """The address to open."""
        return f"http://127.0.0.1:{self.guard.port}/{self.guard.token}/"

    def admitted(self) -> bool:
        """Take a place for a request; return whether there was one."""
        self._admitted.got = self._places.acquire(blocking=False)
        return bool(self._admitted.got)

    def left(self) -> None:
        """Give the place back."""
        if self._admitted.got:
            self._places.release()

    def service_actions(self) -> None:
        """End sessions whose tabs are gone; called twice a second."""
        self.desk.sweep()

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of connections that broke: tabs are closed at any time."""

    def server_close(self) -> None:
        """End all sessions and close the socket."""
        self.desk.close()
        super().server_close()


@contextmanager
def serving(server: BenchServer) -> Iterator[BenchServer]:
    """Serve in a thread inside the block; afterwards no thread of it is left."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.2}, name="bench server")
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
