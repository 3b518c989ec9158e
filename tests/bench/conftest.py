"""A browser for the tests of the page: Debian's Chromium under Playwright, or a reason to skip."""

import shutil
from contextlib import contextmanager

import pytest

from analoghop.bench import Session
from analoghop.bench.server.server import BenchServer, serving

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture(scope="session")
def chromium():
    """The browser, started once."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is missing: extra `browser`")
    if CHROMIUM is None:
        pytest.skip("there is no Chromium: apt-get install chromium")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


class Tab:
    """A page on a bench, the requests it has made, and what it has complained of."""

    def __init__(self, page, server):
        self.page, self.server = page, server
        self.requests, self.complaints = [], []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda message: message.type == "error" and self.complaints.append(message.text))
        page.goto(server.url)
        page.wait_for_selector("body[data-tick][data-setup]")

    def data(self, name):
        """Return a data attribute of the page's body."""
        return self.page.get_attribute("body", f"data-{name}")

    def wait(self, selector):
        """Wait for an element, seen or not."""
        return self.page.wait_for_selector(selector, state="attached", timeout=15_000)

    def run_for(self, ticks):
        """Run until at least so many further ticks have passed, then pause."""
        begin = int(self.data("tick"))
        self.page.click("#run")
        self.page.wait_for_selector("body[data-running=true]")
        while int(self.data("tick")) < begin + ticks:
            self.page.wait_for_timeout(20)
        self.page.click("#run")
        self.page.wait_for_selector("body[data-running=false]")
        return int(self.data("tick"))


@pytest.fixture
def tab(chromium):
    """Return a context in which a source stands on a bench that a page shows."""

    @contextmanager
    def opened(source, *, examples=(), seed=1, **options):
        record = Session(source, seed=seed).to_dict()
        with serving(BenchServer(record, examples=examples, grace=1.0)) as server:
            context = chromium.new_context(viewport={"width": 1280, "height": 720}, **options)
            try:
                yield Tab(context.new_page(), server)
            finally:
                context.close()

    return opened
