"""The noise of a circuit's states: from its noise sources, and from its resistors at a temperature."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Mask
from analoghop.circuit.elements import CurrentSource, Resistor, VoltageSource
from analoghop.circuit.expressions import Voltage
from analoghop.circuit.reduction.elimination import Dynamics
from analoghop.circuit.reduction.nodal import Nodal
from analoghop.circuit.reduction.sparse import Builder, laplacian
from analoghop.circuit.transient_noise import TransientNoise
from analoghop.systems.circuits.matrices import Matrix, off_diagonal
from analoghop.systems.circuits.solving import solve

BOLTZMANN = 1.380649e-23  # J/K
ZERO_CELSIUS = 273.15  # K, 0 Celsius
_EQUAL = 1e-9  # relative size below which a covariance is rounding


def state_noise(nodal: Nodal, dynamics: Dynamics, R: Matrix, active: Mask) -> NDArray[np.float64] | None:
    """Return the white noise of each state in V per root second, (n,); None for a circuit without noise.

    It comes from TRNOISE sources and, if the circuit has `johnson`, from every resistor (Johnson 1928,
    Nyquist 1928: a current of two-sided spectral density 2kT/R between its ends). `R` maps sources to
    amplifier inputs; `active` marks the inputs of amplifiers that act on a state.
    Raises `NetlistError` if a noise acts on two states at once, or on an amplifier without a capacitor that
    bounds it.
    """
    n = dynamics.C.shape[0]
    covariance = _none(n)
    sources = _sources(nodal)
    if sources:
        _refuse_unbounded(nodal, dynamics, R[active], sources)
        columns = dynamics.S[:, list(sources)] @ _diagonal([s.density for s in sources.values()])
        covariance = covariance + columns @ columns.T
    if nodal.circuit.johnson is not None:
        covariance = covariance + _johnson(nodal, dynamics, active)
    if not covariance.count_nonzero():
        return None
    once = solve(dynamics.C, [covariance])
    inverse = solve(dynamics.C, [once[0].T]) if once is not None else None
    if inverse is None:
        nodal.fail(
            "the noise of a state is no finite number: a capacitor is too small, or a source too large"
        )
    density: NDArray[np.float64] = np.sqrt(np.maximum(inverse[0].diagonal(), 0.0))
    rows, columns, values = off_diagonal(inverse[0])
    together = np.flatnonzero(np.abs(values) > _EQUAL * density[rows] * density[columns])
    if len(together):
        a, b = dynamics.names[int(rows[together[0]])], dynamics.names[int(columns[together[0]])]
        nodal.fail(
            f"noise reaches {a} and {b} together, from a source or a resistor that acts on both: "
            "only noise that is independent for each state is simulated"
        )
    return density


def _none(size: int) -> Matrix:
    from scipy import sparse

    return sparse.csr_array((size, size))


def _diagonal(values: list[float]) -> Matrix:
    from scipy import sparse

    return sparse.diags_array(np.array(values), shape=(len(values), len(values)))


def _sources(nodal: Nodal) -> dict[int, TransientNoise]:
    """Return the noise sources by their column among all sources."""
    found = {}
    for element in nodal.circuit.elements:
        signal = element.signal if isinstance(element, VoltageSource | CurrentSource) else None
        if isinstance(signal, TransientNoise) and signal.density > 0:
            found[nodal.drive.column(element.name)] = signal
    return found


def _refuse_unbounded(
    nodal: Nodal, dynamics: Dynamics, readings: Matrix, sources: dict[int, TransientNoise]
) -> None:
    names = {nodal.drive.column(e.name): e.name for e in nodal.circuit.elements if hasattr(e, "signal")}
    for column in sources:
        if abs(readings[:, [column]]).sum() > 0:
            nodal.fail(
                f"an amplifier reads the noise of {names[column]} without a capacitor between, "
                "and white noise has no bound: put one at its input",
                names[column],
            )
        if abs(dynamics.S_rate[:, [column]]).sum() > 0:
            nodal.fail(
                f"a capacitor joins the noise of {names[column]} to a state: put a resistor between",
                names[column],
            )


def _johnson(nodal: Nodal, dynamics: Dynamics, active: Mask) -> Matrix:
    """Return the covariance per second of the resistors' noise currents into the states, (n, n)."""
    celsius = nodal.circuit.johnson
    assert celsius is not None, "asked for only where it is given"
    resistors = [e for e in nodal.circuit.elements if isinstance(e, Resistor)]
    of_nodes = laplacian(nodal.across(resistors), [1.0 / e.value for e in resistors])
    of_nodes = of_nodes * (2.0 * BOLTZMANN * (celsius + ZERO_CELSIUS))
    rest = dynamics.remainder
    to_roots = rest.change.T @ rest.gather
    to_states = to_roots[rest.dynamic]
    if len(rest.algebraic):
        through = _through(nodal, rest.inside, rest.across)
        to_states = to_states - through @ to_roots[rest.algebraic]
        _refuse_unfiltered(nodal, dynamics, active, of_nodes, to_roots)
    return to_states @ of_nodes @ to_states.T


def _through(nodal: Nodal, inside: Matrix, left: Matrix) -> Matrix:
    """Return left inside^-1."""
    solved = solve(inside.T, [left.T])
    if solved is None:
        nodal.fail("the noise of the resistors is no finite number: their values lie too far apart")
    return solved[0].T


def _refuse_unfiltered(
    nodal: Nodal, dynamics: Dynamics, active: Mask, of_nodes: Matrix, to_roots: Matrix
) -> None:
    """Raise `NetlistError` if an amplifier reads a node whose thermal noise no capacitor bounds."""
    rest, forms = dynamics.remainder, nodal.bank.input_forms
    voltages = Builder(len(forms), len(nodal.topology.nodes))
    for row in np.flatnonzero(active):
        for leaf, coefficient in forms[row].items:
            if isinstance(leaf, Voltage):
                nodal.add_voltage(voltages, int(row), leaf.a, leaf.b, coefficient)
    read = voltages.build() @ nodal.node_voltages().x @ rest.change
    direct = _through(nodal, rest.inside, read[:, rest.algebraic]) @ to_roots[rest.algebraic]
    variance = (direct @ of_nodes @ direct.T).diagonal()
    if (variance > 0).any():
        noisiest = int(np.argmax(variance))
        name = nodal.bank.unit_names[int(nodal.bank.amplifiers.unit_of_input[noisiest])]
        nodal.fail(
            f"{name} reads a node without a capacitor, whose thermal noise has no bound: put one there", name
        )
