"""Files of every format, changed at random: `python -m fuzz.formats --seconds 60`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from analoghop.formats.images import read_image
from analoghop.formats.intake import read_toml
from analoghop.formats.memories.patterns import Patterns, write_patterns
from fuzz.changes import changed
from fuzz.hunt import command, folder
from tests.examples.formats import FORMATS, PIXELS

DATA = Path(__file__).parents[1] / "tests" / "data"
SETTINGS = b'noise = 10\nrule = "hebbian"\n[recall]\npattern = [1, 2]\nmodel = "binary"\n'
LARGEST = 20_000
"""Bytes of the files that are changed."""

Reader = Callable[[Path], object]


def one_pixel_image(path: Path, record: Patterns) -> None:
    """Write the first pattern as an image."""
    write_patterns(path, Patterns(record.values[:1], record.shape))


READERS: dict[str, Reader] = {name: form.read for name, form in FORMATS.items()}
READERS |= {"x.png": read_image, "x.toml": read_toml, "x.npy": FORMATS["x.qubo"].read}


@cache
def originals(name: str) -> tuple[bytes, ...]:
    """Return sound files that the reader called `name` reads."""
    with TemporaryDirectory() as own:
        path = Path(own) / name
        if name == "x.toml":
            return (SETTINGS,)
        if name == "x.png":
            one_pixel_image(path, PIXELS)
        elif name == "x.npy":
            write_patterns(path, Patterns(PIXELS.values[:, :2], (1, 2)))
        else:
            FORMATS[name].write(path, FORMATS[name].record)
        found = [path.read_bytes()]
    alike = (p for p in sorted(DATA.glob(f"*{Path(name).suffix}")) if p.stat().st_size < LARGEST)
    return (*found, *(p.read_bytes() for p in alike))


def make(name: str, random: Random) -> bytes:
    """Return a file for the reader called `name`, changed in a few places."""
    files = originals(name)
    return changed(random, random.choice(files), files)


def attempt(name: str, content: bytes) -> None:
    """Give a file to the reader called `name`."""
    path = folder() / name
    path.write_bytes(content)
    READERS[name](path)


MAKERS = {name: (partial(make, name), partial(attempt, name)) for name in READERS}

if __name__ == "__main__":
    sys.exit(command("formats", MAKERS))
