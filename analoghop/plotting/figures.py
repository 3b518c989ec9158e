"""`new_figure`: figures that show themselves in notebooks and interactive sessions, and nowhere else."""

from __future__ import annotations

import io
import sys
from functools import cache
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from analoghop.display import is_detached

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_NOTEBOOKS = ("inline", "ipympl", "widget", "nbagg", "notebook")
"""Words in the names of the backends that draw below the cell of a notebook."""

_shown: WeakSet[Any] = WeakSet()
"""Figures that pyplot still manages and that have been shown."""


def new_figure(width: float, height: float, dpi: int = 100, layout: Any = "constrained") -> Figure:
    """Return an empty figure of `width` times `height` inches.

    In a notebook, and where pyplot is interactive, pyplot manages it: it appears below the cell, or in a
    window. In a script it opens no window and is not kept by pyplot.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    shape = {"figsize": (width, height), "dpi": dpi, "layout": layout}
    if not is_detached() and _shows_figures():
        from matplotlib import pyplot

        return pyplot.figure(FigureClass=_picture(), **shape)
    figure: Figure = _picture()(**shape)
    FigureCanvasAgg(figure)
    return figure


def prepare_notebook() -> None:
    """Load pyplot's backend where a notebook runs, which connects its figures with the cells."""
    if _in_notebook():
        import matplotlib
        from matplotlib import pyplot

        if getattr(pyplot, "_backend_mod", None) is None:  # pyplot loads it for its first figure only
            pyplot.switch_backend(matplotlib.get_backend())


def _backend() -> str:
    """Return the name of matplotlib's backend, or "none" where it has not been chosen."""
    import matplotlib

    return str(matplotlib.get_backend(auto_select=False)).lower()


def _in_notebook() -> bool:
    return any(word in _backend() for word in _NOTEBOOKS)


def _shows_figures() -> bool:
    """Return whether pyplot shows figures without being told to."""
    import matplotlib

    if _in_notebook():
        return True
    from matplotlib.backends.registry import BackendFilter, backend_registry

    windows = backend_registry.list_builtin(BackendFilter.INTERACTIVE)  # type: ignore[no-untyped-call]
    return "matplotlib.pyplot" in sys.modules and matplotlib.is_interactive() and _backend() in windows


@cache
def _picture() -> Any:
    """Return the class of figures with IPython's protocols of display; matplotlib is imported here."""
    from matplotlib.figure import Figure

    class Picture(Figure):
        def _repr_png_(self) -> bytes:
            handle = io.BytesIO()
            self.savefig(handle, format="png")
            return handle.getvalue()

        def _ipython_display_(self) -> None:
            """Show the figure as the value of a cell, or where pyplot shows what the cell has drawn: once."""
            from IPython.display import Image, display

            pyplot: Any = sys.modules.get("matplotlib.pyplot")
            managed = pyplot is not None and getattr(self, "number", None) in pyplot.get_fignums()
            if managed and self in _shown:
                return
            if managed:
                _shown.add(self)
            image = Image(data=self._repr_png_(), format="png")  # type: ignore[no-untyped-call]
            display(image)  # type: ignore[no-untyped-call]

    return Picture
