"""`noise`: the fluctuations of a circuit around its equilibrium, by theory and by an ensemble."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array, column, real, whole_number
from analoghop.engines import Ensemble
from analoghop.engines.settling import dense_jacobian
from analoghop.errors import InputError, NumericalError
from analoghop.limits import Limits, limited
from analoghop.simulate_many import simulate_many
from analoghop.study.equilibria import equilibrium
from analoghop.study.findings import Fact, Findings
from analoghop.systems.base import System
from analoghop.systems.circuits.network import Network

_RELAXED = 8.0  # slowest decay times after which an ensemble has forgotten its start
_STEP = 0.02  # of the shortest own time constant
_SIGMAS = 4.0  # standard errors within which a measured variance must agree


def stationary_covariance(system: System, x: ArrayLike) -> Array:
    """Return the covariance P (n, n) in V^2 of small fluctuations around the stable equilibrium `x` (n,).

    A P + P A' + B B' = 0, A the Jacobian and B the noise of each state (Lyapunov equation). For a symmetric
    network at temperature T it is (kT/C)(1 - g R T)^-1: a mode has the variance (kT/C)/(1 - g/g_c). Raises
    `InputError` without noise, and `NumericalError` where the equilibrium is not stable.
    """
    from scipy.linalg import solve_continuous_lyapunov

    if system.noise is None:
        raise InputError("this circuit has no noise: give a `temperature` or a `noise_density`")
    state = column(x, system.size, "x")[:, 0]
    A = dense_jacobian(system, 0.0, state)
    if float(np.linalg.eigvals(A).real.max()) >= 0:
        raise NumericalError("the equilibrium is not stable: fluctuations around it grow")
    P = solve_continuous_lyapunov(A, -np.diag(system.noise[:, 0] ** 2))
    return np.asarray(0.5 * (P + P.T))


def power_spectrum(system: System, x: ArrayLike, frequencies: ArrayLike) -> Array:
    """Return the one-sided power spectra (k, n) in V^2/Hz of all states at `frequencies` (k,) in Hz.

    2 |(i 2 pi f - A)^-1 B|^2 at the equilibrium `x` (n,); its integral over f is the variance.
    """
    if system.noise is None:
        raise InputError("this circuit has no noise: give a `temperature` or a `noise_density`")
    f = np.atleast_1d(real(frequencies, "`frequencies`"))
    A = dense_jacobian(system, 0.0, column(x, system.size, "x")[:, 0])
    B, eye = np.diag(system.noise[:, 0]), np.eye(system.size)
    responses = [np.linalg.solve(2j * np.pi * one * eye - A, B) for one in f.tolist()]
    return np.array([2.0 * (np.abs(H) ** 2).sum(axis=1) for H in responses])


def noise(
    network: Network,
    x0: ArrayLike | None = None,
    *,
    members: int = 2000,
    seed: int = 0,
    limits: Limits | None = None,
    time_limit: float | None = None,
) -> Findings:
    """Compare the fluctuations of `members` circuits around an equilibrium with the Lyapunov equation.

    The equilibrium is the one that the circuit without noise reaches from `x0` (n,), by default zero. Valid
    while fluctuations stay where the amplifiers are linear. The stationary law of the nonlinear circuit is
    not exp(-E/kT): each amplifier moves with its own mobility 1/g'(u). Arrays: `equilibrium` (n,),
    `covariance` and `measured` (n, n) in V^2; `modes` (n,) and `measured_modes` (n,), variances along the
    principal axes, largest first, with `errors` (n,) of the measurement.
    """
    members = whole_number(members, "members", "a whole number")
    if members < 10:
        raise InputError(f"`members` is {members}, expected 10 or more")
    quiet = replace(network, temperature=0.0, noise_density=np.zeros(()))
    start = np.zeros(network.size) if x0 is None else column(x0, network.size, "x0")[:, 0]
    with limited(limits, time_limit=time_limit) as within, within.heed():
        rest = equilibrium(quiet, start, limits=within)
        if not rest.converged:
            raise NumericalError(rest.message)
        P = stationary_covariance(network, rest.state)
        slowest = 1.0 / -float(rest.eigenvalues.real.max())
        begins = np.repeat(rest.state[:, None], members, axis=1)
        # Euler's error of a variance is in proportion to the step: a small one keeps it below the noise.
        engine = Ensemble("exponential", dt=_STEP * float(network.time_constants.min()), noise_seed=seed)
        run = simulate_many(network, x0=begins, tstop=_RELAXED * slowest, engine=engine, limits=within)
        over = len(run) < members
    X = np.asarray(run.states, dtype=np.float64) - rest.state[:, None]
    count = max(X.shape[1], 1)
    measured = X @ X.T / count
    values, axes = np.linalg.eigh(P)
    order = np.argsort(-values)
    values, axes = values[order], axes[:, order]
    along = ((axes.T @ X) ** 2).mean(axis=1)
    errors = values * np.sqrt(2.0 / count)
    within_errors = _SIGMAS * float(np.sqrt(2.0 / count))
    facts = tuple(
        Fact(f"{word} mode variance / theory", float(along[k] / values[k]), 1.0, within_errors, "Lyapunov")
        for word, k in (("largest", 0), ("smallest", -1))
    )
    lines = (
        f"{count} circuits around an equilibrium: rms up to {np.sqrt(np.diagonal(P).max()):.4g} V",
        f"largest mode {values[0]:.5g} V^2, measured {along[0]:.5g} +- {errors[0]:.2g}",
        f"smallest mode {values[-1]:.5g} V^2, measured {along[-1]:.5g} +- {errors[-1]:.2g}",
    )
    return Findings(
        "noise",
        {
            "equilibrium": rest.state,
            "covariance": P,
            "measured": measured,
            "modes": values,
            "measured_modes": along,
            "errors": errors,
        },
        {"equilibrium": "V"}
        | dict.fromkeys(("covariance", "measured", "modes", "measured_modes", "errors"), "V^2"),
        lines,
        facts,
        {"members": members, "seed": seed},
        over,
    )
