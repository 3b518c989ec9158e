"""Loops of amplifiers without a capacitor that have one solution in closed form or by Newton's method."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from analoghop.activations import Activation, FunctionActivation, Identity
from analoghop.amplifiers import Amplifiers
from analoghop.arrays import Mask
from analoghop.circuit.reduction.implicit import implicit, implicit_conductance
from analoghop.circuit.reduction.sparse import compact
from analoghop.systems.circuits.matrices import Matrix
from analoghop.systems.circuits.observation import LinearMap, Observation, PowerBalance

Parts = Mapping[str, Any]


def opened(parts: Parts, one: int) -> dict[str, Any]:
    """Return the arguments of a `Lure` in which those loops are open that have exactly one solution.

    Sources that read a current which they drive themselves are linear: they are solved for together. An
    amplifier of one input that never falls and opposes itself, such as a diode behind a resistor, becomes
    the function that solves its loop. `one` is the column of the constant source. Other loops stay.
    """
    found = dict(parts)
    linear = _looped_identities(found["amplifiers"], found["Q"])
    if linear.any():
        found = _without(found, linear, one)
    return without_own_loops(found)


def _looped_identities(bank: Amplifiers, Q: Matrix) -> Mask:
    """Return which outputs are those of linear units inside a loop."""
    from scipy import sparse
    from scipy.sparse.csgraph import connected_components

    rows, columns = Q.nonzero()
    reader, read = bank.unit_of_input[rows], bank.unit_of_output[columns]
    graph = sparse.csr_array((np.ones(len(rows)), (reader, read)), shape=(bank.units, bank.units))
    part = connected_components(graph, connection="strong")[1]
    looped = np.zeros(bank.units, dtype=bool)
    looped[reader[part[reader] == part[read]]] = True
    linear = np.array([isinstance(a, Identity) for a in bank.activations], dtype=bool)
    return np.asarray((looped & linear)[bank.unit_of_output])


def _without(parts: dict[str, Any], linear: Mask, one: int) -> dict[str, Any]:
    """Return the parts with the outputs `linear` substituted: they are affine in states and other outputs."""
    bank: Amplifiers = parts["amplifiers"]
    gone, kept = np.flatnonzero(linear), np.flatnonzero(~linear)
    units = bank.unit_of_output
    inputs = np.flatnonzero(np.isin(bank.unit_of_input, units[gone]))
    others = np.setdiff1d(np.arange(bank.inputs), inputs)
    slope = (bank.scale[gone] * bank.gain[inputs]).ravel()
    shift = bank.base[gone].ravel() - slope * bank.offset[inputs].ravel()
    P, Q, R = (_dense(parts[name]) for name in ("P", "Q", "R"))
    into = slope[:, None] * np.concatenate([P[inputs], Q[inputs][:, kept], R[inputs]], axis=1)
    into[:, P.shape[1] + len(kept) + one] += shift
    loop = np.eye(len(gone)) - slope[:, None] * Q[inputs][:, gone]
    try:
        solved = np.linalg.solve(loop, into)
    except np.linalg.LinAlgError:
        return parts
    if not np.isfinite(solved).all():
        return parts
    ends = np.cumsum([P.shape[1], len(kept)])
    X, V, W = np.split(solved, ends, axis=1)

    def through(x: Matrix, v: Matrix, w: Matrix) -> LinearMap:
        v = _dense(v)
        own = v[:, gone]
        return LinearMap(
            compact(_sparse(_dense(x) + own @ X)),
            compact(_sparse(v[:, kept] + own @ V)),
            compact(_sparse(_dense(w) + own @ W)),
        )

    dynamics = through(-_dense(parts["G"]), parts["B"], parts["S"])
    reads = through(P[others], Q[others], R[others])
    left = np.setdiff1d(np.arange(bank.units), units[gone])
    names = parts["unit_names"]
    return {
        **parts,
        "G": -dynamics.x,
        "B": dynamics.v,
        "S": dynamics.w,
        "P": reads.x,
        "Q": reads.v,
        "R": reads.w,
        "amplifiers": bank.take(left),
        "unit_names": tuple(names[k] for k in left),
        "observation": _observed(parts["observation"], through),
        "balance": _balanced(parts["balance"], through),
    }


def _observed(observation: Observation, through: Any) -> Observation:
    return replace(
        observation,
        **{
            name: through(m.x, m.v, m.w)
            for name in ("voltage", "current", "charge")
            for m in [getattr(observation, name)]
        },
    )


def _balanced(balance: PowerBalance, through: Any) -> PowerBalance:
    names = ("resistance", "across", "source_voltage", "source_current", "source_charge")
    return replace(
        balance,
        **{name: through(m.x, m.v, m.w) for name in names for m in [getattr(balance, name)]},
    )


def without_own_loops(parts: Parts) -> dict[str, Any]:
    """Return the parts with amplifiers that read themselves replaced by the solutions of their loops."""
    bank: Amplifiers = parts["amplifiers"]
    Q = _dense(parts["Q"]).copy()
    activations, offset = list(bank.activations), np.array(bank.offset)
    changed = False
    for unit, activation in enumerate(activations):
        if activation.outputs != 1:
            continue
        rows, (column,) = (np.flatnonzero(of == unit) for of in (bank.unit_of_input, bank.unit_of_output))
        loops = Q[rows, column]
        first = rows[0]
        factor = float(bank.gain[first, 0] * loops[0] * bank.scale[column, 0])
        if not loops[0] or loops[1:].any():
            continue
        solved = _solved(activation, factor)
        if solved is None:
            continue
        activations[unit] = solved
        offset[first] -= loops[0] * bank.base[column]
        Q[first, column] = 0.0
        changed = True
    if not changed:
        return dict(parts)
    amplifiers = Amplifiers.of(activations, bank.gain, offset, bank.scale, bank.base)
    return {**parts, "Q": compact(_sparse(Q)), "amplifiers": amplifiers}


def _solved(activation: Activation, factor: float) -> Activation | None:
    if activation.scalar:
        return implicit(activation, factor)
    if isinstance(activation, FunctionActivation) and activation.proportional and factor <= 0:
        return implicit_conductance(activation, factor)
    return None


def _dense(matrix: Any) -> Any:
    return matrix if isinstance(matrix, np.ndarray) else matrix.toarray()


def _sparse(matrix: Any) -> Matrix:
    from scipy import sparse

    return sparse.csr_array(matrix)
