"""`lower`: conversion of systems to tables for the kernels."""

from __future__ import annotations

from typing import Any

import numpy as np

from analoghop.activations import Activation, Identity, Logistic, Rectifier, Satlin, Softmax, Tanh
from analoghop.amplifiers import Amplifiers
from analoghop.arrays import Array
from analoghop.couplings import Coupling, Sparse
from analoghop.engines.fused.equations.grid import grid_form
from analoghop.engines.fused.equations.signals import signal_tables
from analoghop.engines.fused.equations.tables import (
    CLIP,
    DENSE,
    GRID,
    LINEAR,
    RECTIFY,
    SOFTMAX,
    SPARSE,
    TANH,
    FusedTables,
    Tables,
)
from analoghop.systems.base import System

_LARGEST = 1 << 25  # largest number of entries of a matrix that is stored in full: 256 MB

_KINDS: dict[type[Activation], tuple[int, float, float, float]] = {
    # kind, and f(z) = base + scale kind(slope z)
    Tanh: (TANH, 1.0, 1.0, 0.0),
    Logistic: (TANH, 0.5, 0.5, 0.5),
    Softmax: (SOFTMAX, 1.0, 1.0, 0.0),
    Identity: (LINEAR, 1.0, 1.0, 0.0),
    Satlin: (CLIP, 1.0, 1.0, 0.0),
    Rectifier: (RECTIFY, 1.0, 1.0, 0.0),
}


_NOTHING: dict[str, Any] = {
    "own": np.zeros((0, 0)),
    "indices": np.zeros(0, np.int64),
    "indptr": np.zeros(0, np.int64),
    "p": 0,
    "q": 0,
    "ring": 0,
    "owned": 0,
    "same": 0.0,
    "along": 0.0,
    "across": 0.0,
    "everywhere": 0.0,
}
"""The fields of a coupling's table that its kind leaves empty."""


def lower(system: System) -> FusedTables | None:
    """Return `system` as tables; None if the kernels do not support it."""
    if system.members is not None:
        return lower_family(system)
    network = system.network
    if network is None or not network.size:
        return None
    bank = network.amplifiers
    if not all(type(activation) in _KINDS for activation, _ in bank.blocks):
        return None
    signals = signal_tables((network.gain_factor, network.coupling_factor, *network.signals.signals))
    coupling = _coupling(network.T)
    if coupling is None or signals is None or network.noise is not None:
        return None
    scale, decay = network.input_scale, network.G / network.C
    unit = float(1.0 / decay.max()) if decay.max() > 0 else float(network.time_constants.min())
    slope, rise, base = _amplifiers(bank)
    per_current = unit / (network.C * scale)
    rows: dict[str, Array] = {
        "slope": slope * bank.gain * scale,
        "shift": slope * -bank.gain * bank.offset,
        "rise": rise,
        "pull": per_current,
        "push": per_current * network.bias,
        "leak": decay * unit,
        "rest": network.time_constants / unit,
        "steady": per_current * (network.T @ base) if base.any() else np.zeros_like(scale),
        "injected": per_current * network.S,
    }
    if signals["moving"]:
        ones, zeros = np.ones_like(scale), np.zeros_like(scale)
        rows |= {"gain": rows["slope"], "threshold": rows["shift"], "couple": rows["pull"]}
        rows |= {"slope": ones, "shift": zeros, "pull": ones}
    else:
        rows["push"] = rows["push"] + rows["steady"]
        rows |= dict.fromkeys(("gain", "threshold", "couple"), np.zeros((0, 1)))
    columns: dict[str, Any] = {**coupling, **_blocks(bank), **signals}
    columns |= {name: values.reshape(-1) for name, values in rows.items()}
    return FusedTables(Tables(size=network.size, **columns), scale[:, 0].copy(), unit)


def _amplifiers(bank: Amplifiers) -> tuple[Array, Array, Array]:
    """Return slope and output scale of each row's kernel function, and the output at f = 0, each (n, 1)."""
    slope, rise, base = np.ones((bank.inputs, 1)), np.array(bank.scale), np.array(bank.base)
    for group in bank.kinds.groups:
        _, group_slope, scale, centre = _KINDS[type(group.activation)]
        slope[group.inputs] = group_slope
        base[group.outputs] += rise[group.outputs] * centre
        rise[group.outputs] *= scale
    return slope, rise, base


