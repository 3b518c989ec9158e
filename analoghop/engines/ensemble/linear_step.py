"""Steps of a linear circuit with noise that are exact in distribution, whatever their length."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from analoghop.arrays import Array
from analoghop.errors import NumericalError
from analoghop.schedules import Signal, Signals
from analoghop.systems.base import System
from analoghop.systems.circuits.matrices import dense

LARGEST = 200  # states up to which a step is a product of dense matrices
_SHORT = 0.5  # length of the step that is doubled, in units of 1 over the norm of A
_TERMS = 20  # of its series: the next would be below 1e-24
_RESOLVED = 0.01  # of an input's swing: its largest change in a step
_SAMPLES = 1000


class LinearStep(NamedTuple):
    """x(t + h) = x + `response` r + `ramp` (s - r) + `spread` xi, for dx = (A x + a(t)) dt + D dW.

    r = A x + a(t) and s = A x + a(t + h); exact for inputs that are straight in between. `response` is the
    integral of exp(A s) from 0 to h, `ramp` that of exp(A (h - s)) s/h, both (n, n) in s; xi are n
    independent normal numbers; `spread` is lower triangular, and its product with its transpose is the
    covariance that Lyapunov's equation gives: the integral of exp(A s) D D^T exp(A^T s) from 0 to h. See
    C. F. Van Loan, IEEE Trans. Automat. Contr. 23 (1978) 395.
    """

    response: Array
    ramp: Array
    spread: Array


def is_linear(system: System) -> bool:
    """Return whether `system` is a circuit with noise that no amplifier acts on, as `LinearStep` needs."""
    core = system.core
    return (
        core is not None
        and system.noise is not None
        and not dense(core.B).any()
        and core.size <= LARGEST
        and not core.follows_rates
    )


def linear_step(system: System, h: float) -> LinearStep:
    """Return the step of length `h` (s) of a system that `is_linear`, at noise factor 1.

    Raises `NumericalError` where a state grows beyond the range of numbers within the step.
    """
    assert system.noise is not None, "`is_linear` says so"
    n = system.size
    A = dense(system.jacobian(0.0, np.zeros((n, 1))))
    D = np.diag(system.noise[:, 0] ** 2)
    doublings = max(0, int(np.ceil(np.log2(max(np.abs(A).sum(axis=1).max() * h / _SHORT, 1.0)))))
    short = h / 2**doublings
    with np.errstate(all="ignore"):
        change, response, ramp, covariance = _series(A, D, short)
        for doubling in range(doublings):
            covariance = covariance + change @ covariance @ change.T
            ramp = ramp + change @ ramp + short * 2**doubling * response
            response = response + change @ response
            change = change @ change
    if not all(np.isfinite(part).all() for part in (change, response, ramp, covariance)):
        raise NumericalError(f"within a step of {h:g} s this circuit grows beyond the range of numbers")
    values, vectors = np.linalg.eigh(0.5 * (covariance + covariance.T))
    R = np.asarray(np.linalg.qr((vectors * np.sqrt(np.maximum(values, 0.0))).T)[1])
    signs = np.where(np.diag(R) < 0, -1.0, 1.0)
    return LinearStep(response, ramp / h, R.T * signs)


def _series(A: Array, D: Array, h: float) -> tuple[Array, Array, Array, Array]:
    """Return exp(A h), its integral, h times the ramp, and the covariance, by their power series in h."""
    eye = np.eye(len(A))
    response, ramp, covariance = h * eye, 0.5 * h * h * eye, h * D
    power, spread = h * eye, h * D
    for k in range(2, _TERMS):
        power = power @ A * (h / k)
        response = response + power
        ramp = ramp + power * (h / (k + 1))
        # The k-th derivative of the covariance at 0 is A times the one before, plus that times A^T.
        spread = (A @ spread + spread @ A.T) * (h / k)
        covariance = covariance + spread
    return eye + A @ response, response, ramp, covariance


def signal_step(system: System, span: tuple[float, float]) -> float:
    """Return the step in seconds within which no input and no factor of the noise changes by much.

    A hundredth of its swing over `span`; inf where nothing moves.
    """
    core = system.core
    assert core is not None, "`is_linear` says so"
    signals: list[Signal | Signals] = [core.signals]
    signals += [] if system.noise_factor is None else [system.noise_factor]
    longest = np.inf
    start, end = span
    for signal in signals:
        corners = np.unique(np.concatenate([[start], signal.breakpoints(end), [end]]))
        # Uneven samples: even ones may always meet the same phase of a sine.
        uneven = start + (end - start) * (np.arange(_SAMPLES) * 0.6180339887498949 % 1.0)
        t = np.concatenate([uneven, corners, 0.5 * (corners[1:] + corners[:-1])])
        t = t[(t >= start) & (t <= end)]
        values, rates = np.atleast_2d(signal.value(t)), np.atleast_2d(signal.rate(t))
        values, rates = (np.broadcast_to(part, (part.shape[0], len(t))) for part in (values, rates))
        swing, fastest = np.ptp(values, axis=1), np.abs(rates).max(axis=1, initial=0.0)
        moving = (swing > 0) & (fastest > 0)
        if moving.any():
            longest = min(longest, float((_RESOLVED * swing[moving] / fastest[moving]).min()))
    return longest
