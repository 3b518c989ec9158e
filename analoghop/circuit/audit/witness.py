"""`Witness`: the voltages and currents that a run reports, over the sampled intervals of time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from operator import itemgetter
from typing import Any, get_args

import numpy as np

from analoghop.arrays import Array
from analoghop.audits import Samples
from analoghop.circuit.circuit import Circuit
from analoghop.circuit.elements import (
    GROUND,
    Inductor,
    TransmissionLine,
    VoltageControlledCurrent,
    VoltageControlledVoltage,
)
from analoghop.circuit.expressions import Current, Expr, Leaf, Variable, Voltage, evaluate
from analoghop.circuit.primitives.primitives import without_devices
from analoghop.circuit.reduction.topology import VoltageBranch
from analoghop.systems.base import System

_FOUR = (VoltageControlledVoltage, VoltageControlledCurrent, TransmissionLine)
_SIGNS = (1.0, -1.0)
_NUMBERS = 1 << 19  # of elements times times that are looked at, as far as there are
_LEAST = 4  # intervals: 12 to 32 times
_TEMPER = 27.0  # degrees Celsius: the one variable beside `time` that is left once a deck has been read


class Witness:
    """A run's own report of every node's voltage and every source's current at the times of `samples`.

    `elements` are those of the circuit by kind. Rows of voltages are the `nodes`, then ground. `volts`
    (nodes, w q) and `amperes` (branches, then inductors, w q) are those inside the intervals, `change`
    (nodes, w) is that from start to end, and `slack` (nodes, w) the change of the voltages where the states
    move by the error that the engine allows; `flow_change` and `flow_slack` are those of the inductors.
    """

    def __init__(self, circuit: Circuit, system: System, samples: Samples) -> None:
        self.samples = samples = _fewer(samples, len(circuit.elements))
        circuit = without_devices(circuit)
        self.couplings = circuit.couplings
        self.elements = _by_kind(circuit)
        self.branches = tuple(e for kind in get_args(VoltageBranch) for e in self.elements.get(kind, ()))
        self.nodes = _nodes(self.elements)
        self.index = {node: row for row, node in enumerate((*self.nodes, GROUND))}
        self.inductors: tuple[Inductor, ...] = tuple(self.elements.get(Inductor, ()))
        self.system = system
        self._branch = {e.name: row for row, e in enumerate((*self.branches, *self.inductors))}
        voltages = [f"v({node})" for node in self.nodes]
        flowing = [f"i({e.name})" for e in self.inductors]
        names = [*voltages, *(f"i({e.name})" for e in self.branches), *flowing]
        self.t = samples.times.ravel()
        n = len(samples.before)
        seen = system.observe(self.t, samples.states.reshape(n, self.t.size), names)
        self.volts = _grounded(seen[: len(voltages)])
        self.amperes = seen[len(voltages) :]
        w = len(samples.starts)
        tolerance = samples.tolerance * np.random.default_rng(0).choice(_SIGNS, (n, 1))
        after = samples.after
        states = np.concatenate([samples.before, after, after + tolerance, after + np.abs(tolerance)], axis=1)
        at = np.concatenate([samples.starts, *[samples.ends] * 3])
        seen = system.observe(at, states, [*voltages, *flowing])
        start, end, mixed, up = (seen[:, k * w : (k + 1) * w] for k in range(4))
        change, slack = end - start, np.maximum(np.abs(mixed - end), np.abs(up - end))
        n = len(voltages)
        self.change, self.slack = _grounded(change[:n]), _grounded(slack[:n])
        self.flow_change, self.flow_slack = change[n:], slack[n:]

    def mean(self, values: Array) -> Array:
        """Return the means over the intervals (rows, w) of `values` (rows, w q)."""
        return _mean(values, self.samples.weights)

    def rough(self, values: Array) -> Array:
        """Return by how much a rougher quadrature changes the means, (rows, w); 0 if there is none."""
        if self.samples.other is None:
            return np.zeros((len(values), len(self.samples.starts)))
        return np.abs(_mean(values, self.samples.weights - self.samples.other))

    def value(self, expression: Expr) -> Array:
        """Return an expression of the deck at all nodes of the quadratures, (w q,)."""
        return np.broadcast_to(evaluate(expression, self.leaf), self.t.shape)

    def leaf(self, leaf: Leaf) -> Array:
        """Return a leaf of an expression, (w q,)."""
        match leaf:
            case Voltage(a, b):
                return np.asarray(self.volts[self.index[a]] - self.volts[self.index[b]])
            case Current(source):
                return np.asarray(self.amperes[self._branch[source]])
            case Variable("time"):
                return self.t
        return np.full(self.t.shape, _TEMPER)


def _grounded(volts: Array) -> Array:
    return np.concatenate([volts, np.zeros((1, volts.shape[1]))])


def _mean(values: Array, weights: Array) -> Array:
    w, q = weights.shape
    return np.asarray(np.einsum("rwq,wq->rw", values.reshape(len(values), w, q), weights))


def _fewer(samples: Samples, elements: int) -> Samples:
    """Return samples of so few intervals that the currents of all elements stay within bounds."""
    count = len(samples.starts)
    most = max(_NUMBERS // (samples.times.shape[1] * max(elements, 1)), _LEAST)
    if count <= most:
        return samples
    rows = np.unique(np.linspace(0, count - 1, most).astype(np.intp))
    return replace(
        samples,
        **{name: getattr(samples, name)[rows] for name in ("starts", "ends", "times", "weights")},
        **{name: getattr(samples, name)[:, rows] for name in ("before", "after", "states", "tolerance")},
        other=None if samples.other is None else samples.other[rows],
    )


def _by_kind(circuit: Circuit) -> Mapping[type, Sequence[Any]]:
    groups: dict[type, list[Any]] = {}
    for kind, run in groupby(circuit.elements, type):
        groups.setdefault(kind, []).extend(run)
    return groups


def _nodes(elements: Mapping[type, Sequence[Any]]) -> tuple[str, ...]:
    """Return every node that an element is connected to or, for E and G, reads; without ground."""
    seen: dict[str, None] = {}
    for kind, group in elements.items():
        for field in range(1, 5 if kind in _FOUR else 3):
            seen.update(dict.fromkeys(map(itemgetter(field), group)))
    seen.pop(GROUND, None)
    return tuple(seen)