def _blocks(bank: Amplifiers) -> dict[str, Any]:
    """Return the columns of the table of amplifiers."""
    kinds = [_KINDS[type(activation)][0] for activation, _ in bank.blocks]
    units = [int(count) for _, count in bank.blocks]
    width = [activation.inputs for activation, _ in bank.blocks]
    sizes = np.multiply(units, width)
    first = np.cumsum(sizes) - sizes
    columns = {"kinds": kinds, "first": first, "units": units, "width": width}
    arrays = {name: np.array(values, dtype=np.int64) for name, values in columns.items()}
    return {"banks": len(kinds), **arrays}


def _coupling(T: Coupling) -> dict[str, Any] | None:
    """Return the fields of the tables for a coupling; None if it is too large for them."""
    entries = _NOTHING
    if isinstance(T, Sparse):
        csr = T.matrix
        places = {"indices": csr.indices.astype(np.int64), "indptr": csr.indptr.astype(np.int64)}
        return {**entries, **places, "coupling": SPARSE, "matrix": csr.data.copy()}
    form = grid_form(T)
    if form is not None:
        return {**entries, **form._asdict(), "coupling": GRID}
    if T.shape[0] * T.shape[1] > _LARGEST:
        return None
    return {**entries, "coupling": DENSE, "matrix": T.toarray()}


def lower_family(family: Any) -> FusedTables | None:
    """Return a family as tables; None unless its circuits are networks that the kernels support."""
    template = family.template
    network = template.network
    if network is None or not family.size or family.noise is not None:
        return None
    bank, n = template.amplifiers, family.size
    A, B, P = (family.matrices[name] for name in ("A", "B", "P"))
    plain = np.arange(n)[:, None]
    known = all(type(activation) in _KINDS for activation, _ in bank.blocks)
    single = all(m.columns.shape[1] == 1 and (m.columns == plain).all() for m in (A, P))
    moving = template.signals.moving
    parts = template.signals.take(moving).signals
    signals = signal_tables((template.gain_factor, template.coupling_factor, *parts))
    if not (known and single) or signals is None or bank.inputs != n or template.depth:
        return None
    count = family.count
    scale, decay = np.array(family.input_scale), A.values[:, 0]
    unit = float(1.0 / decay.max()) if decay.max() > 0 else float(family.time_constants.min())
    slope, kind_scale, centre = np.ones((n, 1)), np.ones((n, 1)), np.zeros((n, 1))
    for group in bank.kinds.groups:
        _, slope[group.inputs], factor, middle = _KINDS[type(group.activation)]
        kind_scale[group.outputs], centre[group.outputs] = factor, middle
    at_rest = np.broadcast_to(template.signals.resting_value(), (len(template.signals), count))
    gain = family.columns["gain"] * P.values[:, 0]
    offset = (family.columns["offset"] - family.matrices["R"] @ at_rest) / P.values[:, 0]
    swing = family.columns["scale"]
    base = np.broadcast_to(family.columns["base"] + swing * centre, (n, count))
    pull = unit / scale
    S = family.matrices["S"]
    injected = S.toarray()[:, moving] * pull[:, None]
    rows: dict[str, Array] = {
        "slope": slope * gain * scale,
        "shift": slope * -gain * offset,
        "rise": swing * kind_scale,
        "pull": pull,
        "push": pull * (S @ at_rest),
        "leak": decay * unit,
        "rest": family.time_constants / unit,
        "steady": pull * (B @ base),
        "injected": injected.reshape(n * injected.shape[1], injected.shape[2]),
        "matrix": B.values.reshape(n * B.columns.shape[1], B.values.shape[2]),
    }
    if signals["moving"]:
        rows |= {"gain": rows["slope"], "threshold": rows["shift"], "couple": rows["pull"]}
        rows |= {"slope": np.ones((n, 1)), "shift": np.zeros((n, 1)), "pull": np.ones((n, 1))}
    else:
        rows["push"] = rows["push"] + rows["steady"]
        rows |= dict.fromkeys(("gain", "threshold", "couple"), np.zeros((0, 1)))
    every = {name: np.broadcast_to(values, (len(values), count)) for name, values in rows.items()}
    pattern = {
        "indices": B.columns.ravel().astype(np.int64),
        "indptr": np.arange(n + 1, dtype=np.int64) * B.columns.shape[1],
        "coupling": SPARSE,
    }
    columns: dict[str, Any] = {**_NOTHING, **pattern, **_blocks(bank), **signals}
    columns |= {name: values[:, 0].copy() for name, values in every.items()}
    return FusedTables(Tables(size=n, **columns), scale, unit, every)
