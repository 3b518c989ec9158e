"""`analoghop examples`: list, show and copy the files that ship with analoghop."""

from __future__ import annotations

import filecmp
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from analoghop.cli import options
from analoghop.cli.console import about
from analoghop.cli.text import table
from analoghop.cli.verb import Exit, UsageError, Verb

if TYPE_CHECKING:
    from analoghop.cli.console import Console
    from analoghop.cli.setup.shipped import Shipped

ACTIONS = ("list", "show", "copy")


def configure(parser: ArgumentParser) -> None:
    """Add the options of `examples`."""
    parser.add_argument("action", nargs="?", choices=ACTIONS, default="list", help="list by default")
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="files, or words to look for; all files if none is given"
    )
    parser.add_argument("--to", default=".", metavar="FOLDER", help="where to copy (this folder)")
    parser.add_argument("--force", action="store_true", help="copy over files that differ")
    options.add_common(parser)


def execute(arguments: Namespace, console: Console) -> Exit:
    """List the files, print one of them, or copy them with their folders."""
    chosen = {"list": _listed, "show": _shown, "copy": _copied}[arguments.action](arguments, console)
    files = [{"name": file.name, "about": file.about} for file in chosen]
    console.result({**about(arguments), "files": files})
    return Exit.DONE


def _listed(arguments: Namespace, console: Console) -> list[Shipped]:
    from analoghop.cli.setup.shipped import shipped

    words = [word.lower() for word in arguments.names]
    files = [f for f in shipped() if all(word in f"{f.name} {f.about}".lower() for word in words)]
    if not files:
        raise UsageError(f"no example mentions {' '.join(arguments.names)}")
    for line in table([[file.name, file.about] for file in files], left=2):
        console.line(line)
    console.line()
    console.line("analoghop examples show NAME prints one; analoghop examples copy puts all of them here")
    return files


def _shown(arguments: Namespace, console: Console) -> list[Shipped]:
    from analoghop.cli.setup.shipped import found

    if len(arguments.names) != 1:
        raise UsageError("`show` prints one file: name it")
    file = found(arguments.names[0])
    if file.place.suffix in (".png", ".npy"):
        raise UsageError(f"{file.name} is not a text file: `examples copy` copies it")
    for line in file.text.splitlines():
        console.line(line)
    return [file]


def _copied(arguments: Namespace, console: Console) -> list[Shipped]:
    from analoghop.cli.setup.shipped import found, shipped
    from analoghop.errors import InputError
    from analoghop.formats.files import replacing
    from analoghop.formats.intake import read_bytes

    files = [found(name) for name in arguments.names] or list(shipped())
    if any(file.place.suffix == ".cir" and ".include" in file.text for file in files):
        files += [f for f in shipped() if f.place.suffix == ".lib" and f not in files]
    to = Path(arguments.to)
    if not to.is_dir():
        fault = "is no folder" if to.exists() else "does not exist"
        raise InputError(f"cannot copy to {arguments.to}: it {fault}")
    fresh = {file: to / file.name for file in files if not _same(file.place, to / file.name)}
    for place in fresh.values():
        if place.exists() and not arguments.force:
            raise UsageError(f"{place} exists and differs from the example: `--force` overwrites it")
    for file, place in fresh.items():
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"cannot make the folder {place.parent}: {error.strerror or error}") from None
        with replacing(place) as handle:
            handle.write(read_bytes(file.place))
        console.line(str(place))
    return files


def _same(one: Path, other: Path) -> bool:
    return other.is_file() and filecmp.cmp(one, other, shallow=False)


_EXAMPLES = (
    "analoghop examples list converter",
    "analoghop examples show flipflop.cir",
    "analoghop examples copy --to .",
)

VERB = Verb(
    "examples", "list, show and copy decks, scripts and instances that ship", configure, execute, _EXAMPLES
)
