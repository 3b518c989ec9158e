"""`film_page`: a recorded session as one file of HTML that needs neither a server nor a network."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from analoghop.bench.recording.film import film_of
from analoghop.bench.server.handler import PAGE, finite
from analoghop.formats.intake import read_bytes

_IMPORT = re.compile(r'^import \{ ([^}]+) \} from "([^"]+)";$', re.MULTILINE)
_EXPORT = re.compile(r"^export ((?:async )?(?:function|class|const|let)) (\w+)", re.MULTILINE)


def film_page(record: Mapping[str, Any]) -> str:
    """Return the page that plays the session of `record`. Raises `InputError` as `replay` does."""
    film = film_of(record)
    script, style = bundled("main.js"), _text("style.css")
    content = json.dumps(finite(film), allow_nan=False, separators=(",", ":")).replace("</", "<\\/")
    policy = (
        f"default-src 'none'; script-src '{_fingerprint(script)}'; style-src '{_fingerprint(style)}'; "
        "img-src data: blob:; base-uri 'none'; form-action 'none'"
    )
    icon = base64.b64encode(_text("icon.svg").encode()).decode()
    page = _text("index.html")
    for place, given in (
        ("<meta charset", f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n<meta charset'),
        ('<link rel="stylesheet" href="style.css">', f"<style>{style}</style>"),
        ('href="icon.svg"', f'href="data:image/svg+xml;base64,{icon}"'),
        (
            '<script type="module" src="main.js"></script>',
            f'<script type="application/json" id="film">{content}</script>\n'
            f'<script type="module">{script}</script>',
        ),
        ("<title>analoghop bench", f"<title>{html.escape(film['events'][0][2]['title'])}"),
    ):
        page = page.replace(place, given, 1)
    return page


def bundled(entry: str) -> str:
    """Return the modules of the page that `entry` needs as one script, each in a scope of its own."""
    done: dict[str, str] = {}
    _bundle(entry, done)
    return "const modules = {};\n" + "\n".join(done.values())


def _bundle(name: str, done: dict[str, str]) -> None:
    text = _text(name)
    folder = Path(name).parent
    for _, other in _IMPORT.findall(text):
        place = _joined(folder, other)
        if place not in done:
            _bundle(place, done)
    names = [found for _, found in _EXPORT.findall(text)]
    body = _IMPORT.sub(lambda m: f'const {{ {m[1]} }} = modules["{_joined(folder, m[2])}"];', text)
    body = _EXPORT.sub(r"\1 \2", body)
    done[name] = f'modules["{name}"] = (() => {{\n{body}return {{ {", ".join(names)} }};\n}})();'


def _joined(folder: Path, name: str) -> str:
    parts = list(folder.parts)
    for part in name.split("/"):
        if part == "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)


def _text(name: str) -> str:
    return read_bytes(PAGE / name).decode("utf-8")


def _fingerprint(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
