"""Amit, Gutfreund and Sompolinsky's theory of Hebb's memory of random patterns (1987, Ann. Phys. 173:30)."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from analoghop.arrays import Array
from analoghop.errors import InputError

CAPACITY = 0.137905566
"""Largest load with retrieval states at T = 0, replica symmetric."""

_REACH, _NODES = 9.0, 3601  # nodes for a normal variable, exact to rounding for smooth functions
_Z = np.linspace(-_REACH, _REACH, _NODES)
_WEIGHT = np.exp(-0.5 * _Z * _Z) * (2.0 * _REACH / (_NODES - 1)) / math.sqrt(2.0 * math.pi)


class Order(NamedTuple):
    """Overlap `m`, Edwards-Anderson parameter `q`, and the noise `r` of the other patterns (per load)."""

    m: float
    q: float
    r: float


def retrieval_overlap(load: float) -> float:
    """Return the overlap of the retrieval state at T = 0; 0 if there is none (load above 0.1379).

    m = erf(y) with y the largest root of y (sqrt(2 load) + (2/sqrt(pi)) exp(-y^2)) = erf(y). Raises
    `InputError` for a negative load.
    """
    _check(load, 0.0)
    if load == 0.0:
        return 1.0

    def excess(y: float) -> float:
        return math.erf(y) - y * (math.sqrt(2.0 * load) + 2.0 / math.sqrt(math.pi) * math.exp(-y * y))

    high = 1.0 / math.sqrt(2.0 * load)  # no root is larger, because erf(y) <= 1
    grid = np.linspace(high, 0.5, 4000)
    signs = np.array([excess(float(y)) for y in grid]) > 0
    if not signs.any():
        return 0.0
    k = int(np.argmax(signs))
    if k == 0:
        return math.erf(high)
    low, high = float(grid[k]), float(grid[k - 1])
    for _ in range(60):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if excess(middle) > 0 else (low, middle)
    return math.erf(low)


def order_parameters(load: float, temperature: float) -> Order:
    """Return the retrieval solution of the replica-symmetric equations; m = 0 if there is none.

    m = <tanh(b (m + sqrt(load r) z))>, q = <tanh(...)^2>, r = q/(1 - b (1 - q))^2, b = 1/T, z normal. At
    T = 0 the limit is solved. Raises `InputError` for a negative load or temperature.
    """
    _check(load, temperature)
    if temperature == 0.0:
        m = retrieval_overlap(load)
        if m == 0.0 or load == 0.0:
            return Order(m, 1.0, 1.0 if m else math.nan)
        y = _inverse_erf(m)
        return Order(m, 1.0, m * m / (2.0 * load * y * y))
    if load == 0.0 and temperature >= 1.0:
        return Order(0.0, 0.0, 1.0)
    b = 1.0 / temperature
    m, q, r = 1.0, 1.0, 1.0
    for _ in range(5_000):
        v = np.tanh(b * (m + math.sqrt(load * r) * _Z))
        new_m, new_q = float(_WEIGHT @ v), float(_WEIGHT @ (v * v))
        susceptibility = b * (1.0 - new_q)
        if susceptibility >= 1.0 and load > 0.0:
            return Order(0.0, math.nan, math.nan)
        new_r = new_q / (1.0 - susceptibility) ** 2 if load > 0.0 else 1.0
        moved = abs(new_m - m) + abs(new_q - q)
        m, q, r = 0.5 * (m + new_m), 0.5 * (q + new_q), 0.5 * (r + new_r)
        if m < 1e-4:
            m = 0.0  # only the spin-glass solution remains
        if moved < 1e-11:
            break
    return Order(m, q, r)


def curie_weiss(neurons: int, temperature: float) -> float:
    """Return the exact mean magnitude of the overlap with the only pattern that `neurons` units store.

    The overlap M/n has the weight binomial(n, (n + M)/2) exp(M^2/(2 n T)): the order parameter m of load 0
    and its corrections of order 1/n. Raises `InputError` for a negative temperature or no neurons.
    """
    _check(0.0, temperature)
    if neurons < 1:
        raise InputError(f"`neurons` is {neurons}, expected 1 or more")
    if temperature == 0.0:
        return 1.0
    up = np.arange(neurons + 1)
    overlap = np.abs(2.0 * up - neurons) / neurons
    ways = np.array([math.lgamma(k + 1.0) + math.lgamma(neurons - k + 1.0) for k in up.tolist()])
    exponent = 0.5 * neurons * overlap**2 / temperature - ways
    weight = np.exp(exponent - exponent.max())
    return float(overlap @ weight / weight.sum())


def capacity(temperature: float = 0.0) -> float:
    """Return the largest load with a retrieval solution at `temperature`, 0 for T >= 1."""
    _check(0.0, temperature)
    if temperature >= 1.0:
        return 0.0
    low, high = 0.0, 0.15
    while high - low > 1e-6:
        middle = 0.5 * (low + high)
        found = order_parameters(middle, temperature).m > 1e-3
        low, high = (middle, high) if found else (low, middle)
    return 0.5 * (low + high)


def retrieval_curve(loads: Array, temperature: float = 0.0) -> Array:
    """Return the overlaps of the signs of the time averages in the retrieval states at each of `loads`.

    Those signs are the signs of the fields m + sqrt(load r) z: erf(m/sqrt(2 load r)), which is m at T = 0 and
    more than m above.
    """
    return np.array([_overlap_of_signs(float(load), temperature) for load in np.ravel(loads)])


def _overlap_of_signs(load: float, temperature: float) -> float:
    m, _, r = order_parameters(load, temperature)
    if m == 0.0 or load == 0.0:
        return 1.0 if m else 0.0
    return math.erf(m / math.sqrt(2.0 * load * r))


def _inverse_erf(m: float) -> float:
    low, high = 0.0, 10.0
    for _ in range(100):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if math.erf(middle) < m else (low, middle)
    return low


def _check(load: float, temperature: float) -> None:
    if not (math.isfinite(load) and load >= 0 and math.isfinite(temperature) and temperature >= 0):
        raise InputError(f"load {load} and temperature {temperature} must be finite numbers from 0")
