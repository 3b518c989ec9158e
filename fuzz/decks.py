"""Decks from a grammar, and decks of the package changed at random: `python -m fuzz.decks --seconds 60`."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from pathlib import Path
from random import Random

from analoghop.circuit import netlist
from analoghop.cli import DEBUG, main
from analoghop.errors import InputError
from fuzz.changes import changed
from fuzz.grammar import deck
from fuzz.hunt import Broken, command, folder, steers

CIRCUITS = Path(__file__).parents[1] / "circuits"
VERBS = (("run",), ("run", "--tstop", "3u"), ("show",), ("op",), ("run", "--settle"))
OTHERS = (
    ("run", "--starts", "3"),
    ("run", "--seed", "1", "--rtol", "1e-3"),
    ("dc",),
    ("dc", "--sweep", "V1=-1:1:0.5", "--json"),
    ("ac",),
    ("ac", "--frequencies", "dec:2:1:1meg", "--json"),
    ("noise",),
    ("noise", "--frequencies", "lin:3:0:1k", "--output", "v(a)", "--input", "V1", "--json"),
)
LARGEST = 6000
"""Bytes of the decks that are changed."""


def from_grammar(random: Random) -> bytes:
    """Return a deck whose every line follows the grammar, mostly."""
    return deck(random).encode()


def from_circuits(random: Random) -> bytes:
    """Return one of the decks in `circuits/`, or one of the grammar, changed in a few places."""
    places = [p for p in sorted(CIRCUITS.glob("*.cir")) if p.stat().st_size < LARGEST]
    whole = deck(random).encode() if random.random() < 0.5 else random.choice(places).read_bytes()
    return changed(random, whole)


def attempt(content: bytes) -> None:
    """Parse a deck, write it and parse it again, and let one verb have it: one of the first group, mostly."""
    text = content.decode("utf-8", "replace")
    circuit = netlist.parse(text, directory=CIRCUITS)
    with suppress(InputError):  # for names that no deck can hold
        written = netlist.format(circuit)
        if netlist.parse(written) != circuit:
            raise Broken("written and read again it is another circuit", written)
    random = Random(content)
    path = folder() / "deck.cir"
    path.write_bytes(content)
    words = random.choice(VERBS if random.random() < 0.5 else VERBS + OTHERS)
    _verb([words[0], str(path), *words[1:], "--include-dir", str(CIRCUITS)])


def _verb(words: list[str]) -> None:
    """Run the command line; raises `Broken` for an internal failure, and for signs that steer a terminal.

    What libraries print beside Python, such as LAPACK, would spoil the JSON: that is `Broken`, too.
    """
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err), _descriptor(1) as printed:
        code = main([*words, "--time-limit", "0.1", "--quiet"])
    if beside := printed():
        raise Broken(f"{words[0]}: a library prints", beside)
    story = err.getvalue()
    if code not in (0, 2, 3, 4):
        failure = story.rstrip().splitlines()[-1] if story.strip() else ""
        raise Broken(f"{words[0]}: {failure[:80]}", story)
    for text in (out.getvalue(), story):
        if steers(text):
            raise Broken(f"{words[0]}: a sign that steers", repr(text))


@contextmanager
def _descriptor(number: int) -> Iterator[Callable[[], str]]:
    """Send what is written to a descriptor into a file in here; the value returns it."""
    kept = os.dup(number)
    with (folder() / "printed").open("w+b") as file:
        os.dup2(file.fileno(), number)
        try:
            yield lambda: (folder() / "printed").read_text(errors="replace")
        finally:
            os.dup2(kept, number)
            os.close(kept)


MAKERS = {"grammar": (from_grammar, attempt), "circuits": (from_circuits, attempt)}

if __name__ == "__main__":
    os.environ[DEBUG] = "1"
    sys.exit(command("decks", MAKERS))
