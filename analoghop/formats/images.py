"""PNG images as arrays of brightness, looked at before they are unpacked."""

from __future__ import annotations

import io
import warnings
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from analoghop.arrays import Array
from analoghop.errors import FileFormatError, Location
from analoghop.formats.intake import PIXELS, read_bytes

PNG = b"\x89PNG\r\n\x1a\n"


def read_image(path: str | Path) -> Array:
    """Return the brightness 0..1 (rows, cols) of a PNG image, transparent pixels on white paper.

    Raises `FileFormatError` for any other file, and for more than `PIXELS` pixels.
    """
    where, content = Location(str(path), 1), read_bytes(path)
    if not content.startswith(PNG):
        raise FileFormatError("is no PNG image", where)
    _check_size(content, where)
    from matplotlib.image import imread

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # Pillow warns of images made to exhaust the memory
            image: Any = np.asarray(imread(io.BytesIO(content), format="png"), dtype=np.float64)
    except (OSError, ValueError, SyntaxError, MemoryError, EOFError, zlib.error, Warning) as error:
        raise FileFormatError(f"cannot be read as an image: {error}", where) from error
    if not image.size:
        raise FileFormatError("has no pixels", where)
    return _luminance(image)


def _check_size(content: bytes, where: Location) -> None:
    """Raise `FileFormatError` unless one header, the first chunk, gives the size of the image."""
    position, headers = len(PNG), 0
    while position + 8 <= len(content):
        length, kind = int.from_bytes(content[position : position + 4]), content[position + 4 : position + 8]
        if kind == b"IHDR":
            headers += 1
            width, height = (int.from_bytes(content[position + k : position + k + 4]) for k in (8, 12))
            if width * height > PIXELS:
                reason = f"has {height} x {width} pixels: at most {PIXELS} are read"
                raise FileFormatError(reason, where)
        if headers != 1:
            break
        position += 12 + length
    if headers != 1:
        raise FileFormatError("cannot be read as an image: it has no header of its own, or two", where)


def _luminance(image: Array) -> Array:
    """Return the brightness of grey, grey-alpha, RGB or RGBA pixels."""
    if image.ndim == 2:
        return image
    colours = image.shape[2]
    alpha = image[..., -1] if colours in (2, 4) else np.ones(image.shape[:2])
    light = image[..., 0] if colours <= 2 else image[..., :3] @ np.array([0.299, 0.587, 0.114])
    return np.asarray(alpha * light + (1.0 - alpha))
