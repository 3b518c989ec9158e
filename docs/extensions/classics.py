"""The figures of the gallery on the site: what each shows, and the picture of those that are quick."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from generated import Written
from sphinx.application import Sphinx

from analoghop.gallery import CLASSICS, Classic, classic
from analoghop.plotting import save_figure

QUICK = 3.0
"""Processor time in s up to which a figure is computed while the site is built."""


class ClassicFigures(Written):
    """A section for each figure, with its command, and its picture where that is made in a short time."""

    def markdown(self) -> Iterator[str]:
        """Yield the sections."""
        source = Path(self.state.document.settings.env.srcdir)
        for figure in map(classic, CLASSICS):
            yield from (
                "",
                f"### {figure.name}: {figure.title}",
                "",
                f"{figure.source}. {figure.statement}",
                "",
            )
            yield from (f"    analoghop gallery {figure.name} --plot {figure.name}.png", "")
            if figure.seconds <= QUICK:
                yield from (f"![{figure.title}](/{_drawn(figure, source)})", "")


def _drawn(figure: Classic, source: Path) -> str:
    """Return the place of the picture below the folder of the pages."""
    place = Path("examples") / "images" / "gallery" / f"{figure.name}.png"
    (source / place).parent.mkdir(parents=True, exist_ok=True)
    found = figure.reproduce()
    save_figure(found.plot(), source / place, found.record)
    return place.as_posix()


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the directive."""
    app.add_directive("classic-figures", ClassicFigures)
    return {"parallel_read_safe": False}
