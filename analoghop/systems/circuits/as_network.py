"""`as_network`: conversion of a Lur'e circuit to Hopfield's network of 1984, if it has that form."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from analoghop.amplifiers import Amplifiers
from analoghop.arrays import Array, Mask
from analoghop.couplings import Coupling, Dense, Sparse
from analoghop.errors import InputError
from analoghop.systems.circuits.matrices import Matrix, any_entry, dense, entries, off_diagonal
from analoghop.systems.circuits.network import Network

if TYPE_CHECKING:
    from analoghop.systems.circuits.lure import Lure

ROUNDING = 1e-9  # entries below this fraction of their row's scale are rounding errors of the reduction


def dynamic_units(bank: Amplifiers, B: Any, P: Any, Q: Any) -> Mask:
    """Return the mask of amplifier units that belong to the dynamics, (units,); the others are only read out.

    They are the units that act on a state, directly or through others, and the units that are the only reader
    of a state: an unconnected output does not separate an amplifier from its node. Matrices as in `Lure`.
    """
    units = np.zeros(bank.units, dtype=bool)
    units[bank.unit_of_output[np.asarray(abs(B).sum(axis=0)).ravel() > 0]] = True
    readers, read = Q.nonzero()
    while True:
        more = bank.unit_of_output[read[units[bank.unit_of_input[readers]]]]
        if units[more].all():
            break
        units[more] = True
    rows, states, _ = entries(P)
    covered = np.zeros(P.shape[1], dtype=bool)
    covered[states[units[bank.unit_of_input[rows]]]] = True
    of_unit = np.searchsorted(bank.unit_of_input[rows], np.arange(bank.units + 1))
    inputs = np.bincount(bank.unit_of_input, minlength=bank.units)
    for unit in np.flatnonzero(~units):
        part = slice(of_unit[unit], of_unit[unit + 1])
        read = states[part]
        alone = len(read) == inputs[unit] == len(set(rows[part])) == len(set(read))
        if alone and not covered[read].any():
            units[unit] = True
            covered[read] = True
    return units


def only_dynamic(lure: Lure) -> Lure:
    """Return the circuit without the units that are only read out, and without its observation."""
    bank = lure.amplifiers
    active = dynamic_units(bank, lure.B, lure.P, lure.Q)
    inputs, outputs = active[bank.unit_of_input], active[bank.unit_of_output]
    amplifiers = bank.take(np.flatnonzero(active))
    names = (
        tuple(n for n, keep in zip(lure.unit_names, active, strict=True) if keep) if lure.unit_names else ()
    )
    return replace(
        lure,
        B=lure.B[:, outputs],
        P=lure.P[inputs],
        Q=lure.Q[inputs][:, outputs],
        R=lure.R[inputs],
        amplifiers=amplifiers,
        observation=None,
        balance=None,
        unit_names=names,
    )


def network_obstacles(core: Lure) -> tuple[str, ...]:
    """Return why the circuit is not of the form `C u' = T v - G u + I`, one sentence each; () if it is."""
    reasons = []
    for name, matrix in (("conductance", core.G), ("capacitance", core.C)):
        pair = _off_diagonal(matrix, np.abs(matrix.diagonal()))
        if pair:
            a, b = (core.states[k] for k in pair)
            reasons.append(f"{name} between input nodes {a} and {b}")
    if core.depth:
        reasons.append("an amplifier reads another amplifier's output directly")
    reasons += _reading_obstacles(core)
    moving = core.signals.moving
    if any_entry(core.R[:, moving]):
        reasons.append("an amplifier reads a moving source directly")
    if any_entry(core.S_rate[:, moving]):
        reasons.append("a capacitor is driven by a moving source")
    return tuple(reasons)


def _off_diagonal(matrix: Any, scale: Array) -> tuple[int, int] | None:
    """Return (row, column) of an off-diagonal entry above the rounding error, None if there is none."""
    rows, columns, values = off_diagonal(matrix)
    found = np.flatnonzero(np.abs(values) > ROUNDING * np.sqrt(scale[rows] * scale[columns]))
    return (int(rows[found[0]]), int(columns[found[0]])) if len(found) else None


def _reading_obstacles(core: Lure) -> list[str]:
    read = entries(core.P)
    bank = core.amplifiers
    reasons = []
    if bank.inputs != bank.outputs or any(a.inputs != a.outputs for a, _ in bank.blocks):
        reasons.append("an amplifier has more inputs than outputs")
    reads = np.bincount(read.rows, minlength=bank.inputs)
    names = core.unit_names or tuple(f"amplifier {k + 1}" for k in range(bank.units))
    for row in np.flatnonzero(reads != 1)[:1]:
        what = "no state" if reads[row] == 0 else "several states"
        reasons.append(f"{names[bank.unit_of_input[row]]} reads {what}")
    readers = np.bincount(read.columns, minlength=core.size)
    for col in np.flatnonzero(readers != 1)[:1]:
        how = "no amplifier" if readers[col] == 0 else "several amplifiers"
        reasons.append(f"{core.states[col]} is read by {how}")
    return reasons


def as_network(core: Lure) -> Network | None:
    """Return the circuit as a `Network` with the same states in the same order, None if it is not one.

    Amplifiers that act on no state must have been left out (`Lure.core`). A voltage divider at an input
    becomes part of the gain, a constant source at an input part of the offset.
    """
    if network_obstacles(core) or not core.amplifiers.units:
        return None
    bank, read = core.amplifiers, entries(core.P)
    if (read.columns != read.rows).any():
        return None  # the reduction orders states like their amplifiers; other circuits may not
    factor = read.values[:, None]
    labels = tuple(_label(s) for s in core.states)
    moving, w0 = core.signals.moving, core.signals.resting_value()
    shift = core.R @ w0
    amplifiers = Amplifiers(
        bank.blocks, bank.gain * factor, (bank.offset - shift) / factor, bank.scale, bank.base
    )
    return Network(
        _coupling(core.B),
        amplifiers,
        C=core.C.diagonal(),
        G=core.G.diagonal(),
        bias=core.S @ w0,
        signals=core.signals.take(moving),
        S=dense(core.S[:, moving]),
        gain_factor=core.gain_factor,
        coupling_factor=core.coupling_factor,
        noise_density=np.zeros(()) if core.noise_density is None else core.noise_density,
        noise_factor=core.noise_factor,
        names=labels if len(set(labels)) == len(labels) else core.states,
    )


def _label(state: str) -> str:
    """Return the name of a unit from its state: `v(u1)` gives 1, `v(x)` gives x."""
    node = state[2:-1] if state.startswith("v(") else state
    return node[1:] if len(node) > 1 and node[0] == "u" else node


def _coupling(T: Matrix) -> Coupling:
    n = T.shape[0]
    if n > 50 and len(entries(T).values) < 0.2 * n * n:
        from scipy import sparse

        return Sparse(sparse.csr_array(T))
    return Dense(dense(T))


def cascade_depth(Q: Any, amplifiers: Amplifiers) -> int:
    """Return the length of the longest chain of amplifiers that read amplifiers directly.

    Raises `InputError` if they form a loop.
    """
    readers: dict[int, set[int]] = {}
    for row, col in zip(*Q.nonzero(), strict=True):
        readers.setdefault(int(amplifiers.unit_of_output[col]), set()).add(int(amplifiers.unit_of_input[row]))
    depth, level = 0, set(readers)
    while level:
        depth += 1
        level = {reader for unit in level for reader in readers.get(unit, ())}
        if depth > amplifiers.units:
            raise InputError("amplifiers read each other in a loop without a capacitor: put one at an input")
    return max(depth - 1, 0)
