"""`rightmost`: the eigenvalues that decide the stability of an equilibrium."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Array
from analoghop.systems.base import System

DENSE = 300
"""States up to which all eigenvalues are computed."""
LEADING = 10
"""Eigenvalues that are computed of larger circuits."""
Complex = NDArray[np.complex128]


def rightmost(system: System, x: Array) -> Complex:
    """Return eigenvalues of the Jacobian at the state `x` (n,) in 1/s, by falling real parts.

    All of them up to 300 states, the ten rightmost beyond: by Lanczos where the Jacobian is similar to a
    symmetric matrix, as for every network with a symmetric T, by Arnoldi's method otherwise. nan where the
    Jacobian is not finite.
    """
    J = system.jacobian(system.quiet_after(), x[:, None])
    n = system.size
    if n <= DENSE:
        dense = np.asarray(J if isinstance(J, np.ndarray) else J.toarray())
        if not np.isfinite(dense).all():
            return np.full(n, np.nan, dtype=np.complex128)
        values = np.linalg.eigvals(dense).astype(np.complex128)
        return values[np.lexsort((-values.imag, -values.real))]
    return _leading(system, x, J)


def _leading(system: System, x: Array, J: Any) -> Complex:
    from scipy.sparse.linalg import ArpackNoConvergence, aslinearoperator, eigs, eigsh

    n = system.size
    rng = np.random.default_rng(0)
    symmetric = _symmetrised(system, x)
    try:
        if symmetric is not None:
            values = eigsh(symmetric, k=LEADING, which="LA", v0=rng.standard_normal(n), tol=1e-12)[0]
        else:
            operator = aslinearoperator(J)
            values = eigs(operator, k=LEADING, which="LR", v0=rng.standard_normal(n), tol=1e-10, ncv=60)[0]
    except ArpackNoConvergence as partly:
        values = np.asarray(partly.eigenvalues)
        if not len(values):
            return np.full(LEADING, np.nan, dtype=np.complex128)
    values = np.asarray(values, dtype=np.complex128)
    return values[np.lexsort((-values.imag, -values.real))]


def _symmetrised(system: System, x: Array) -> Any:
    """Return sqrt(D/C) T sqrt(D/C) - G/C, similar to C^-1 (T D - G), for a symmetric network; else None.

    D are the slopes of the amplifiers, which are not negative.
    """
    from scipy.sparse import csr_array, diags_array

    network = system.network
    if network is None or not network.amplifiers.scalar or not network.T.symmetric:
        return None
    D = np.asarray(network.slopes(system.quiet_after(), x[:, None]))[:, 0]
    if not (D >= 0).all():
        return None
    scaled, leak = diags_array(np.sqrt(D / network.C[:, 0])), diags_array(network.G[:, 0] / network.C[:, 0])
    return csr_array(scaled @ csr_array(network.T.tosparse()) @ scaled) - leak
