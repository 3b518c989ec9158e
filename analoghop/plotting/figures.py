"""`new_figure`: figures outside pyplot's registry, which show themselves in a notebook."""

from __future__ import annotations

import io
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def new_figure(width: float, height: float, dpi: int = 100, layout: Any = "constrained") -> Figure:
    """Return an empty figure of `width` times `height` inches.

    It opens no window and is not kept by pyplot. As the value of a cell of a notebook it is the picture.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    figure: Figure = _shown()(figsize=(width, height), dpi=dpi, layout=layout)
    FigureCanvasAgg(figure)
    return figure


@cache
def _shown() -> Any:
    """Return the class of figures with IPython's protocol of pictures; matplotlib is imported here."""
    from matplotlib.figure import Figure

    class Picture(Figure):
        def _repr_png_(self) -> bytes:
            handle = io.BytesIO()
            self.savefig(handle, format="png")
            return handle.getvalue()

    return Picture
