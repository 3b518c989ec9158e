"""The longest safe fixed step: a symmetric network cannot oscillate, but does with too long a step."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterable

import numpy as np

from analoghop.amplifiers import Amplifiers
from analoghop.arrays import Array
from analoghop.couplings import Coupling
from analoghop.couplings.spectrum import lanczos
from analoghop.engines.ensemble.fixed_tile import Rule, decay_share
from analoghop.engines.ensemble.linear_step import is_linear, signal_step
from analoghop.errors import InputError, UnsafeStepWarning
from analoghop.schedules import Signal
from analoghop.systems.base import System
from analoghop.systems.circuits.lure import Lure
from analoghop.systems.circuits.network import Network

_EXACT = 500  # largest number of units for which all eigenvalues are computed: 50 ms
_KRYLOV = 60  # Lanczos products for the smallest eigenvalue of larger networks
_MARGIN = 1.05  # margin for the error of that estimate
_SMOOTH = 0.2  # the longest default step, as a fraction of the shortest time constant
_SAMPLES = 1000


def fixed_steps(
    system: System, rule: Rule, dt: float | None, span: tuple[float, float], unsafe: bool = False
) -> int:
    """Return the number of equal steps of at most `dt` over `span`, both in s; None for a safe `dt`.

    A safe step is known for a `Network`, and by a coarser bound for any `Lure`. A linear circuit, whose noise
    is exact at any step, takes the step that its inputs need, the whole span if they rest. Raises
    `InputError` if no safe step is known, if rates are so large that it is no number, or if `dt` causes an
    oscillation of period two in a symmetric `Network`; `unsafe` turns this last error into an
    `UnsafeStepWarning`.
    """
    start, end = span
    network = system.network
    if dt is None:
        if rule == "exponential" and is_linear(system):
            usual = careful_step(system.core, end) if system.core is not None else 0.0
            dt = min(max(signal_step(system, span), usual), end - start)
        elif network is not None:
            dt = default_step(network, rule, end)
        elif system.core is not None:
            dt = careful_step(system.core, end)
        else:
            raise InputError(f"`dt` is needed: no bound is known for a {type(system).__name__}")
    elif network is not None and network.T.symmetric:
        longest = longest_step(network, rule, end)
        if dt >= longest:
            text = (
                f"`dt` = {dt:g} s makes this symmetric network oscillate from step to step, which the "
                f"circuit cannot do: it must be below {longest:.3g} s"
            )
            if not unsafe:
                raise InputError(f"{text} (`unsafe=True` allows it)")
            warnings.warn(text, UnsafeStepWarning, stacklevel=5)
    steps = (end - start) / dt if dt > 0 else math.inf
    if not math.isfinite(steps):
        raise InputError("the circuit is so fast that no fixed step can follow it: its rates are no numbers")
    return max(1, math.ceil(steps * (1.0 - 1e-12)))


def longest_step(network: Network, rule: Rule, end: float) -> float:
    """Return the step in seconds beyond which a symmetric network oscillates with a period of two steps.

    A step h multiplies a small disturbance by `1 - h G/C + h/C T f'` (Euler); it grows with alternating sign
    if an eigenvalue of this matrix is below -1. With one time constant tau and gain g this is `h/tau (1 + g
    |lambda_min|) < 2`, and `(1 - exp(-h/tau)) (1 + g |lambda_min|) < 2` for the exponential rule. Slopes, and
    the schedules that multiply them, are taken at their largest until `end`. inf if every step is safe, or if
    the slope of an amplifier is unknown.
    """
    if not np.isfinite(_slopes(network, end)).all():
        return math.inf
    decay = network.decay[:, 0]
    pull = -smallest_eigenvalue(network, end)
    return _bisected(rule, float(decay.min()), float(decay.max()), pull, -1.0)


def default_step(network: Network, rule: Rule, end: float) -> float:
    """Return a safe step: no disturbance changes its sign, and none decays by more than a fifth.

    For an asymmetric coupling, whose oscillations may be real, the norm of the coupling replaces its smallest
    eigenvalue. Raises `InputError` if the slope of an amplifier is unknown.
    """
    if not np.isfinite(_slopes(network, end)).all():
        raise InputError("`dt` is needed: the steepest slope of an amplifier is not known")
    decay = network.decay[:, 0]
    pull = -smallest_eigenvalue(network, end) if network.T.symmetric else _strength(network, end)
    safe = _bisected(rule, float(decay.min()), float(decay.max()), pull, 0.0)
    return min(safe, _SMOOTH * float(network.time_constants.min()))


def careful_step(core: Lure, end: float) -> float:
    """Return a step in which no mode of the circuit decays by more than a fifth, by norms of its matrices.

    Amplifiers that are only read out must have been left out (`Lure.core`).

    Raises `InputError` where the slope of an amplifier is not known.
    """
    factors = (core.gain_factor, core.coupling_factor)
    slope = float(_steepest(core.amplifiers, factors, end).max(initial=0.0))
    A, B, P, Q = (float(abs(m).sum(axis=1).max(initial=0.0)) for m in (*core.linear[:2], core.P, core.Q))
    cascade = sum((slope * Q) ** k for k in range(core.depth + 1))
    fastest = A + B * slope * cascade * P
    if not math.isfinite(fastest):
        raise InputError("`dt` is needed: the steepest slope of an amplifier is not known")
    return _SMOOTH / fastest if fastest > 0 else end


def fastest_rate(network: Network, end: float) -> float:
    """Return a bound on the fastest rate of decay or growth in 1/s, inf if a slope is unknown."""
    return float(network.decay.max(initial=0.0)) + _strength(network, end)


def smallest_eigenvalue(network: Network, end: float) -> float:
    """Return a lower bound, at most 0, of the eigenvalues of `C^-1/2 D^1/2 T D^1/2 C^-1/2` in 1/s.

    D are the largest slopes. Exact up to 500 units; for more, a Lanczos estimate with a margin.
    """
    weight = np.sqrt(_slopes(network, end) / network.C[:, 0])
    n = network.size
    if n <= _EXACT:
        with np.errstate(over="ignore", invalid="ignore"):
            matrix = network.T.toarray() * weight * weight[:, None]
        if not np.isfinite(matrix).all():
            return -math.inf
        return min(0.0, float(np.linalg.eigvalsh(matrix)[0]))
    bound = float(weight.max() ** 2) * network.T.bound()
    return max(min(0.0, _MARGIN * lanczos(_weighted(network.T, weight), n, _KRYLOV)[0]), -bound)


def _strength(network: Network, end: float) -> float:
    return float((_slopes(network, end) / network.C[:, 0]).max(initial=0.0)) * network.T.norms()[1]


def _slopes(network: Network, end: float) -> Array:
    """Return the largest slope of each amplifier times the largest values of the schedules, (n,)."""
    return _steepest(network.amplifiers, (network.gain_factor, network.coupling_factor), end)


def _steepest(bank: Amplifiers, factors: Iterable[Signal | None], end: float) -> Array:
    """Return the largest slope of each input's amplifier, times the largest of the factors, (inputs,)."""
    steepest = np.array([unit.max_slope for unit in bank.activations])[bank.unit_of_input]
    swing = np.zeros(bank.units)
    np.maximum.at(swing, bank.unit_of_output, np.abs(bank.scale[:, 0]))
    slope: Array = np.abs(bank.gain[:, 0]) * swing[bank.unit_of_input] * steepest
    for factor in factors:
        slope = slope * (1.0 if factor is None else _largest(factor, end))
    return slope


def _largest(signal: Signal, end: float) -> float:
    """Return the largest magnitude of a signal, over its corners and a fine grid."""
    times = np.concatenate([np.linspace(0.0, end, _SAMPLES), signal.breakpoints(end)])
    return float(np.abs(signal.value(times)).max())


def _bisected(rule: Rule, slow: float, fast: float, pull: float, least: float) -> float:
    """Return the step h where 1 - fast h s(fast h) - pull h s(slow h) falls to `least`, inf without one."""

    def multiplier(h: float) -> float:
        shares = decay_share(rule, np.array([fast * h, slow * h]))
        return float(1.0 - fast * h * shares[0] - pull * h * shares[1])

    scale = 1.0 / (fast + pull) if fast + pull > 0 else math.inf
    high = 1e6 * scale
    if not math.isfinite(scale) or multiplier(high) > least:
        return math.inf
    low = 0.0
    for _ in range(100):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if multiplier(middle) > least else (low, middle)
    return low


def _weighted(T: Coupling, weight: Array) -> Callable[[Array], Array]:
    """Return the product with weight T weight."""
    product = T.bind()
    return lambda v: weight * product(weight * v)
