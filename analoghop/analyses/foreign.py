"""The analyses of a circuit here and in ngspice, compared signal by signal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analoghop.analyses.grid import frequencies_of
from analoghop.analyses.response import response, resting
from analoghop.analyses.spectrum import spectrum
from analoghop.analyses.standstill import at_levels
from analoghop.analyses.sweeping import Sweeping, axes_of
from analoghop.analyses.transfer import TransferCurve, swept_curve
from analoghop.arrays import Array
from analoghop.circuit.circuit import Circuit
from analoghop.circuit.elements import CurrentSource, Phasor, VoltageSource
from analoghop.circuit.ngspice import run_ngspice_analysis
from analoghop.circuit.requests import SweptSource
from analoghop.errors import AnalogHopError, NumericalError
from analoghop.limits import Limits

_SMALL = 1e-6  # of the largest signal of its unit: a smaller one is judged by this, not by its own size
_ROUNDING = {"v(": 1e-9, "i(": 1e-12}  # V and A: where all signals of a unit are smaller, they are rounding

Values = NDArray[np.inexact[Any]]


@dataclass(frozen=True)
class Agreement:
    """The largest deviations from ngspice, `relative` to the largest value of each signal, at `points`."""

    analysis: str
    relative: Mapping[str, float]
    points: int

    @property
    def largest(self) -> float:
        """The largest of all relative deviations, 0 where nothing was compared."""
        return max(self.relative.values(), default=0.0)


def compare_dc(circuit: Circuit, limits: Limits, timeout: float) -> Agreement:
    """Compare `.dc` on both ways; ngspice begins each, and again behind every fold, at our equilibrium.

    Behind a fold a circuit runs to one equilibrium of several, and Newton's method jumps to any of them.

    Raises `AnalogHopError` where ngspice fails, or sweeps other values, `NumericalError` where a sweep ends
    early, and what `dc` raises.
    """
    sweeping = Sweeping(circuit, axes_of(circuit))
    curve = swept_curve(sweeping, limits)
    if curve.message:
        raise NumericalError(f".dc is not compared: {curve.message}")
    name, step = circuit.dc[0].name, circuit.dc[0].step
    pairs: list[tuple[str, Values, Values]] = []
    for j in range(len(curve.forward)):
        outer = sweeping.fixed(1, j) if len(curve.axes) > 1 else circuit
        for there in (True, False):
            ours = (curve.forward if there else curve.backward)[j]
            for first, last in _between_folds(curve, j, there):
                rows = np.arange(first, last + 1)[:: 1 if there else -1]
                begin, end = (float(curve.values[rows[k]]) for k in (0, -1))
                asked = begun(outer, curve.signals, ours[:, rows[0]])
                asked = replace(asked, dc=(SweptSource(name, begin, end, step if there else -step),))
                (table, *_), _ = run_ngspice_analysis(asked, "dc", timeout=timeout)
                if table.data.shape[1] != len(rows):
                    found = table.data.shape[1]
                    raise AnalogHopError(f"ngspice sweeps {found} values, not {len(rows)}")
                for row, signal in enumerate(curve.signals):
                    if signal in table.names:
                        pairs.append((signal, ours[row, rows], table[signal]))
    return Agreement("dc", deviations(pairs), len(curve.values) * 2 * len(curve.forward))


def _between_folds(curve: TransferCurve, row: int, there: bool) -> list[tuple[int, int]]:
    """Return the first and last place of each stretch of a way that no fold ends."""
    direction = "forward" if there else "backward"
    folds = [fold.value for fold in curve.folds if (fold.direction, fold.row) == (direction, row)]
    low, high = (
        np.minimum(curve.values[:-1], curve.values[1:]),
        np.maximum(curve.values[:-1], curve.values[1:]),
    )
    cut = [k for k in range(len(low)) if any(low[k] <= fold <= high[k] for fold in folds)]
    return list(zip([0, *(k + 1 for k in cut)], [*cut, len(curve.values) - 1], strict=True))


def begun(circuit: Circuit, signals: Iterable[str], values: Array) -> Circuit:
    """Return a circuit in which ngspice's Newton method begins at `values` of the node voltages."""
    nodes = {name[2:-1]: float(v) for name, v in zip(signals, values, strict=True) if name.startswith("v(")}
    return replace(circuit, initial=(), nodeset=tuple(nodes.items()))


