"""Images as arrays of brightness, looked at before they are unpacked."""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from pathlib import Path

import numpy as np

from analoghop.arrays import Array
from analoghop.errors import FileFormatError, Location
from analoghop.formats.intake import PIXELS, read_bytes

PNG = b"\x89PNG\r\n\x1a\n"


_OTHERS = ((b"\xff\xd8\xff", "JPEG"), (b"BM", "BMP"), *((b"P%d" % k, "PPM") for k in range(1, 7)))
"""Formats of Pillow by the first bytes of a file."""
IMAGES = (".png", ".jpg", ".jpeg", ".bmp", ".pbm", ".pgm")
"""Suffixes of images that are patterns."""


def is_image(head: bytes) -> bool:
    """Return whether a file that begins with `head` is an image that `read_image` reads."""
    return head.startswith(PNG) or _other(head) is not None


def _other(head: bytes) -> str | None:
    """Return Pillow's name of another format; portable bitmaps have a blank or a comment behind `P1`."""
    found = next((name for start, name in _OTHERS if head.startswith(start)), None)
    return None if found == "PPM" and head[2:3] not in b" \t\r\n#" else found


def read_image(path: str | Path) -> Array:
    """Return the brightness 0..1 (rows, cols) of an image, transparent pixels on white paper.

    PNG, JPEG, BMP, and the portable formats PBM, PGM and PPM. Raises `FileFormatError` for any other file,
    and for more than `PIXELS` pixels.
    """
    where, content = Location(str(path), 1), read_bytes(path)
    other = _other(content[:16])
    if not content.startswith(PNG) and other is None:
        raise FileFormatError("is no image: PNG, JPEG, BMP and PBM are read", where)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # Pillow warns of images made to exhaust the memory
            image = _png(content, where) if other is None else _pixels(content, other, where)
    except FileFormatError:
        raise
    except (
        OSError, ValueError, SyntaxError, MemoryError, EOFError, TypeError, OverflowError, IndexError,
        KeyError, NotImplementedError, struct.error, zlib.error, Warning,
    ) as error:  # fmt: skip
        raise FileFormatError(f"cannot be read as an image: {error}", where) from error
    if not image.size:
        raise FileFormatError("has no pixels", where)
    return _luminance(image)


def _png(content: bytes, where: Location) -> Array:
    _check_size(content, where)
    from matplotlib.image import imread

    return np.asarray(imread(io.BytesIO(content), format="png"), dtype=np.float64)


def _pixels(content: bytes, name: str, where: Location) -> Array:
    """Return the pixels of an image that is not PNG, 0..1."""
    from PIL import Image

    try:
        image = Image.open(io.BytesIO(content), formats=(name,))
    except Image.DecompressionBombError as error:
        raise FileFormatError(f"has too many pixels: {error}", where) from error
    with image:
        width, height = image.size
        if width * height > PIXELS:
            raise FileFormatError(f"has {height} x {width} pixels: at most {PIXELS} are read", where)
        if image.mode in ("I", "I;16"):  # portable images of more than 8 bits
            return np.asarray(image, dtype=np.float64) / 65535.0
        return np.asarray(image.convert("L" if image.mode in ("1", "L") else "RGB"), dtype=np.float64) / 255.0


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
