"""Sessions of the bench that play on a page of the site, each in a file of its own."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import Directive
from sphinx.application import Sphinx

from analoghop.cli import main

_FRAME = (
    '<iframe src="{page}" title="A recorded session: {words}" loading="lazy" '
    'style="width: 100%; height: 46rem; border: 1px solid #888"></iframe>'
)


class Film(Directive):
    """A session of the bench: the words behind `analoghop bench`, such as `queens 8 --seed 1 --ticks 200`."""

    has_content = True
    films: ClassVar[dict[str, str]] = {}

    def run(self) -> list[nodes.Node]:
        """Return the frame in which the session plays."""
        words = " ".join(self.content).strip()
        name = re.sub(r"\W+", "-", words.lower()).strip("-") + ".html"
        self.films[name] = words
        depth = self.state.document.settings.env.docname.count("/")
        return [nodes.raw("", _FRAME.format(page=f"{'../' * depth}films/{name}", words=words), format="html")]


def write_films(app: Sphinx, error: Exception | None) -> None:
    """Record the sessions and write their pages beside the site's."""
    if error is not None or app.builder.format != "html":
        return
    folder = Path(app.outdir) / "films"
    folder.mkdir(exist_ok=True)
    for name, words in Film.films.items():
        code = main(["bench", *shlex.split(words), "--export", str(folder / name), "--force", "--quiet"])
        if code:
            raise ValueError(f"the session `analoghop bench {words}` cannot be recorded")


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the directive."""
    app.add_directive("film", Film)
    app.connect("build-finished", write_films)
    return {"parallel_read_safe": False}
