"""ngspice as the second opinion: the same circuit, run by the program ngspice, as `Waveforms`."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from analoghop.circuit.circuit import Circuit
from analoghop.circuit.netlist import parse, read
from analoghop.circuit.ngspice_deck import RAW, Analysis, NgspiceDeck, ngspice_deck
from analoghop.errors import AnalogHopError, FileFormatError, MissingProgram, shown
from analoghop.formats.intake import LARGEST, read_head
from analoghop.formats.waveforms.raw import read_raw, read_tables
from analoghop.formats.waveforms.table import AnalysisTable
from analoghop.formats.waveforms.waveforms import Waveforms

T = TypeVar("T")
SAID = 1 << 22
"""Bytes of what ngspice prints that are looked at."""
_ENVIRONMENT = {"LC_ALL": "C.UTF-8", "NGSPICE_MEAS_PRECISION": "15"}


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
    """Return what ngspice computes for the transient of a deck file, as `netlist.read` understands it.

    `overrides` and `include_dirs` are those of `netlist.read`, the other arguments and the record those of
    `run_ngspice_circuit`. Raises `NetlistError` for a deck that is refused here, and what that one raises.
    """
    changes = dict(overrides or {})
    circuit = read(deck, include_dirs, changes)
    return run_ngspice_circuit(
        circuit, tight=tight, stop=stop, timeout=timeout, record={"deck": str(deck), "overrides": changes}
    )


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
    circuit = parse(text, directory=".", include_dirs=include_dirs, overrides=changes)
    return run_ngspice_circuit(
        circuit, tight=tight, stop=stop, timeout=timeout, record={"overrides": changes}
    )


def run_ngspice_circuit(
    circuit: Circuit,
    *,
    tight: bool = False,
    stop: float | None = None,
    timeout: float = 600.0,
    record: Mapping[str, object] | None = None,
) -> Waveforms:
    """Return what ngspice computes for the transient of a circuit.

    Signals are those of the circuit's `saves`, else node voltages and V sources' currents. `tight` sets
    tolerances at which ngspice's own error is far below 1e-5 V; `stop` (s) replaces the end time. `timeout`
    in seconds. The record has `record`, the program's version, `tight`, `stop`, and under "measurements" the
    results of `.meas` (None where one failed). With `uic` ngspice keeps no row for t = 0.

    ngspice sees no text of a deck: see `ngspice_deck`. It runs in an empty folder, without start-up files of
    the user's. Raises `MissingProgram` without ngspice, `NetlistError` without a transient, and
    `AnalogHopError` with ngspice's own words where it fails or does not finish in time.
    """
    deck = ngspice_deck(circuit, tight=tight, stop=stop)
    waves, version, measured = _answer(deck, timeout, read_raw)
    known = {
        "program": version,
        **(record or {}),
        "tight": tight,
        "stop": stop,
        "measurements": measured,
    }
    signals = [(row, own) for row, name in enumerate(waves.names) if (own := deck.signal(name)) is not None]
    rows = [row for row, _ in signals]
    kinds = tuple(waves.kinds[row] for row in rows)
    return Waveforms(tuple(own for _, own in signals), kinds, waves.data[rows], circuit.title, known)


def run_ngspice_analysis(
    circuit: Circuit, analysis: Analysis, *, tight: bool = True, timeout: float = 600.0
) -> tuple[list[AnalysisTable], dict[str, float | None]]:
    """Return the plots of an `analysis` of a circuit by ngspice, "dc", "ac" or "noise", and measurements.

    Columns have the circuit's own names; signals that only ngspice knows are left out. The record of a plot
    has the program's version. Other arguments and errors are those of `run_ngspice_circuit`.
    """
    deck = ngspice_deck(circuit, tight=tight, analysis=analysis)
    tables, version, measured = _answer(deck, timeout, read_tables)
    named = []
    for table in tables:
        own = [deck.column(name) for name in table.names]
        rows = [row for row, name in enumerate(own) if name is not None]
        names = tuple(name for name in own if name is not None)
        kinds, data = tuple(table.kinds[row] for row in rows), table.data[rows]
        named.append(AnalysisTable(table.plot, names, kinds, data, circuit.title, {"program": version}))
    return named, measured


def _answer(
    deck: NgspiceDeck, timeout: float, read_plots: Callable[[Path], T]
) -> tuple[T, str, dict[str, float | None]]:
    """Run ngspice; return what it has written, its version, and the values of the measurements."""
    program = find_ngspice()
    with tempfile.TemporaryDirectory(prefix="analoghop-") as name:
        folder = Path(name)
        (folder / "deck.cir").write_text(deck.text, encoding="ascii")
        _run(program, folder, timeout)
        printed, complaints = (
            read_head(folder / file, SAID).decode("utf-8", "replace") for file in ("out.txt", "err.txt")
        )
        if "aborted" in complaints or not (folder / RAW).exists():
            raise AnalogHopError(f"ngspice failed: {_complaint(deck, complaints)}")
        try:
            found = read_plots(folder / RAW)
        except FileFormatError as error:
            raise AnalogHopError(f"ngspice failed: {_complaint(deck, complaints)}") from error
    version = re.search(r"^ngspice-(\S+) done", printed, re.MULTILINE)
    return found, f"ngspice {version[1]}" if version else "ngspice", _measurements(deck, printed)


def _run(program: Path, folder: Path, timeout: float) -> None:
    """Run ngspice on `deck.cir` in `folder`; raises `AnalogHopError` where it does not end in time."""
    with (folder / "out.txt").open("wb") as out, (folder / "err.txt").open("wb") as err:
        process = subprocess.Popen(
            [
                program,
                "-n",
                "-b",
                "deck.cir",
            ],  # -n: no start-up file, whose settings would change the numbers
            cwd=folder,
            env=os.environ | _ENVIRONMENT | {"HOME": str(folder)},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
        )
        try:
            _limit_output(process.pid)
            process.wait(timeout)
        except subprocess.TimeoutExpired as error:
            raise AnalogHopError(f"ngspice did not finish within {timeout:g} s") from error
        finally:
            process.kill()
            process.wait()


def _limit_output(pid: int) -> None:
    """Let a process write no file of more than `LARGEST` bytes, where the system knows such a limit."""
    import resource  # not on every system

    if hasattr(resource, "prlimit"):
        try:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (LARGEST, LARGEST))
        except ProcessLookupError:
            return  # it has ended


def _measurements(deck: NgspiceDeck, output: str) -> dict[str, float | None]:
    printed = dict(re.findall(r"^(\S+)\s*=\s*(\S+)", output, re.MULTILINE))
    results: dict[str, float | None] = {}
    for there, name in deck.measures.items():
        try:
            results[name] = float(printed[there])
        except (KeyError, ValueError):
            results[name] = None
    return results


def _complaint(deck: NgspiceDeck, stderr: str) -> str:
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    lines = [line for line in lines if not line.startswith(("Trying gmin", "Note:"))]
    telling = [
        line for line in lines if re.search(r"error|too small|can't|cannot|unknown", line, re.IGNORECASE)
    ]
    words = " | ".join(dict.fromkeys((telling or lines[-5:])[:6]))
    return shown(deck.translated(words)) or "it wrote no waveforms and said nothing"
