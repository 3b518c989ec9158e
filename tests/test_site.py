"""The built site: every link leads somewhere, and no page asks another server for anything."""

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

SITE = Path(__file__).parents[1] / "build" / "site"
LOADED = {"script", "img", "link", "iframe", "video", "source"}
"""Elements whose addresses a browser loads by itself."""


class Page(HTMLParser):
    """The anchors of a page, its links, and what it loads."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.anchors: set[str] = {""}
        self.links: set[str] = set()
        self.loads: set[str] = set()
        self.feed(path.read_text())

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        self.anchors |= {given[name] for name in ("id", "name") if name in given}
        for address in (given[name] for name in ("href", "src") if name in given):
            (self.loads if tag in LOADED else self.links).add(address)


@pytest.fixture(scope="module")
def pages() -> dict[Path, Page]:
    if not (SITE / "index.html").is_file():
        pytest.skip("the site is not built: sphinx-build -W docs build/site")
    return {path: Page(path) for path in SITE.rglob("*.html") if "_static" not in path.parts}


def test_nothing_is_loaded_from_another_server(pages: dict[Path, Page]) -> None:
    assert len(pages) > 50
    for path, page in pages.items():
        assert not [a for a in page.loads if urlsplit(a).scheme not in ("", "data")], path


def test_links_lead_to_pages_and_places_that_are_there(pages: dict[Path, Page]) -> None:
    for path, page in pages.items():
        for address in page.links | page.loads:
            parts = urlsplit(address)
            if parts.scheme or address.startswith("#") and not parts.fragment:
                continue
            to = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            assert to.exists(), (path, address)
            if parts.fragment and to in pages:
                assert unquote(parts.fragment) in pages[to].anchors, (path, address)
