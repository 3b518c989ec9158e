"""The pictures of the gallery on the site, made while it is built where that takes a short time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from generated import Written
from sphinx.application import Sphinx

from analoghop.gallery import Classic, classic
from analoghop.plotting import save_figure

QUICK = 2.5
"""Processor time in s up to which a figure is computed while the site is built."""


class ClassicFigure(Written):
    """The picture of the figure that the argument names, or how long its command takes to make it."""

    required_arguments = 1

    def markdown(self) -> Iterator[str]:
        """Yield the picture, or a sentence."""
        figure = classic(self.arguments[0])
        if figure.seconds <= QUICK:
            place = _drawn(figure, Path(self.state.document.settings.env.srcdir))
            yield f"![{figure.title}](/{place})"
        else:
            yield f"The command makes its picture in {figure.seconds:g} s."


def _drawn(figure: Classic, source: Path) -> str:
    """Return the place of the picture below the folder of the pages; Git ignores that folder."""
    place = Path("examples") / "images" / "gallery" / f"{figure.name}.png"
    (source / place).parent.mkdir(parents=True, exist_ok=True)
    found = figure.reproduce()
    save_figure(found.plot(), source / place, found.record)
    return place.as_posix()


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the directive."""
    app.add_directive("classic-figure", ClassicFigure)
    return {"parallel_read_safe": False}
