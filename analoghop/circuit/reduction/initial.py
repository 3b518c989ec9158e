"""The initial state of a circuit with `uic`."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from analoghop.arrays import Array
from analoghop.circuit.circuit import Circuit
from analoghop.circuit.elements import Capacitor
from analoghop.systems.circuits.matrices import Matrix
from analoghop.systems.circuits.solving import solve


def uic_state(circuit: Circuit, index: Mapping[str, int], gather: Matrix, C: Matrix, held: Array) -> Array:
    """Return the state (n, 1) at t = 0 with `uic`.

    Every capacitor starts with its own IC=, else with the difference of its nodes' `.ic`, else discharged.
    The states are computed from the charges, so that capacitors to sources and contradicting conditions share
    their charge as they would in the circuit. `gather` sums node charges onto states, `held` (n, 1) is the
    charge that the sources' voltages at t = 0 put there.
    """
    voltage = dict(circuit.initial)
    charge = np.zeros((len(index), 1))
    for element in circuit.elements:
        if isinstance(element, Capacitor):
            across = element.ic
            if across is None:
                across = voltage.get(element.a, 0.0) - voltage.get(element.b, 0.0)
            for node, sign in ((element.a, 1.0), (element.b, -1.0)):
                if node in index:
                    charge[index[node], 0] += sign * element.value * across
    put = gather @ charge - held
    if isinstance(C, np.ndarray):
        return np.linalg.solve(C, put) if len(C) else np.zeros((0, 1))
    from scipy.sparse import csr_array

    solved = solve(C, [csr_array(put)])
    return np.full(put.shape, np.nan) if solved is None else np.asarray(solved[0].toarray())
