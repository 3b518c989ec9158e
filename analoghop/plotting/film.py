"""`write_film`: pictures as a film in a file; `moments`: the times worth showing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from analoghop import __version__
from analoghop.arrays import Array
from analoghop.errors import InputError, MissingProgram
from analoghop.formats.files import replacing
from analoghop.formats.waveforms.waveforms import plain_record

if TYPE_CHECKING:
    from matplotlib.backends.backend_agg import FigureCanvasAgg

FILM = ".gif"
FRAMES = 60
PER_SECOND = 12
HELD = 12
"""Number of repetitions of the last frame."""


def check_film(path: str | Path) -> None:
    """Raise `InputError` for another suffix than `.gif`, `MissingProgram` without Pillow."""
    if Path(path).suffix.lower() != FILM:
        raise InputError(f"an animation is written to a .gif file, not to {str(path)!r}")
    try:
        import PIL.Image  # noqa: F401
    except ImportError as error:
        raise MissingProgram("an animation needs Pillow: pip install pillow") from error


def write_film(
    path: str | Path, frames: Iterable[NDArray[np.uint8]], record: Mapping[str, object] | None = None
) -> None:
    """Write `frames`, pictures (height, width, 3), to a `.gif` file, with `record` as its comment.

    Raises as `check_film` does, and `InputError` for a path that cannot be written.
    """
    check_film(path)
    from PIL import Image

    images = [Image.fromarray(pixels).quantize(64) for pixels in frames]
    still = 1000 // PER_SECOND
    known = {"program": "analoghop", "version": __version__} | plain_record(record or {})
    with replacing(path) as handle:
        images[0].save(
            handle,
            format="GIF",
            save_all=True,
            append_images=images[1:],
            duration=[still] * (len(images) - 1) + [still * HELD],
            loop=0,
            comment=json.dumps(known).encode(),
        )


def pixels(canvas: FigureCanvasAgg) -> NDArray[np.uint8]:
    """Return what a figure shows at this moment, (height, width, 3)."""
    canvas.draw()  # type: ignore[no-untyped-call]
    colours = np.asarray(canvas.buffer_rgba())  # type: ignore[no-untyped-call]
    return colours[..., :3].copy()


def moments(V: Array, count: int) -> list[int]:
    """Return up to `count` indices of V (k, ...), first and last among them, with equal changes between."""
    changes = np.diff(V, axis=0).reshape(len(V) - 1, -1)
    path = np.concatenate([[0.0], np.cumsum(np.sqrt(np.sum(changes**2, axis=1)))])
    if path[-1] == 0:
        return [0]
    wanted = np.linspace(0.0, path[-1], count)
    return sorted({0, *np.searchsorted(path, wanted[:-1]).tolist(), len(V) - 1})
