"""`description_of`: all about the circuit on the bench that does not change from frame to frame."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np

from analoghop.arrays import Array, Integers
from analoghop.bench.changes.anneal import schedules_of
from analoghop.bench.picture.schematic import resistors_of, schematic_of
from analoghop.bench.session import Session
from analoghop.bench.setup import Rig
from analoghop.memory.circuits.memory_circuit import MemoryCircuit

MOST_NAMES = 20_000
"""Largest number of names that are listed."""
MOST_EDGES = 2000
"""Largest number of couplings that are drawn: the strongest."""
_ONE_ROW = 12
_PLACE = re.compile(r"(\d+)_(\d+)\)?$")


def description_of(session: Session) -> dict[str, Any]:
    """Return title, names, layout, couplings and parts: all that a page shows besides the `settings_of`."""
    rig = session.rig
    system = rig.system
    return {
        "title": rig.setup.source.title,
        "source": rig.setup.source.to_dict(),
        "schedules": schedules_of(rig.built),
        "hasEnergy": system.has_energy,
        "states": list(system.state_names[:MOST_NAMES]),
        "outputs": list(rig.output_names[:MOST_NAMES]),
        "signals": list(system.signal_names[:MOST_NAMES]),
        "breakable": system.bank is not None,
        "clampable": rig.built.circuit is not None or system.network is not None,
        "layout": layout_of(rig),
        "edges": edges_of(rig),
        "memory": isinstance(rig.built.encoding, MemoryCircuit),
        "resistors": resistors_of(session),
        "plane": system.size == 2,
        "drawn": schematic_of(session) is not None,
    }


def settings_of(session: Session) -> dict[str, Any]:
    """Return what a knob can change: the knobs with their values, theorem, anneal, faults, and the seed."""
    rig = session.rig
    setup, theorem = rig.setup, rig.theorem
    return {
        "seed": session.seed,
        "knobs": [
            {**knob._asdict(), "value": setup.values.get(knob.name, knob.value), "nominal": knob.value}
            for knob in rig.knobs.values()
        ],
        "annealing": None if setup.anneal is None else {"what": setup.anneal.what, "end": setup.anneal.end},
        "theorem": {"applies": theorem.applies, "name": theorem.name, "reasons": list(theorem.reasons)},
        "faults": [fault._asdict() for fault in setup.faults],
        "canUndo": session.can_undo,
        "actions": len(session.log),
    }


def structure_of(rig: Rig) -> tuple[object, ...]:
    """Return what decides the description beyond the settings: the same for equal descriptions."""
    return rig.built, rig.setup.faults, rig.system.state_names


def layout_of(rig: Rig) -> dict[str, Any]:
    """Return rows and columns of the heat map, and the cell of each output, row by row.

    The cells are those of the problem: the pixels of a memory, or the pairs of numbers in the names.
    """
    names, count = rig.output_names, rig.system.n_outputs
    encoding = rig.built.encoding
    if isinstance(encoding, MemoryCircuit) and encoding.memory.size == count:
        rows, columns = encoding.memory.shape
        return {"rows": rows, "columns": columns, "cells": list(range(count))}
    places = [_PLACE.search(name) for name in names]
    if count and all(places):
        pairs = np.array([[int(p[1]), int(p[2])] for p in places if p])
        pairs -= pairs.min(axis=0)
        rows, columns = (pairs.max(axis=0) + 1).tolist()
        if rows * columns <= 4 * count and len({(r, c) for r, c in pairs.tolist()}) == count:
            return _folded(rows, columns, pairs)
    columns = count if count <= _ONE_ROW else math.ceil(math.sqrt(count))
    return {"rows": max(1, -(-count // max(columns, 1))), "columns": columns, "cells": list(range(count))}


def _folded(rows: int, columns: int, pairs: Integers) -> dict[str, Any]:
    """Return the layout of the cells at `pairs` (row, column); a tall one stands in blocks side by side."""
    blocks = 1
    while -(-rows // blocks) > 2 * blocks * (columns + 1):
        blocks += 1
    height, width = -(-rows // blocks), blocks * (columns + (blocks > 1)) - (blocks > 1)
    block, row = pairs[:, 0] // height, pairs[:, 0] % height
    cells = row * width + block * (columns + 1) + pairs[:, 1]
    return {"rows": height, "columns": width, "cells": cells.tolist()}


def edges_of(rig: Rig) -> list[list[float]]:
    """Return the strongest couplings as [input state, output, siemens]; [] if there is no matrix."""
    if rig.system.size > MOST_EDGES:
        return []
    table = rig.system.coupling
    if table is None:
        return []
    matrix = table.matrix.toarray()
    rows, columns = np.divmod(_strongest(np.abs(matrix).ravel()), matrix.shape[1])
    place = {name: k for k, name in enumerate(rig.output_names)}
    numbers = [place.get(name, k) for k, name in enumerate(table.outputs)]
    values = matrix[rows, columns].tolist()
    return [
        [row, numbers[column], value]
        for row, column, value in zip(rows.tolist(), columns.tolist(), values, strict=True)
    ]


def _strongest(sizes: Array) -> Integers:
    """Return the places of the largest of `sizes` in their order, at most `MOST_EDGES`, and of no zero."""
    if np.count_nonzero(sizes) <= MOST_EDGES:
        return np.flatnonzero(sizes)
    least = np.partition(sizes, -MOST_EDGES)[-MOST_EDGES]
    above = np.flatnonzero(sizes > least)
    return np.sort(np.concatenate([above, np.flatnonzero(sizes == least)[: MOST_EDGES - len(above)]]))
