"""How results show themselves: a picture by `plot`, and a small table with a thumbnail in a notebook."""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_DPI = 45  # of a thumbnail: 350 to 600 pixels wide


def picture(name: str, *things: Any, **options: Any) -> Figure:
    """Return the figure that the function called `name` in `analoghop.plotting` draws.

    Pictures know the results that they draw, and lie above them: they are found when one is wanted.
    """
    figure: Figure = getattr(import_module("analoghop.plotting"), name)(*things, **options)
    return figure


_detached: ContextVar[bool] = ContextVar("whether figures are kept from the notebook", default=False)


@contextmanager
def detached() -> Iterator[None]:
    """Let figures that are made inside the block not show themselves: they become part of something else."""
    token = _detached.set(True)
    try:
        yield
    finally:
        _detached.reset(token)


def is_detached() -> bool:
    """Return whether figures that are made now are to be kept from the notebook."""
    return _detached.get()


def as_html(title: str, rows: Mapping[str, str], draw: Callable[[], Figure]) -> str:
    """Return a table of `rows` under a `title`, beside a thumbnail of the figure that `draw` makes."""
    handle = io.BytesIO()
    with detached():
        draw().savefig(handle, format="png", dpi=_DPI)
    data = base64.b64encode(handle.getvalue()).decode()
    cells = "".join(
        f"<tr><th style='text-align:left'>{html.escape(name)}</th><td>{html.escape(text)}</td></tr>"
        for name, text in rows.items()
    )
    table = f"<table><caption>{html.escape(title)}</caption>{cells}</table>"
    image = f"<img alt='{html.escape(title)}' src='data:image/png;base64,{data}'>"
    return f"<div style='display:flex;gap:1em;align-items:flex-start'>{table}{image}</div>"
