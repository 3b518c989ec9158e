"""`noise`: the thermal noise of a circuit at an output, element by element, and referred to an input."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from analoghop.analyses.grid import given_frequencies
from analoghop.analyses.linear import Complex, linearised
from analoghop.analyses.response import resting
from analoghop.analyses.standstill import circuit_of, columns, held
from analoghop.arrays import Array
from analoghop.circuit.circuit import Circuit
from analoghop.circuit.elements import GROUND, CurrentSource, Resistor, VoltageSource
from analoghop.circuit.reduction.compile import compile_circuit
from analoghop.circuit.reduction.noise import BOLTZMANN, ZERO_CELSIUS
from analoghop.circuit.transient_noise import TransientNoise
from analoghop.errors import InputError
from analoghop.formats.waveforms.files import write_table_file
from analoghop.formats.waveforms.table import AnalysisTable
from analoghop.limits import Limits, limited
from analoghop.schedules import Constant
from analoghop.systems.circuits.lines.relaxed import relaxed

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_PROBE = "i.noise of "
"""The name of a resistor's noise current; a deck cannot hold it."""
_OUTPUT = re.compile(r"v\(([^\s(),]+)(?:,([^\s(),]+))?\)")
_FLAT = 1e-10  # exponent of the frequency below which a density counts as constant, as in ngspice


