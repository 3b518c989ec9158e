"""Runs of a deck by the program ngspice, returned as `Waveforms`, for comparison with our own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from analoghop.errors import (
    AnalogHopError,
    FileFormatError,
    InputError,
    Location,
    MissingProgram,
    NetlistError,
)
from analoghop.formats.files import read_bytes
from analoghop.formats.waveforms.raw import read_raw
from analoghop.formats.waveforms.waveforms import Waveforms

LIBRARY = Path(__file__).parent / "library"
INCLUDE_DEPTH = 20
TIGHT = ".options method=trap reltol=1e-8 vntol=1e-12 abstol=1e-18 chgtol=1e-24 trtol=1"
TIGHT_STEPS = 2000
# Lines that print, stop early or start other analyses than the transient; `.end` is added as the last line.
DROPPED = {".print", ".plot", ".probe", ".width", ".four", ".op", ".dc", ".ac", ".noise", ".tf", ".end"}

# Saved by ngspice beside node voltages and the currents of V sources: other branch currents, and the inner
# nodes of E and G sources with an expression.
INNER = re.compile(r"i\((?!v).*\)|v\((.*\.)?[eg][^.]*_int\d+\)", re.IGNORECASE)


def find_ngspice() -> Path:
    """Return the path of the program ngspice; raises `MissingProgram`, with how to install it, without it."""
    found = shutil.which("ngspice")
    if found is None:
        raise MissingProgram(
            "ngspice is not installed: get it with `apt-get install ngspice` on Debian and Ubuntu, "
            "or from https://ngspice.sourceforge.io"
        )
    return Path(found)


def run_ngspice(
    deck: str | Path,
    *,
    tight: bool = False,
    stop: float | None = None,
    overrides: Mapping[str, str | float] | None = None,
    include_dirs: Sequence[str | Path] = (),
    timeout: float = 600.0,
) -> Waveforms:
    """Return the waveforms that ngspice computes for the transient of a deck file.

    Signals are those of the deck's `.save` lines, else node voltages and V sources' currents. `tight` sets
    tolerances at which ngspice's own error is far below 1e-5 V; `stop` (s) replaces the deck's end time and
    `overrides` values of its top-level `.param`s. `timeout` in seconds. The record holds the program's
    version, `tight`, `overrides`, and under "measurements" the results of `.meas` (None where one failed).
    With `uic` ngspice keeps no row for t = 0. `.control` blocks are not executed.

    Raises `MissingProgram` without ngspice, `NetlistError` for a deck or an include that cannot be read, and
    `AnalogHopError` with ngspice's own message if it fails or does not finish in time.
    """
    text = _decode(Path(deck))
    prepared = prepare_deck(
        text,
        directory=Path(deck).parent,
        file=str(deck),
        include_dirs=include_dirs,
        tight=tight,
        stop=stop,
        overrides=overrides or {},
    )
    record = {"deck": str(deck), "tight": tight, "stop": stop, "overrides": dict(overrides or {})}
    return _execute(prepared, record, timeout)


def run_ngspice_text(
    text: str,
    *,
    tight: bool = False,
    stop: float | None = None,
    overrides: Mapping[str, str | float] | None = None,
    include_dirs: Sequence[str | Path] = (),
    timeout: float = 600.0,
) -> Waveforms:
    """Return the waveforms that ngspice computes for a deck given as text; see `run_ngspice`.

    Includes are searched in the working directory, in `include_dirs` and in the package's library.
    """
    changes = dict(overrides or {})
    prepared = prepare_deck(
        text, directory=Path(), include_dirs=include_dirs, tight=tight, stop=stop, overrides=changes
    )
    return _execute(prepared, {"tight": tight, "stop": stop, "overrides": changes}, timeout)


def prepare_deck(
    text: str,
    *,
    directory: Path,
    file: str = "<deck>",
    include_dirs: Sequence[str | Path] = (),
    tight: bool = False,
    stop: float | None = None,
    overrides: Mapping[str, str | float] | None = None,
) -> str:
    """Return the deck for ngspice: included files inserted, requests replaced by a block that runs it.

    Arguments are those of `run_ngspice`; raises `NetlistError` for a missing include or transient, and
    `InputError` for an override that is not a name and a value.
    """
    title, _, body = text.partition("\n")
    folders = [directory, *map(Path, include_dirs), LIBRARY]
    lines = [title]
    transients = 0
    for card in _cards(_inline(body.splitlines(), folders, Location(file, 2), 0)):
        words = card[0].lower().split()
        keyword = words[0] if words else ""
        if keyword == ".tran":
            transients += 1
            lines.append(_tran(card, tight, stop))
        elif keyword not in DROPPED:
            lines += card
    if transients != 1:
        raise NetlistError(
            f"the deck asks for {transients or 'no'} transients", Location(file, 1), "one .tran line"
        )
    # In ngspice the last setting of a parameter or an option is valid, on whichever line.
    for name, value in (overrides or {}).items():
        if not re.fullmatch(r"[a-zA-Z_]\w*", name) or "\n" in str(value):
            raise InputError(f"{name}={value} cannot replace a parameter: expected a name and one value")
        lines.append(f".param {name}={value!r}" if isinstance(value, float) else f".param {name}={value}")
    lines += [TIGHT] * tight
    lines += [".control", "set filetype=binary", "run", "write waves.raw", "quit", ".endc", ".end"]
    return "\n".join(lines) + "\n"


def _decode(path: Path, where: Location | None = None) -> str:
    try:
        return read_bytes(path).decode("utf-8", "replace").replace("\r\n", "\n")
    except FileFormatError as error:
        raise NetlistError(f"{path} {error.reason}", where) from error


def _inline(lines: Sequence[str], folders: Sequence[Path], begin: Location, depth: int) -> Iterator[str]:
    """Yield `lines` with `.include` and `.lib` lines replaced by the included text, without `.control`."""
    control = False
    for i, line in enumerate(lines):
        words = re.findall(r'"[^"]*"|\'[^\']*\'|\S+', line)
        keyword = words[0].lower() if words else ""
        if keyword == ".control":
            control = True
        elif keyword == ".endc":
            control = False
        elif control:
            continue
        elif keyword in (".include", ".inc", ".lib") and len(words) > (2 if keyword == ".lib" else 1):
            where = Location(begin.file, begin.line + i, 1, line)
            path = _find(words[1].strip("\"'"), folders, where)
            if depth >= INCLUDE_DEPTH:
                raise NetlistError(f"files include each other more than {INCLUDE_DEPTH} deep", where)
            inner = _decode(path, where).split("\n")
            if keyword == ".lib":
                inner = _section(inner, words[2], where)
            yield from _inline(inner, [path.parent, *folders], Location(str(path), 1), depth + 1)
        else:
            yield line


def _find(name: str, folders: Sequence[Path], where: Location) -> Path:
    for folder in folders:
        if (folder / name).is_file():
            return folder / name
    raise NetlistError(f"the file {name!r} is not found", where, f"a file below {folders[0]}")


def _section(lines: Sequence[str], name: str, where: Location) -> list[str]:
    """Return the lines between `.lib name` and `.endl`."""
    heads = [line.lower().split() for line in lines]
    begin = next((i for i, words in enumerate(heads) if words == [".lib", name.lower()]), None)
    if begin is None:
        raise NetlistError(f"the library has no section {name!r}", where)
    end = next((i for i, words in enumerate(heads) if i > begin and words[:1] == [".endl"]), len(lines))
    return list(lines[begin + 1 : end])


def _cards(lines: Iterator[str]) -> Iterator[list[str]]:
    """Yield logical lines: a line with its `+` continuations and the comments and blanks between them."""
    card: list[str] = []
    pending: list[str] = []
    for line in lines:
        start = line.lstrip()
        if card and start.startswith("+"):
            card += [*pending, line]
            pending = []
        elif not start or start.startswith(("*", ";", "//")):
            pending.append(line)
        else:
            if card:
                yield card
            for comment in pending:
                yield [comment]
            card, pending = [line], []
    yield from ([card] if card else [])


def _tran(card: Sequence[str], tight: bool, stop: float | None) -> str:
    """Return the `.tran` line with its step limited to 1/TIGHT_STEPS of the time, its end at `stop`."""
    text = " ".join(line.lstrip().lstrip("+") for line in card if line.lstrip()[:1] not in ("*", ""))
    text = re.split(r";|//|\s\$", text)[0]
    words = re.findall(r"\{[^}]*\}|'[^']*'|\S+", text)[1:]
    uic = [word for word in words if word.lower() == "uic"]
    times = [f"({word.strip(chr(39) + '{}')})" for word in words if word.lower() != "uic"]
    if len(times) < 2:
        raise NetlistError(
            f"`{text.strip()}` has no step and end", None, ".tran step stop [start [max]] [uic]"
        )
    if stop is not None:
        times[1] = f"({stop!r})"
    if tight:
        # Without the fourth number ngspice's step is limited by the first.
        start, largest = (*times[2:3], "(0)")[0], (*times[3:4], times[0])[0]
        limit = f"min({largest},{times[1]}/{TIGHT_STEPS})"
        times = [limit, times[1], start, limit]
    return " ".join([".tran", *(f"{{{time}}}" for time in times), *uic])


def _execute(deck: str, record: Mapping[str, object], timeout: float) -> Waveforms:
    program = find_ngspice()
    with tempfile.TemporaryDirectory(prefix="analoghop-") as folder:
        (Path(folder) / "deck.cir").write_text(deck)
        environment = os.environ | {"LC_ALL": "C.UTF-8", "NGSPICE_MEAS_PRECISION": "15"}
        try:
            # -n: without the user's start-up file, whose settings would change the numbers.
            done = subprocess.run(
                [program, "-n", "-b", "deck.cir"],
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=timeout,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise AnalogHopError(f"ngspice did not finish within {timeout:g} s") from error
        if "aborted" in done.stderr or not (Path(folder) / "waves.raw").exists():
            raise AnalogHopError(f"ngspice failed: {_complaint(done.stderr)}")
        try:
            waves = read_raw(Path(folder) / "waves.raw")
        except FileFormatError as error:
            raise AnalogHopError(f"ngspice failed: {_complaint(done.stderr)}") from error
    version = re.search(r"^ngspice-(\S+) done", done.stdout, re.MULTILINE)
    program_name = f"ngspice {version[1]}" if version else "ngspice"
    known = {"program": program_name, **record, "measurements": _measurements(deck, done.stdout)}
    asked = re.search(r"^\s*\.save\b", deck, re.MULTILINE | re.IGNORECASE) is not None
    rows = [row for row, name in enumerate(waves.names) if asked or not INNER.fullmatch(name)]
    names, kinds = (tuple(words[row] for row in rows) for words in (waves.names, waves.kinds))
    return Waveforms(names, kinds, waves.data[rows], waves.title, known)


def _measurements(deck: str, output: str) -> dict[str, float | None]:
    names = re.findall(r"^\s*\.meas(?:ure)?\s+tran\s+(\S+)", deck, re.MULTILINE | re.IGNORECASE)
    printed = dict(re.findall(r"^(\S+)\s*=\s*(\S+)", output, re.MULTILINE))
    results: dict[str, float | None] = {}
    for name in map(str.lower, names):
        try:
            results[name] = float(printed[name])
        except (KeyError, ValueError):
            results[name] = None
    return results


def _complaint(stderr: str) -> str:
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    lines = [line for line in lines if not line.startswith(("Trying gmin", "Note:"))]
    telling = [
        line for line in lines if re.search(r"error|too small|can't|cannot|unknown", line, re.IGNORECASE)
    ]
    return " | ".join(dict.fromkeys((telling or lines[-5:])[:6])) or "it wrote no waveforms and no message"
