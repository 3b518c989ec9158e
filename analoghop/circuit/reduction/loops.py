"""Loops of amplifiers without a capacitor that have one solution in closed form or by Newton's method."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from analoghop.activations import Activation, FunctionActivation, Identity
from analoghop.amplifiers import Amplifiers
from analoghop.amplifiers.units import rows_of
from analoghop.arrays import Indices, Mask
from analoghop.circuit.reduction.implicit import implicit, implicit_conductance
from analoghop.circuit.reduction.joint import joint, part_of
from analoghop.circuit.reduction.sparse import compact
from analoghop.errors import InputError
from analoghop.systems.circuits.matrices import Matrix
from analoghop.systems.circuits.observation import LinearMap, Observation, PowerBalance

_TOGETHER = 200  # amplifiers of one loop
Parts = Mapping[str, Any]


Aids = Mapping[str, tuple[float, float]]
"""`aid` and `rest` of a `LoopPart`, in the units of its input and output, by the name of its unit."""


def looped(parts: Parts) -> list[str]:
    """Return the names of the units in loops of several."""
    loop = _loops(parts["amplifiers"], parts["Q"])[0]
    return [parts["unit_names"][k] for k in np.flatnonzero(np.bincount(loop)[loop] > 1)]


def opened(parts: Parts, one: int, aids: Aids) -> dict[str, Any]:
    """Return the arguments of a `Lure` in which those loops are open that have exactly one solution.

    Sources that read a current which they drive themselves are linear: they are solved for together. An
    amplifier of one input that never falls and opposes itself, such as a diode behind a resistor, becomes
    the function that solves its loop. Several that oppose each other, such as the diodes of a bridge, become
    one amplifier with as many outputs. `one` is the column of the constant source. `aids` are resistors in
    the circuit that their amplifiers have to take away again. Other loops stay. Raises `InputError` where an
    amplifier with an aid is in none of these loops.
    """
    found = dict(parts)
    linear = _looped_identities(found["amplifiers"], found["Q"])
    if linear.any():
        found = _without(found, linear, one)
    found = without_joint_loops(found, aids)
    if not set(aids).isdisjoint(found["unit_names"]):
        raise InputError("an amplifier cannot take the current of its aid away")
    return without_own_loops(found)


def _loops(bank: Amplifiers, Q: Matrix) -> tuple[Indices, Indices, Indices]:
    """Return the number of the loop of each unit, and the units that read and are read."""
    from scipy import sparse
    from scipy.sparse.csgraph import connected_components

    rows, columns = Q.nonzero()
    reader, read = bank.unit_of_input[rows], bank.unit_of_output[columns]
    graph = sparse.csr_array((np.ones(len(rows)), (reader, read)), shape=(bank.units, bank.units))
    loop = np.asarray(connected_components(graph, connection="strong")[1], dtype=np.intp)
    return loop, reader, read


def _looped_identities(bank: Amplifiers, Q: Matrix) -> Mask:
    """Return which outputs are those of linear units inside a loop."""
    part, reader, read = _loops(bank, Q)
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


def without_joint_loops(parts: Parts, aids: Aids) -> dict[str, Any]:
    """Return the parts with the amplifiers of each loop that has one solution replaced by one amplifier."""
    bank: Amplifiers = parts["amplifiers"]
    loop = _loops(bank, parts["Q"])[0]
    found, left = dict(parts), loop  # `left` are the numbers of the loops of the units as they stand
    aided = {number for number, name in zip(loop, parts["unit_names"], strict=True) if name in aids}
    for number in (n for n, size in enumerate(np.bincount(loop)) if size > 1 or n in aided):
        units = np.flatnonzero(left == number)
        solved = _joined(found, units, aids) if len(units) <= _TOGETHER else None
        if solved is not None:
            found, left = solved, np.append(left[left != number], number)
    return found


def _joined(parts: dict[str, Any], units: Indices, aids: Aids) -> dict[str, Any] | None:
    """Return the parts with the `units` as one amplifier behind all others; None where that is not shown."""
    bank: Amplifiers = parts["amplifiers"]
    order = np.concatenate([np.setdiff1d(np.arange(bank.units), units), units])
    inputs, outputs = (rows_of(of, order) for of in (bank.unit_of_input, bank.unit_of_output))
    moved = bank.take(order)
    first = bank.units - len(units)
    own = np.flatnonzero(moved.unit_of_input >= first), np.flatnonzero(moved.unit_of_output >= first)
    P, Q, R = (_dense(parts[name])[inputs] for name in ("P", "Q", "R"))
    Q = Q[:, outputs]
    loops = Q[np.ix_(*own)]
    names = tuple(parts["unit_names"][k] for k in order)
    members = [part_of(a, np.flatnonzero(moved.unit_of_input[own[0]] == first + k),
                       *aids.get(names[first + k], (0.0, 0.0)))
               for k, a in enumerate(moved.activations[first:])]  # fmt: skip
    if any(member is None for member in members) or len(members) != len(own[1]):
        return None
    found = [member for member in members if member is not None]
    leading = np.array([member.inputs[0] for member in found])
    if np.delete(loops, leading, axis=0).any():
        return None  # a control depends on what it controls
    gain, scale = moved.gain[own[0], 0], moved.scale[own[1], 0]
    coupling = gain[leading, None] * loops[leading] * scale
    name = " and ".join(names[first:])
    solved = joint(found, coupling, f"loop of {name}")
    if solved is None:
        return None
    offset = np.array(moved.offset)
    offset[own[0]] -= loops @ moved.base[own[1]]
    Q[np.ix_(*own)] = 0.0
    activations = (*moved.activations[:first], solved)
    amplifiers = Amplifiers.of(activations, moved.gain, offset, moved.scale, moved.base)

    def permuted(m: LinearMap) -> LinearMap:
        return LinearMap(m.x, m.v[:, outputs], m.w)

    def through(x: Matrix, v: Matrix, w: Matrix) -> LinearMap:
        return permuted(LinearMap(x, v, w))

    return {
        **parts,
        "B": compact(_sparse(_dense(parts["B"])[:, outputs])),
        **{key: compact(_sparse(matrix)) for key, matrix in (("P", P), ("Q", Q), ("R", R))},
        "amplifiers": amplifiers,
        "unit_names": (*names[:first], name),
        "observation": _observed(parts["observation"], through),
        "balance": _balanced(parts["balance"], through),
    }


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