@dataclass(frozen=True, eq=False)
class NoiseSpectrum:
    """One-sided densities of noise at `frequencies` (k,) in Hz.

    `output` (k,) is the density at the output in V per root hertz, `gain` (k,) the transfer from the `source`
    there, and `input` (k,) = output/|gain| in V or A per root hertz, infinite where nothing is transferred.
    `contributions` (elements, k) are the parts of the squared output density, in V^2/Hz, of `elements`.
    `output_rms` and `input_rms` are integrals over the frequencies, in V or A, and `element_rms` (elements,)
    those of each element. `message` says where frequencies are missing, which are not a number then.
    """

    title: str
    frequencies: Array
    output_name: str
    source: str
    source_unit: str
    elements: tuple[str, ...]
    contributions: Array
    gain: Complex
    celsius: float
    stable: bool | None
    message: str = ""
    record: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for array in (self.contributions, self.gain):
            array.flags.writeable = False

    @property
    def output(self) -> Array:
        """The density at the output, (k,)."""
        return np.asarray(np.sqrt(self.contributions.sum(axis=0)))

    @property
    def input(self) -> Array:
        """The density referred to the input, (k,)."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(self.output / np.abs(self.gain))

    @property
    def element_rms(self) -> Array:
        """The integrated contribution of each element in V, (elements,)."""
        return np.sqrt(integrated(self.frequencies, self.contributions))

    @property
    def output_rms(self) -> float:
        """The noise at the output within the frequencies, in V."""
        return float(np.sqrt(integrated(self.frequencies, self.contributions).sum()))

    @property
    def input_rms(self) -> float:
        """The noise referred to the input within the frequencies, in V or A; infinite without transfer."""
        if (self.gain == 0).any():
            return float("inf")
        referred = self.contributions / np.abs(self.gain) ** 2
        return float(np.sqrt(integrated(self.frequencies, referred).sum()))

    @property
    def table(self) -> AnalysisTable:
        """Frequencies, densities at output and input, and each element's density at the output."""
        names = ("frequency", "onoise_spectrum", "inoise_spectrum", *(f"onoise_{e}" for e in self.elements))
        kinds = ("frequency", *["voltage-density"] * (len(names) - 1))
        data = np.stack([self.frequencies, self.output, self.input, *np.sqrt(self.contributions)])
        record = {**self.record, "onoise_total": self.output_rms, "celsius": self.celsius}
        return AnalysisTable("Noise Spectral Density Curves", names, kinds, data, self.title, record)

    def save(self, path: str | Path) -> None:
        """Write `table` to a `.raw`, `.csv` or `.npz` file; raises `InputError` for another suffix."""
        write_table_file(path, self.table)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the density at the output and those of the five noisiest elements; return the axes."""
        from analoghop.plotting.runs.density import density

        noisiest = np.argsort(-np.nan_to_num(self.element_rms), kind="stable")[:5]
        parts = {self.elements[k]: np.sqrt(self.contributions[k]) for k in noisiest}
        return density(self.frequencies, self.output, parts, self.output_name, ax, self.title)


def integrated(frequencies: Array, density: Array) -> Array:
    """Return the integrals (rows,) of squared densities (rows, k) over the frequencies.

    Between two frequencies a density is a power of the frequency, as in ngspice; a straight line where one of
    them, or a density, is zero.
    """
    f0, f1 = frequencies[:-1], frequencies[1:]
    d0, d1 = density[:, :-1], density[:, 1:]
    with np.errstate(all="ignore"):
        ratio = np.log(f1 / f0)
        exponent = np.log(d1 / d0) / ratio
        grown = np.expm1(-(exponent + 1.0) * ratio)
        power = -d1 * f1 * grown / (exponent + 1.0)
        steep = np.where(np.abs((exponent + 1.0) * ratio) < _FLAT, d1 * f1 * ratio, power)
        straight = (d0 + d1) * (f1 - f0) / 2.0
    return np.asarray(np.where(np.isfinite(steep) & (d0 > 0), steep, straight).sum(axis=1))


def noise(
    source: Circuit | str | Path,
    frequencies: ArrayLike | None = None,
    *,
    output: str | None = None,
    referred_to: str | None = None,
    celsius: float | None = None,
    parameters: Mapping[str, str | float] | None = None,
    time_limit: float | None = None,
    limits: Limits | None = None,
) -> NoiseSpectrum:
    """Return the noise of a circuit, or of the deck in the file `source`, around its equilibrium.

    Every resistor is a source of thermal noise, a current of one-sided density 4kT/R (Johnson 1928, Nyquist
    1928) at `celsius`; TRNOISE sources are white, of one-sided density 2 NA^2 NT. `frequencies` in Hz,
    `output` such as "v(out)" or "v(a,b)", and the source `referred_to`, are by default those of the deck's
    `.noise`; so is the temperature, else `.temp` or 27. The equilibrium is that of `bias`. One transposed
    solution for each frequency gives all contributions. Raises `InputError` for unknown names, and
    `NumericalError` where there is no equilibrium.
    """
    circuit = circuit_of(source, dict(parameters or {}))
    asked = circuit.noise
    places = given_frequencies(frequencies, asked.frequencies if asked else None, ".noise", ending=False)
    if output is None and asked is not None:
        nodes = asked.node, asked.reference
    else:
        match = _OUTPUT.fullmatch("".join((output or "").lower().split()))
        if match is None:
            raise InputError(f"`output` is {output!r}, expected one such as 'v(out)' or 'v(a,b)'")
        nodes = match[1], match[2] or GROUND
    name = referred_to or (asked.source if asked else None)
    if name is None:
        raise InputError("give the source to which the noise is `referred_to`, for example 'v1'")
    with limited(limits, time_limit=time_limit) as within:
        return spectrum(circuit, places, nodes, name.lower(), within, celsius)


def spectrum(
    circuit: Circuit,
    frequencies: Array,
    nodes: tuple[str, str],
    source: str,
    limits: Limits,
    celsius: float | None = None,
) -> NoiseSpectrum:
    """Return the noise of V(nodes[0], nodes[1]); see `noise`."""
    kelvin = _celsius(circuit, celsius) + ZERO_CELSIUS
    resistors = [e for e in circuit.elements if isinstance(e, Resistor)]
    probes = tuple(CurrentSource(f"{_PROBE}{e.name}", e.a, e.b, Constant(0.0)) for e in resistors)
    strengths = {f"{_PROBE}{e.name}": 4.0 * BOLTZMANN * kelvin / e.value for e in resistors}
    sources = [e for e in circuit.elements if isinstance(e, VoltageSource | CurrentSource)]
    strengths |= {e.name: 2.0 * e.signal.density**2 for e in sources if isinstance(e.signal, TransientNoise)}
    own = {e.name: "V" if isinstance(e, VoltageSource) else "A" for e in sources}
    if source not in own:
        raise InputError(f"there is no source `{source}` among {', '.join(own) or 'none'}")
    rest = resting(circuit, limits)
    probed = replace(rest.circuit, elements=rest.circuit.elements + probes)
    full = relaxed(compile_circuit(probed))
    linear = linearised(held(full), full.S_rate, 0.0, rest.bias.state)
    weights = np.zeros(len(linear.signals))
    for node, sign in zip(nodes, (1.0, -1.0), strict=True):
        if node != GROUND:
            if f"v({node})" not in linear.signals:
                raise InputError(f"there is no node `{node}` whose noise could be given")
            weights[linear.signals.index(f"v({node})")] += sign
    h = linear.transfers(frequencies, weights, limits)
    place = columns(probed)
    rows = np.array([place[name] for name in strengths], dtype=np.intp)
    contributions = np.abs(h[rows]) ** 2 * np.array(list(strengths.values()))[:, None]
    known = np.isfinite(h).all(axis=0)
    reference = f",{nodes[1]}" if nodes[1] != GROUND else ""
    return NoiseSpectrum(
        circuit.title,
        frequencies,
        f"v({nodes[0]}{reference})",
        source,
        own[source],
        tuple(name.removeprefix(_PROBE) for name in strengths),
        contributions,
        h[place[source]],
        kelvin - ZERO_CELSIUS,
        rest.bias.stable,
        ""
        if known.all()
        else f"the time was over after {int(known.sum())} of {len(frequencies)} frequencies",
        {"title": circuit.title},
    )


def _celsius(circuit: Circuit, given: float | None) -> float:
    """Return the temperature: the `given` one, that of the deck, or 27 degrees Celsius."""
    celsius = given
    if celsius is None:
        celsius = circuit.johnson if circuit.johnson is not None else None
    if celsius is None:
        celsius = circuit.noise.celsius if circuit.noise is not None else 27.0
    if not -ZERO_CELSIUS <= celsius < float("inf"):
        raise InputError(f"`celsius` is {celsius!r}, expected a temperature from {-ZERO_CELSIUS}")
    return celsius
