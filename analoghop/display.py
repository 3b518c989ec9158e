"""How results show themselves: a picture by `plot`, and a small table with a thumbnail in a notebook."""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Mapping
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


def as_html(title: str, rows: Mapping[str, str], figure: Figure) -> str:
    """Return a table of `rows` under a `title`, beside a thumbnail of the `figure`."""
    handle = io.BytesIO()
    figure.savefig(handle, format="png", dpi=_DPI)
    data = base64.b64encode(handle.getvalue()).decode()
    cells = "".join(
        f"<tr><th style='text-align:left'>{html.escape(name)}</th><td>{html.escape(text)}</td></tr>"
        for name, text in rows.items()
    )
    table = f"<table><caption>{html.escape(title)}</caption>{cells}</table>"
    image = f"<img alt='{html.escape(title)}' src='data:image/png;base64,{data}'>"
    return f"<div style='display:flex;gap:1em;align-items:flex-start'>{table}{image}</div>"
