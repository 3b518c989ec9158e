"""`source_of`: the argument of `simulate` (a deck's path, a circuit or a system) prepared for a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from analoghop.arrays import Array
from analoghop.circuit.circuit import Circuit
from analoghop.circuit.reduction.compile import compile_circuit
from analoghop.errors import InputError, check_kind
from analoghop.systems.base import System
from analoghop.systems.circuits.lure import Lure


class OpenCircuit(NamedTuple):
    """A circuit, the system that it is reduced to, and the entries of a record about its origin."""

    circuit: Circuit
    lure: Lure
    record: Mapping[str, object]


def source_of(
    source: System | Circuit | str | Path,
    parameters: Mapping[str, str | float] | None = None,
    include_dirs: Sequence[str | Path] = (),
) -> System | OpenCircuit:
    """Return a system unchanged; a circuit, or the deck in the file `source`, as an `OpenCircuit`.

    `parameters` are values for a deck's parameters, `include_dirs` further folders for its `.include` lines.
    Raises `InputError` for any other `source`, and for parameters if `source` is not a deck; `NetlistError`
    for a deck that cannot be read or reduced.
    """
    if parameters is not None:
        check_kind(parameters, Mapping, "parameters", "names with their values")
    if isinstance(source, str | Path):
        if isinstance(source, str) and "\n" in source:
            raise InputError("the text of a deck is no path: give `Circuit.parse(text)`")
        circuit = Circuit.read(source, include_dirs=include_dirs, parameters=parameters or {})
        record = {"title": circuit.title, "deck": str(source), "set": dict(parameters or {})}
        return OpenCircuit(circuit, compile_circuit(circuit), record)
    if parameters and isinstance(source, Circuit | System):
        raise InputError("`parameters` are put in where a deck is read; this circuit has its values")
    if isinstance(source, System):
        return source
    check_kind(source, Circuit, "source", "a deck's path, a `Circuit` or a `System`")
    return OpenCircuit(source, compile_circuit(source), {"title": source.title})


def own_start(system: System) -> Array:
    """Return the initial state (n,) that a system defines, zeros if it defines none."""
    start = getattr(system, "start", None)
    return np.zeros(system.size) if start is None else np.asarray(start, dtype=np.float64).ravel()
