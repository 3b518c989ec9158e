"""`Guard`: which requests are answered at all."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import NamedTuple

from analoghop.bench.sources.reading import LARGEST

LARGEST_BODY = LARGEST
"""Bytes of the largest body of a request."""
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data: blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""Headers of every answer."""


class Refusal(Exception):
    """A request that is not answered: the `status` of HTTP and one sentence."""

    def __init__(self, status: HTTPStatus, sentence: str) -> None:
        super().__init__(sentence)
        self.status, self.sentence = status, sentence


class Request(NamedTuple):
    """The parts of a request that decide: `method`, `path`, and the `headers` by lower-case names."""

    method: str
    path: str
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Guard:
    """Admits requests that name this server in `Host`, come from its own pages, and carry the `token`.

    The token is the first part of the path, so that every relative address of a page carries it. `port` is
    that of the server.
    """

    port: int
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))

    @property
    def hosts(self) -> tuple[str, ...]:
        """The names by which this server may be called: a foreign name would be DNS rebinding."""
        return f"127.0.0.1:{self.port}", f"localhost:{self.port}"

    def admit(self, request: Request) -> str:
        """Return the path behind the token; raises `Refusal`."""
        headers = request.headers
        if headers.get("host", "") not in self.hosts:
            raise Refusal(HTTPStatus.FORBIDDEN, "this server does not answer to that host name")
        origin = headers.get("origin")
        own = tuple(f"http://{host}" for host in self.hosts)
        if (origin is None and request.method == "POST") or (origin is not None and origin not in own):
            raise Refusal(HTTPStatus.FORBIDDEN, "the request comes from another page than the bench's own")
        if headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
            raise Refusal(HTTPStatus.FORBIDDEN, "the request comes from another site")
        token, _, rest = request.path.split("?", 1)[0].lstrip("/").partition("/")
        if not hmac.compare_digest(token.encode("utf-8", "replace"), self.token.encode()):
            raise Refusal(HTTPStatus.FORBIDDEN, "the address lacks the token: use the one that was printed")
        return rest

    def length(self, headers: Mapping[str, str]) -> int:
        """Return the length of the body; raises `Refusal` for one that is too large or not told."""
        told = headers.get("content-length")
        if told is None or not told.isascii() or not told.isdigit():
            raise Refusal(HTTPStatus.LENGTH_REQUIRED, "the request does not tell its length")
        if len(told) > 12 or int(told) > LARGEST_BODY:
            raise Refusal(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                f"the request has {told[:13]} bytes: at most {LARGEST_BODY} are accepted",
            )
        return int(told)
