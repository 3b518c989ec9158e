"""`ac`: the small-signal response of a circuit at the equilibrium that it reaches."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import ArrayLike

from analoghop.analyses.grid import given_frequencies
from analoghop.analyses.linear import Complex, linearised
from analoghop.analyses.standstill import Bias, at_levels, bias, circuit_of, columns, held, observed
from analoghop.arrays import Array, Mask
from analoghop.circuit.circuit import Circuit
from analoghop.circuit.elements import CurrentSource, Phasor, VoltageSource
from analoghop.circuit.expressions import Call, Expr, Leaf
from analoghop.circuit.measure import SignalValues, measured_from, measured_signals
from analoghop.circuit.reduction.compile import compile_circuit
from analoghop.errors import InputError
from analoghop.formats.waveforms.files import write_table_file
from analoghop.formats.waveforms.table import AnalysisTable
from analoghop.limits import Limits, limited
from analoghop.systems.circuits.lines.relaxed import relaxed
from analoghop.systems.circuits.lure import Lure
from analoghop.systems.circuits.matrices import Matrix

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, eq=False)
class Rest:
    """A circuit at rest: `held` equations, the map of the sources' rates, the equilibrium, all signals."""

    circuit: Circuit
    lure: Lure
    S_rate: Matrix
    bias: Bias
    levels: Mapping[str, float]


def resting(circuit: Circuit, limits: Limits) -> Rest:
    """Return a circuit at the equilibrium at which it is linearised; see `bias`."""
    still = at_levels(circuit)
    full = relaxed(compile_circuit(still))
    lure = held(full)
    at = bias(still, lure, limits=limits)
    assert lure.observation is not None, "compiled circuits have one"
    levels = dict(zip(lure.observation.signal_names, observed(lure, 0.0, at.state).tolist(), strict=True))
    return Rest(still, lure, full.S_rate, at, levels)


@dataclass(frozen=True, eq=False)
class FrequencyResponse:
    """The phasors of all signals at `frequencies` (k,) in Hz, `values` (signals, k) in V and A.

    `levels` are the signals at rest; `stable` tells whether that equilibrium is stable, None where it is not
    known. `measurements` are those of `.meas ac`. `message` says where frequencies are missing, which are not
    a number then. `response["v(out)"]` is a complex signal, (k,).
    """

    title: str
    frequencies: Array
    signals: tuple[str, ...]
    values: Complex
    levels: Mapping[str, float]
    stable: bool | None
    measurements: Mapping[str, float | None]
    message: str = ""
    record: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.values.flags.writeable = False

    def __getitem__(self, name: str) -> Complex:
        wanted = "".join(name.lower().split())
        for known in (wanted, f"v({wanted})"):
            if known in self.signals:
                row: Complex = self.values[self.signals.index(known)]
                return row
        raise InputError(f"there is no signal {name!r} among the {len(self.signals)} here")

    def db(self, name: str) -> Array:
        """Return 20 log10 of the magnitude of a signal, (k,)."""
        with np.errstate(divide="ignore"):
            return np.asarray(20.0 * np.log10(np.abs(self[name])))

    def phase(self, name: str) -> Array:
        """Return the phase of a signal in degrees, without jumps, (k,)."""
        return np.asarray(np.degrees(np.unwrap(np.angle(self[name]))))

    @property
    def table(self) -> AnalysisTable:
        """Frequencies and phasors as columns."""
        kinds = ["current" if name.startswith("i(") else "voltage" for name in self.signals]
        data = np.concatenate([self.frequencies[None].astype(np.complex128), self.values])
        names, words = ("frequency", *self.signals), ("frequency", *kinds)
        return AnalysisTable("AC Analysis", names, words, data, self.title, self.record)

    def save(self, path: str | Path) -> None:
        """Write `table` to a `.raw`, `.csv` or `.npz` file; raises `InputError` for another suffix."""
        write_table_file(path, self.table)

    def plot(self, *signals: str) -> Figure:
        """Return a Bode plot of `signals`, by default up to seven voltages: decibels and degrees."""
        from analoghop.plotting.runs.bode import PhasorCurve, bode

        names = signals or tuple(name for name in self.signals if name.startswith("v("))[:7]
        curves = [PhasorCurve(name, self.db(name), self.phase(name)) for name in names]
        return bode(self.frequencies, curves, self.title)


