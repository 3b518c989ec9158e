"""`LinearCircuit`: a circuit linearised at an equilibrium, solved at frequencies, also transposed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Array
from analoghop.circuit.reduction.source_vector import Slope
from analoghop.errors import NumericalError
from analoghop.limits import Limits
from analoghop.systems.circuits.lure import Lure
from analoghop.systems.circuits.matrices import Matrix

Complex = NDArray[np.complex128]
_DENSE = 100  # unknowns up to which all frequencies are solved together as dense matrices
_TOGETHER = 1 << 21  # numbers in matrices that are solved together


@dataclass(frozen=True, eq=False)
class LinearCircuit:
    """`M(s) (x, v) = F(s) w`, `y = O(s) (x, v) + D(s) w` with M = M0 + s M1, and F, O, D alike.

    x are the states, v the amplifiers' outputs, w the sources, y all signals of the circuit: from

        s C x = -G x + B v + (S + s S_rate) w,    v = K (P x + Q v + R w)

    with K the slopes of the amplifiers at the equilibrium. Outputs stand among the unknowns, so the system
    is as sparse as the circuit, also where amplifiers read amplifiers. Waves in lines are states that follow
    what is sent with a time constant; M(s) has their `delays` d instead: exp(s d) in place of 1 + s d.
    """

    M: tuple[Matrix, Matrix]
    F: tuple[Matrix, Matrix]
    O: tuple[Matrix, Matrix]
    D: tuple[Matrix, Matrix]
    signals: tuple[str, ...]
    delays: Array

    def responses(self, frequencies: Array, w: Complex, limits: Limits) -> Complex:
        """Return all signals (signals, k) for the phasors `w` (sources,) at each frequency in Hz.

        Columns are not a number where the limits were over, or the circuit has a resonance without losses.
        """
        y = np.full((len(self.signals), len(frequencies)), np.nan, dtype=np.complex128)
        with limits.heed():
            for places, s, solve in self._factored(frequencies, limits):
                F = np.stack([self.F[0] @ w + one * (self.F[1] @ w) for one in s])
                found = solve(F)
                for k, one, xv in zip(places, s, found, strict=True):
                    y[:, k] = self.O[0] @ xv + one * (self.O[1] @ xv) + self.D[0] @ w + one * (self.D[1] @ w)
        return y

    def transfers(self, frequencies: Array, output: Array, limits: Limits) -> Complex:
        """Return the transfer from every source (sources, k) to `output` . y, by one transposed solve each.

        `output` (signals,) weighs the signals. The adjoint network of Director & Rohrer (1969).
        """
        h = np.full((self.F[0].shape[1], len(frequencies)), np.nan, dtype=np.complex128)
        with limits.heed():
            for places, s, solve in self._factored(frequencies, limits, transposed=True):
                o = np.stack([self.O[0].T @ output + one * (self.O[1].T @ output) for one in s])
                found = solve(o)
                for k, one, z in zip(places, s, found, strict=True):
                    through = self.F[0].T @ z + one * (self.F[1].T @ z)
                    h[:, k] = through + self.D[0].T @ output + one * (self.D[1].T @ output)
        return h

    def _factored(
        self, frequencies: Array, limits: Limits, *, transposed: bool = False
    ) -> Iterator[tuple[range, Complex, Callable[[Complex], Complex]]]:
        """Yield places of frequencies, their s, and the solution of M(s) or its transpose for them."""
        size = self.M[0].shape[0]
        dense = size <= _DENSE
        block = max(1, _TOGETHER // max(size * size, 1)) if dense else 1
        M0, M1 = (part.T if transposed else part for part in self.M)
        if dense:
            M0, M1 = M0.toarray(), M1.toarray()
        for first in range(0, len(frequencies), block):
            if limits.over:
                return
            places = range(first, min(first + block, len(frequencies)))
            s = np.asarray(2j * np.pi * frequencies[first : places.stop], dtype=np.complex128)
            late = s[:, None] * self.delays
            beside = np.expm1(late) - late
            yield places, s, _stacked(M0, M1, s, beside) if dense else _sparse(M0, M1, s[0], beside[0])


def _stacked(M0: Array, M1: Array, s: Complex, beside: Complex) -> Callable[[Complex], Complex]:
    matrices = M0 + s[:, None, None] * M1
    matrices[:, range(len(M0)), range(len(M0))] += beside

    def solve(right: Complex) -> Complex:
        try:
            return np.asarray(np.linalg.solve(matrices, right[:, :, None])[:, :, 0])
        except np.linalg.LinAlgError as error:
            raise NumericalError(_SINGULAR) from error

    return solve


def _sparse(M0: Matrix, M1: Matrix, s: complex, beside: Complex) -> Callable[[Complex], Complex]:
    from scipy.sparse import csc_array, diags_array
    from scipy.sparse.linalg import splu

    try:
        factors: Any = splu(csc_array(M0 + s * M1 + diags_array(beside)))
    except RuntimeError as error:
        raise NumericalError(_SINGULAR) from error
    return lambda right: np.asarray(factors.solve(right[0]))[None]


def _rates(lure: Lure) -> Any:
    """Return the matrix (m, m) that makes of the sources, times s, those that are rates of others."""
    from scipy.sparse import csr_array

    found = [(k, s.column) for k, s in enumerate(lure.signals.signals) if isinstance(s, Slope)]
    rows, columns = np.array(found, dtype=np.intp).reshape(-1, 2).T
    size = len(lure.signals)
    return csr_array((np.ones(len(found)), (rows, columns)), shape=(size, size))


_SINGULAR = "the linearised circuit has no solution at a frequency: a resonance without losses"


def linearised(lure: Lure, S_rate: Matrix, t: float, x: Array) -> LinearCircuit:
    """Return a circuit linearised at the state `x` (n,); `lure` is `held`, `S_rate` that of its circuit."""
    from scipy.sparse import block_array, csr_array, eye_array, hstack, vstack

    shown = lure.observation
    assert shown is not None, "compiled circuits have one"
    z = lure.point(t, x[:, None])[1]
    gamma, kappa = (float(np.asarray(factor(t))) for factor in (lure.gamma, lure.kappa))
    K = kappa * lure.amplifiers.jacobian(z, gamma, sparse=True)
    if not np.isfinite(K.data).all():
        raise NumericalError("an amplifier has no finite slope at the equilibrium")
    P, Q, R = (csr_array(part) for part in (lure.P, lure.Q, lure.R))
    n, p, m = lure.size, lure.n_outputs, R.shape[1]

    def pair(top: Any, bottom: Any) -> Any:
        return csr_array(vstack([csr_array(top), csr_array(bottom)]))

    M0 = csr_array(block_array([[csr_array(lure.G), -csr_array(lure.B)], [-K @ P, eye_array(p) - K @ Q]]))
    M1 = csr_array(block_array([[csr_array(lure.C), None], [None, csr_array((p, p))]]))
    F = pair(lure.S, K @ R), pair(S_rate, csr_array((p, m)))
    nodes = len(shown.nodes)
    maps = (shown.voltage, shown.current)
    O0 = pair(*(hstack([csr_array(one.x), csr_array(one.v)]) for one in maps))
    charge = hstack([csr_array(shown.charge.x), csr_array(shown.charge.v)])
    O1 = pair(csr_array((nodes, n + p)), charge)
    D = pair(*(one.w for one in maps)), pair(csr_array((nodes, m)), shown.charge.w)
    rates = _rates(lure)
    F, D = ((still, moving + still @ rates) for still, moving in (F, D))
    late = np.zeros(n) if lure.wave_delays is None else lure.wave_delays
    delays = np.concatenate([late, np.zeros(p)])
    return LinearCircuit((M0, M1), F, (O0, O1), D, shown.signal_names, delays)