def deviations(pairs: Iterable[tuple[str, Values, Values]]) -> dict[str, float]:
    """Return the largest deviation of each signal from ngspice's, relative to its largest value there."""
    apart: dict[str, float] = {}
    size: dict[str, float] = {}
    for name, ours, theirs in pairs:
        apart[name] = max(apart.get(name, 0.0), float(np.abs(ours - theirs).max(initial=0.0)))
        size[name] = max(size.get(name, 0.0), float(np.abs(theirs).max(initial=0.0)))
    floor = {
        kind: max(_SMALL * max(s for n, s in size.items() if n[:2] == kind), _ROUNDING.get(kind, 0.0))
        for kind in {name[:2] for name in size}
    }
    scale = {name: max(size[name], floor[name[:2]]) for name in size}
    return {name: apart[name] / scale[name] if scale[name] > 0 else apart[name] for name in apart}


def compare_ac(circuit: Circuit, limits: Limits, timeout: float) -> Agreement:
    """Compare `.ac`; ngspice begins at our equilibrium.

    Raises `AnalogHopError` where ngspice fails, or has other frequencies, and what `ac` raises.
    """
    assert circuit.ac is not None, "asked for only where it is given"
    rest = resting(circuit, limits)
    ours = response(rest, frequencies_of(circuit.ac), limits)
    asked = begun(circuit, rest.levels, np.array(list(rest.levels.values())))
    (table, *_), _ = run_ngspice_analysis(asked, "ac", timeout=timeout)
    _check(ours.frequencies, table.data[0].real)
    pairs = [(name, ours[name], table[name]) for name in ours.signals if name in table.names]
    return Agreement("ac", deviations(pairs), len(ours.frequencies))


def compare_noise(circuit: Circuit, limits: Limits, timeout: float) -> Agreement:
    """Compare `.noise` of the resistors: the densities, and the integral at the output.

    ngspice gives TRNOISE sources no noise here; and it integrates the noise at the input with the gain at the
    end of each step, so that integral is not compared. Raises `AnalogHopError` where ngspice fails, or has
    other frequencies, and what `noise` raises.
    """
    asked = circuit.noise
    assert asked is not None, "asked for only where it is given"
    quiet = replace(at_levels(circuit), johnson=circuit.johnson)
    at = frequencies_of(asked.frequencies, ending=False)
    ours = spectrum(quiet, at, (asked.node, asked.reference), asked.source, limits)
    rest = resting(quiet, limits)
    elements = tuple(
        e._replace(ac=Phasor() if e.name == asked.source else None)
        if isinstance(e, VoltageSource | CurrentSource)
        else e
        for e in quiet.elements
    )
    theirs = begun(replace(quiet, elements=elements), rest.levels, np.array(list(rest.levels.values())))
    theirs = replace(theirs, noise=asked._replace(celsius=ours.celsius))
    tables, _ = run_ngspice_analysis(theirs, "noise", timeout=timeout)
    densities = next(table for table in tables if "onoise_spectrum" in table.names)
    totals = next(table for table in tables if "v(onoise_total)" in table.names)
    _check(at, densities.data[0])
    pairs = [
        ("onoise_spectrum", ours.output, densities["onoise_spectrum"]),
        ("inoise_spectrum", ours.input, densities["inoise_spectrum"]),
        ("onoise_total", np.array([ours.output_rms]), totals["v(onoise_total)"]),
    ]
    return Agreement("noise", deviations(pairs), len(at))


def _check(ours: Array, theirs: Array) -> None:
    if len(ours) != len(theirs) or not np.allclose(ours, theirs, rtol=1e-9, atol=0.0):
        raise AnalogHopError(f"ngspice has {len(theirs)} other frequencies than the {len(ours)} here")


COMPARED: Mapping[str, Callable[[Circuit, Limits, float], Agreement]] = {
    "dc": compare_dc,
    "ac": compare_ac,
    "noise": compare_noise,
}
"""The comparison of each analysis, by the circuit's field that asks for it."""
