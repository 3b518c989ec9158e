"""Files that a deck includes: the folders that are searched, and those that may be read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from analoghop.circuit.expressions import parse_number
from analoghop.circuit.netlist.text.lines import MAX_BYTES, DeckLine, read_text, shortened

LIBRARY = Path(__file__).parents[2] / "library"
"""The folder of the amplifiers that come with the package."""
_MAX_DEPTH = 30
_MAX_FILES = 10_000

_QUOTED = re.compile(r"\s*\.\w+\s+(?P<mark>['\"])(?P<path>[^'\"]*)(?P=mark)\s*(?P<rest>.*)")
_BARE = re.compile(r"\s*\.\w+\s+(?P<path>[^\s;'\"]+)\s*(?P<rest>.*)")


class Includes:
    """Reads the files that a deck in `directory` includes: below it, in `include_dirs`, and in the library.

    All files together have at most `MAX_BYTES` bytes.
    """

    def __init__(self, directory: Path | None, include_dirs: Sequence[Path]) -> None:
        self.folders = [folder.resolve() for folder in (*include_dirs, LIBRARY)]
        self.roots = [*([directory.resolve()] if directory else []), *self.folders]
        self.directory = directory.resolve() if directory else None
        self.open: list[tuple[Path, str]] = []
        self.texts: dict[Path, str] = {}
        self.left = MAX_BYTES
        self.count = 0

    def enter(self, line: DeckLine, section: str = "") -> tuple[Path, str, str]:
        """Return the file's path and text, and the end of the `.include` or `.lib` line after the file name.

        Call `leave` when the text has been scanned. Raises `NetlistError` for a file that does not exist, may
        not be read, or includes itself.
        """
        name, rest = self.target(line)
        path = self._find(name, line)
        if (path, section) in self.open:
            circle = " -> ".join(
                p.name for p, _ in [*self.open[self.open.index((path, section)) :], (path, "")]
            )
            raise line.error(f"the file includes itself: {circle}")
        self.count += 1
        if len(self.open) >= _MAX_DEPTH or self.count > _MAX_FILES:
            raise line.error(f"more than {_MAX_DEPTH} nested or {_MAX_FILES} files are included")
        if path not in self.texts:
            self.texts[path] = read_text(path, f"the file {name}", line.at(), MAX_BYTES)
        self.left -= len(self.texts[path])
        if self.left < 0:
            raise line.error(f"the included files have more than {MAX_BYTES} bytes together")
        self.open.append((path, section))
        return path, self.texts[path], rest

    def numbers(self, name: str, line: DeckLine) -> list[float]:
        """Return the numbers in the file `name`, separated by blanks, commas or ends of lines.

        The rules are those of `enter`. Raises `NetlistError` also for a word that is no number.
        """
        path = self._find(name, line)
        self.count += 1
        if path not in self.texts:
            self.texts[path] = read_text(path, f"the file {name}", line.at(), MAX_BYTES)
        self.left -= len(self.texts[path])
        if self.count > _MAX_FILES or self.left < 0:
            raise line.error(f"more than {_MAX_FILES} files or {MAX_BYTES} bytes are included")
        found = []
        for number, text in enumerate(self.texts[path].splitlines(), 1):
            for word in re.split(r"[;*#]", text)[0].replace(",", " ").split():
                value = parse_number(word.lower())
                if value is None:
                    raise line.error(
                        f"line {number} of the file {shortened(name)} has the word `{shortened(word)}`",
                        expected="pairs of a time and a value",
                    )
                found.append(value)
        return found

    def leave(self) -> None:
        """Leave the file that was entered last."""
        self.open.pop()

    @staticmethod
    def target(line: DeckLine) -> tuple[str, str]:
        """Return the file name on the line, with or without quotes, and what follows it."""
        found = _QUOTED.fullmatch(line.original) or _BARE.fullmatch(line.original)
        if not found or not found["path"]:
            raise line.error("the file name is missing", len(line.text), ".include file")
        return found["path"], re.split(r";|\s\$", found["rest"])[0].strip()

    def _find(self, name: str, line: DeckLine) -> Path:
        here = line.source.path.parent if line.source.path else self.directory
        folders = [*([here] if here else []), *self.folders]
        escaped = False
        for folder in folders:
            try:
                path = (folder / name).resolve()
                if not path.is_file():
                    continue
            except (OSError, ValueError, RuntimeError) as error:
                reason = f"the file {shortened(name)} cannot be opened: {getattr(error, 'strerror', error)}"
                raise line.error(reason) from error
            if any(path.is_relative_to(root) for root in self.roots):
                return path
            escaped = True
        shown = shortened(name)
        if escaped:
            raise line.error(
                f"the file {shown} lies outside the folders that this deck may read",
                expected="a file below the deck's own folder or a folder given as --include-dir",
            )
        looked = ", ".join(str(folder) for folder in folders)
        raise line.error(f"there is no file {shown} in {looked}")
