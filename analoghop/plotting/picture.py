"""`save_figure`: a figure written to a file atomically, with the record of its origin."""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from analoghop.errors import InputError
from analoghop.formats.files import replacing
from analoghop.formats.waveforms.waveforms import plain_record
from analoghop.plotting.style import shortened, style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FORMATS = ("png", "svg", "pdf")


def picture_format(path: str | Path) -> str:
    """Return "png", "svg" or "pdf"; raises `InputError` for any other suffix of `path`."""
    suffix = Path(path).suffix.lower().removeprefix(".")
    if suffix not in FORMATS:
        raise InputError(f"pictures are written to .png, .svg or .pdf files, not to {str(path)!r}")
    return suffix


def save_figure(figure: Figure, path: str | Path, record: Mapping[str, object] | None = None) -> None:
    """Write `figure` to a `.png`, `.svg` or `.pdf` file with `record` (deck, settings, seeds) inside.

    The record is stored, as JSON with the version, in the PNG text `Description`, the SVG `dc:description` or
    the PDF `Subject`; equal figures and records give equal files. Raises `InputError` for another suffix, a
    path that cannot be written, or a record that JSON cannot hold.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    form = picture_format(path)
    metadata = _metadata(form, record or {})
    with style(), warnings.catch_warnings(), replacing(path) as handle:
        # A title may hold letters that the font lacks: they are drawn as boxes, and a warning would not help.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        if form == "png" and isinstance(figure.canvas, FigureCanvasAgg):
            # `Figure.savefig` draws twice to compute a layout; drawing computes it in one pass.
            figure.canvas.print_png(handle, metadata=metadata)  # type: ignore[no-untyped-call]
        else:
            figure.savefig(handle, format=form, metadata=metadata)


def _metadata(form: str, record: Mapping[str, object]) -> dict[str, str | None]:
    from analoghop import __version__

    program = f"analoghop {__version__}"
    whole = {"program": "analoghop", "version": __version__} | plain_record(record)
    described = json.dumps(whole)
    title = shortened(str(record.get("title", "")), 200)
    titled: dict[str, str | None] = {"Title": title} if title else {}
    if form == "png":
        return {"Software": program, "Description": described, **titled}
    if form == "svg":
        return {"Creator": program, "Description": described, "Date": None, **titled}
    return {"Creator": program, "Subject": described, "CreationDate": None, **titled}