class PartValues(SignalValues):
    """Parts of complex signals at frequencies: magnitude, phase in radians, real, imaginary, decibels."""

    def of(self, expr: Expr) -> Array:
        """Return a part of a signal, or a number, at all frequencies, (k,)."""
        if not (isinstance(expr, Call) and expr.function in _PARTS):
            return super().of(expr)
        phasor = cast(Complex, self._leaf(cast(Leaf, expr.arguments[0])))
        with np.errstate(divide="ignore"):
            return np.broadcast_to(_PARTS[expr.function](phasor), self.t.shape)


_PARTS: Mapping[str, Callable[[Complex], Array]] = {
    "mag": np.abs,
    "phase": np.angle,
    "real": np.real,
    "imag": np.imag,
    "db": lambda phasor: 20.0 * np.log10(np.abs(phasor)),
}


def ac(
    source: Circuit | str | Path,
    frequencies: ArrayLike | None = None,
    *,
    inputs: Mapping[str, complex] | None = None,
    parameters: Mapping[str, str | float] | None = None,
    time_limit: float | None = None,
    limits: Limits | None = None,
) -> FrequencyResponse:
    """Return the small-signal response of a circuit, or of the deck in the file `source`.

    `frequencies` in Hz, by default those of the deck's `.ac`; `inputs` are the phasors of sources by name, by
    default those of the deck (`AC amplitude degrees`). The circuit is linearised analytically at the
    equilibrium that `bias` describes. Within the `limits`, or `time_limit` seconds, what was reached is
    returned. Raises `InputError` for an unknown source or where none has a small signal, and `NumericalError`
    where there is no equilibrium, or the linearised circuit has no solution.
    """
    circuit = circuit_of(source, dict(parameters or {}))
    places = given_frequencies(frequencies, circuit.ac, ".ac")
    with limited(limits, time_limit=time_limit) as within:
        return response(resting(circuit, within), places, within, inputs)


def response(
    rest: Rest, frequencies: Array, limits: Limits, inputs: Mapping[str, complex] | None = None
) -> FrequencyResponse:
    """Return the response of a circuit at rest; see `ac`."""
    circuit = rest.circuit
    linear = linearised(rest.lure, rest.S_rate, 0.0, rest.bias.state)
    values = linear.responses(frequencies, _phasors(circuit, inputs, len(rest.lure.signals)), limits)
    names = measured_signals(circuit.ac_measures)
    for name in names:
        if name not in linear.signals:
            raise InputError(f"a .meas ac line asks for {name}, which the circuit does not have")
    known: Mask = np.asarray(np.isfinite(values).all(axis=0))
    measured: dict[str, float | None] = {measure.name: None for measure in circuit.ac_measures}
    if known.any():
        rows = {name: values[linear.signals.index(name), known] for name in names}
        measured = measured_from(
            circuit.ac_measures, PartValues(frequencies[known], cast("dict[str, Array]", rows))
        )
    return FrequencyResponse(
        circuit.title,
        frequencies,
        linear.signals,
        values,
        rest.levels,
        rest.bias.stable,
        measured,
        "" if known.all() else f"the time was over after {int(known.sum())} of {len(known)} frequencies",
        {"title": circuit.title},
    )


def _phasors(circuit: Circuit, inputs: Mapping[str, complex] | None, size: int) -> Complex:
    """Return the phasor of every signal of a compiled circuit, (size,)."""
    places = columns(circuit)
    sources = [e for e in circuit.elements if isinstance(e, VoltageSource | CurrentSource)]
    if inputs is None:
        inputs = {e.name: phasor(e.ac) for e in sources if e.ac is not None}
        if not inputs:
            raise InputError("no source has a small signal: write `AC 1` behind one, or give `inputs`")
    w = np.zeros(size, dtype=np.complex128)
    for name, value in inputs.items():
        if name.lower() not in places:
            raise InputError(f"there is no source `{name}` among {', '.join(places) or 'none'}")
        if not np.isfinite(value):
            raise InputError(f"the phasor of `{name}` is {value}, expected a finite number")
        w[places[name.lower()]] = value
    return w


def phasor(given: Phasor) -> complex:
    """Return `AC amplitude degrees` as a complex number."""
    return complex(given.amplitude * np.exp(1j * np.radians(given.degrees)))
