"""Files of every format, changed at random: `python -m fuzz.formats --seconds 60`."""

from __future__ import annotations

import gzip
import sys
from collections.abc import Callable
from functools import cache, partial
from io import BytesIO
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import numpy as np
from PIL import Image

from analoghop.formats.graphs.reading import read_graph
from analoghop.formats.images import read_image
from analoghop.formats.instances.binary_models import read_bits, read_spins_of
from analoghop.formats.intake import read_toml
from analoghop.formats.memories.patterns import Patterns, read_patterns, write_patterns
from fuzz.changes import changed
from fuzz.hunt import command, folder
from tests.examples.formats import FORMATS, PIXELS

DATA = Path(__file__).parents[1] / "tests" / "data"
SETTINGS = b'noise = 10\nrule = "hebbian"\n[recall]\npattern = [1, 2]\nmodel = "binary"\n'
GRAPHS = {
    "x.graph": b"5 5 011\n4 2 9 5 1\n5 1 9 3 8\n6 2 8 4 2\n1 3 2 5 7\n2 1 1 4 7\n",
    "x.mtx": b"%%MatrixMarket matrix coordinate real symmetric\n% x\n4 4 4\n2 1 5\n3 1 -1e3\n3 2 7\n4 4 1\n",
    "x.edges": b"# edges\na b 5\nb c 7.5\na c -100\nc d 1\n",
    "x.csv": b"source,target,weight\n0,1,5\n1,2,7\n0,2,-100\n",
    "x.gml": b'graph [\n node [ id 0 label "x" ]\n node [ id 1 label "y" ]\n'
    b" edge [ source 0 target 1 weight 2.5 ]\n]\n",
    "x.graphml": b'<?xml version="1.0"?><graphml xmlns="http://graphml.graphdrawing.org/xmlns"><graph id="g" '
    b'edgedefault="undirected"><node id="x"/><node id="y"/><edge source="x" target="y"/></graph></graphml>',
    "x.rudy": b"4 4\n1 2 5\n2 3 -1\n3 4 2\n1 4 1e3\n",
}
"""Graphs by the names of files, whose formats their content tells."""
MODELS = {
    "x.json": b'{"type": "BinaryQuadraticModel", "variable_labels": ["a", ["b", 2], 7], "offset": 0.25, '
    b'"variable_type": "SPIN", "linear_biases": [1.0, -1.0, 0.0], "quadratic_biases": [0.5, -3.0], '
    b'"quadratic_head": [1, 2], "quadratic_tail": [0, 0]}',
    "x.bqpjson": b'{"variable_domain": "boolean", "variable_ids": [10, 11], "scale": 2.0, "offset": 1.0, '
    b'"linear_terms": [{"id": 11, "coeff": 1.5}], "quadratic_terms": [{"id_tail": 10, "id_head": 11, '
    b'"coeff": -1.0}]}',
    "x.coo": b"# vartype=SPIN\n0 0 1.0\n0 1 0.5\n1 1 -1.0\n",
    "x.ising": b"1 2 1.5\n2 3 -1\n3 3 0.5\n",
}
"""Models of bits and spins by the names of files."""
PROGRAM = b"""\\ a knapsack
Maximize
 obj: 3 x + 4 y - [ 2 x * y + 4 z^2 ] / 2 + 5
Subject To
 cap: 2 x + 3 y + z <= 4
 -1 <= x - y <= 1
Bounds
 z <= 1
Binaries
 x y
Generals
 z
End
"""
LARGEST = 20_000
"""Bytes of the files that are changed."""

Reader = Callable[[Path], object]


def one_pixel_image(path: Path, record: Patterns) -> None:
    """Write the first pattern as an image."""
    write_patterns(path, Patterns(record.values[:1], record.shape))


def pixels() -> dict[str, bytes]:
    """Return files of patterns by name: images, a table, an archive, and an idx file, plain and packed."""
    ink = np.array([[1, 0, 1, 1], [0, 0, 1, 0]], dtype=np.uint8)
    idx = bytes([0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 4]) + (255 * ink).tobytes()
    found = {"x.csv": b"# two\n1,0,1\n0,0,1\n", "x.idx": idx, "x.gz": gzip.compress(idx)}
    found["x.pbm"] = b"P1\n# ink\n3 2\n101\n001\n"
    for name in ("x.jpg", "x.bmp", "x.pgm"):
        stream = BytesIO()
        Image.fromarray(255 * ink).save(
            stream, format={"x.jpg": "JPEG", "x.bmp": "BMP", "x.pgm": "PPM"}[name]
        )
        found[name] = stream.getvalue()
    stream = BytesIO()
    np.savez(stream, patterns=ink)
    return found | {"x.npz": stream.getvalue()}


PICTURES = pixels()
READERS: dict[str, Reader] = {name: form.read for name, form in FORMATS.items()}
READERS |= dict.fromkeys((f"graph {name}" for name in GRAPHS), read_graph)
READERS |= {f"bits {name}": read_bits for name in MODELS} | {
    f"spins {name}": read_spins_of for name in MODELS
}
READERS |= dict.fromkeys((f"pattern {name}" for name in PICTURES), read_patterns)
READERS |= {"x.png": read_image, "x.toml": read_toml, "x.npy": FORMATS["x.qubo"].read}


@cache
def originals(name: str) -> tuple[bytes, ...]:
    """Return sound files that the reader called `name` reads."""
    if name.startswith("graph "):
        return tuple(GRAPHS.values())
    if name == "x.lp":
        return (PROGRAM,)
    if name.startswith("pattern "):
        return (PICTURES[name.split()[-1]],)
    if name.startswith(("bits ", "spins ")):
        return tuple(MODELS.values())
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
    path = folder() / name.split()[-1]
    path.write_bytes(content)
    READERS[name](path)


MAKERS = {name: (partial(make, name), partial(attempt, name)) for name in READERS}

if __name__ == "__main__":
    sys.exit(command("formats", MAKERS))
