"""`analoghop doctor`: what is installed, what is missing for what, and kernels compiled ahead."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import sys
import time
from argparse import ArgumentParser, Namespace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from analoghop import __version__
from analoghop.cli import options
from analoghop.cli.console import about
from analoghop.cli.text import si, table
from analoghop.cli.verb import Exit, Verb

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analoghop.cli.console import Console

_NEEDED = ("numpy", "scipy", "matplotlib", "tqdm")
_EXTRAS = {
    "numba": ("fast", "compiled anneals and ensembles, 3 to 40 times as fast as NumPy"),
    "torch": ("gpu", "ensembles on a graphics processor"),
    "xarray": ("xarray", "solutions as labelled arrays and netCDF"),
    "ipykernel": ("notebook", "notebooks"),
    "shtab": ("completion", "completion in shells and the page for man(1)"),
    "dimod": ("dimod", "analoghop as a sampler of dimod"),
    "networkx": ("", "graphs of networkx, GML and GraphML files"),
}
_KINDS = {
    "maxcut, ising, qubo": "spins",
    "colouring, queens, sudoku, models": "lines",
    "tsp, qap": "assignments",
    "tsp --search chains": "chains",
    "sat": "clauses",
    "memories": "memories",
    "run --starts": "ensembles",
}
_WAIT = 10.0  # s for ngspice to tell its version


class Part(NamedTuple):
    """A part of the installation: `state` is a version or the like, None if it is missing; `advice` then."""

    name: str
    state: str | None
    advice: str = ""


def configure(parser: ArgumentParser) -> None:
    """Add the options of `doctor`."""
    parser.add_argument(
        "--compile", action="store_true", help="compile the kernels of all kinds of problems now"
    )
    options.add_common(parser)


def execute(arguments: Namespace, console: Console) -> Exit:
    """Report the parts of the installation; done where all that is needed is there."""
    parts = list(_parts())
    rows = [[part.name, part.state or "missing", part.advice] for part in parts]
    for line in table(rows, left=3):
        console.line(line)
    compiled = _compiled(console) if arguments.compile else {}
    missing = [part.name for part in parts if part.state is None and part.name in _NEEDED]
    console.result(
        {
            **about(arguments),
            "parts": {part.name: part.state for part in parts},
            "advice": {part.name: part.advice for part in parts if part.advice},
            "missing": missing,
            "compiled_s": compiled,
        }
    )
    return Exit.FAULT if missing else Exit.DONE


def _parts() -> Iterator[Part]:
    yield Part("analoghop", __version__, str(Path(__file__).parents[2]))
    yield Part("python", platform.python_version(), sys.executable)
    for name in _NEEDED:
        yield Part(name, _version(name), "" if _version(name) else f"pip install {name}")
    for name, (extra, purpose) in _EXTRAS.items():
        found = _version(name)
        words = f"pip install 'analoghop[{extra}]'" if extra else f"pip install {name}"
        yield Part(name, found, "" if found else f"for {purpose}: {words}")
    yield _ngspice()
    yield from _cache()
    yield Part("processors", str(os.cpu_count() or 1), "--threads N shares starts between them")
    limits = {f"{name}_NUM_THREADS" for name in ("OMP", "OPENBLAS", "MKL")} & os.environ.keys()
    for name in sorted(limits):
        yield Part(name, os.environ[name], "threads of linear algebra")
    yield from _accelerator()


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _ngspice() -> Part:
    advice = "for `compare`: apt-get install ngspice, or brew install ngspice"
    program = shutil.which("ngspice")
    if program is None:
        return Part("ngspice", None, advice)
    try:
        told = subprocess.run(
            [program, "-v"], capture_output=True, text=True, timeout=_WAIT, check=False, errors="replace"
        ).stdout
    except (OSError, subprocess.TimeoutExpired) as error:
        return Part("ngspice", None, f"{program} does not answer: {error}")
    number = re.search(r"ngspice-(\S+)", told)
    return Part("ngspice", number[1] if number else "of an unknown version", program)


def _cache() -> Iterator[Part]:
    """The folders of compiled code: numba keeps it beside the kernels, or in NUMBA_CACHE_DIR."""
    if _version("numba") is None:
        return
    place = Path(os.environ.get("NUMBA_CACHE_DIR") or Path(__file__).parents[2] / "engines" / "fused")
    files = [path for path in place.rglob("*.nb[ic]") if path.is_file()]
    size = sum(path.stat().st_size for path in files)
    state = f"{len(files)} files, {si(float(size), 'B')}" if files else "empty"
    advice = str(place)
    if place.is_dir() and not os.access(place, os.W_OK):
        advice = f"{place} cannot be written: set NUMBA_CACHE_DIR, or kernels are compiled at each start"
    elif not files:
        advice = f"{place}: `analoghop doctor --compile` compiles all kernels ahead"
    yield Part("compiled code", state, advice)


def _accelerator() -> Iterator[Part]:
    if _version("torch") is None:
        return
    try:
        import torch
    except (ImportError, OSError) as error:
        yield Part("accelerator", None, f"torch cannot be loaded: {error}")
        return
    if torch.cuda.is_available():
        yield Part("accelerator", torch.cuda.get_device_name(0), "Ensemble(device='cuda')")
    else:
        yield Part("accelerator", None, "torch finds none: ensembles run on the processor")


def _compiled(console: Console) -> dict[str, float]:
    """Run a little of each kind of problem, so that its kernels are compiled; return the seconds of each."""
    from analoghop.engines.choice import numba_installed

    if not numba_installed():
        console.notice("numba is not installed: there is nothing to compile")
        return {}
    from analoghop.cli.setup.kernels import WORK

    took = {}
    for words, name in _KINDS.items():
        begin = time.perf_counter()
        WORK[name]()
        took[name] = round(time.perf_counter() - begin, 3)
        console.line(f"compiled for {words}: {took[name]:.1f} s")
    return took


_EXAMPLES = (
    "analoghop doctor",
    "analoghop doctor --compile",
)

VERB = Verb(
    "doctor",
    "say which packages and programs are installed, and what each missing one is for",
    configure,
    execute,
    _EXAMPLES,
)
