"""`poles`: the gain at which amplifiers with p equal poles make a network swing."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from analoghop.arrays import check_number, whole_number
from analoghop.errors import InputError
from analoghop.limits import Limits
from analoghop.study.continuation import continuation
from analoghop.study.findings import Fact, Findings
from analoghop.systems.base import System
from analoghop.systems.circuits.lagged import LaggedNetwork
from analoghop.systems.circuits.network import Network

_TOLERANCE = 1e-6  # relative: both roads solve the same equation


def pole_threshold(count: int, lag: float) -> float:
    """Return the loop gain K = gain |lambda_min| at which `count` equal poles begin to swing.

    `lag` is the time constant of a pole in own time constants C/G: K is the smallest one for which
    (1 + s)(1 + lag s)^count + K has an imaginary root, s = i omega with arctan omega + count arctan(lag
    omega) = pi. One pole never swings with a symmetric T: inf. Two: 2 (1 + lag)^2/lag.
    """
    from scipy.optimize import brentq

    p = whole_number(count, "count", "a whole number")
    delta = check_number(lag, "lag", "a positive number")
    if p < 1 or delta <= 0:
        raise InputError(f"`count` is {p} and `lag` {delta:g}, expected 1 or more, and a positive number")
    if p == 1:
        return math.inf

    def phase(log_omega: float) -> float:
        omega = math.exp(log_omega)
        return math.atan(omega) + p * math.atan(delta * omega) - math.pi

    omega = math.exp(brentq(phase, -30.0, 30.0 + abs(math.log(delta)), xtol=1e-14))
    return math.hypot(1.0, omega) * math.hypot(1.0, delta * omega) ** p


def poles(
    network: Network,
    count: int,
    lag: float,
    *,
    low: float = 0.05,
    high: float | None = None,
    limits: Limits | None = None,
    time_limit: float | None = None,
) -> Findings:
    """Follow the equilibrium of `network` with `count` poles of `lag` seconds while the gain rises.

    Found by continuation from the gain `low` to `high` (by default 1.2 times the threshold of the formula, or
    20/|lambda_min| without one), beside `pole_threshold` with the smallest eigenvalue of T/G (C/G must be
    equal for all inputs). Arrays: `gain` (k,), `growth` (k,) of the fastest disturbance in 1/s, `outputs`
    (k, n), `threshold` (1,) the gain of the first Hopf point (nan without one), `frequency` (1,) in 1/s.
    """
    tau = network.time_constants[:, 0]
    if not np.allclose(tau, tau[0], rtol=1e-9):
        raise InputError("the threshold of poles is known for equal time constants C/G of all inputs")
    values = np.linalg.eigvals(network.T.toarray() / network.G)
    smallest = float(values.real.min())
    loop = pole_threshold(count, lag / tau[0])
    slope = float(
        (network.amplifiers.slopes(network.amplifiers.offset) / np.abs(network.amplifiers.gain)).max()
    )
    expected = loop / (abs(smallest) * slope) if smallest < 0 else np.inf
    most = high
    if most is None:
        most = 1.2 * expected if np.isfinite(expected) else 20.0 / max(abs(smallest), 1e-12)
    bank = network.amplifiers

    def at(gain: float) -> System:
        changed = replace(bank, gain=bank.gain * (gain / np.abs(bank.gain).max()))
        return LaggedNetwork(replace(network, amplifiers=changed), np.full(network.size, lag), count)

    found = continuation(
        at,
        "gain",
        (low, most),
        x0=np.zeros(network.size * (1 + count)),
        switch=False,
        orbits=False,
        limits=limits,
        time_limit=time_limit,
    )
    swings = sorted(found.of("Hopf"), key=lambda point: point.value)
    measured = swings[0].value if swings else np.nan
    frequency = abs(swings[0].eigenvalue.imag) if swings else np.nan
    branch = found.branches[0]
    facts = []
    if np.isfinite(expected) and expected <= most:
        source = "(1 + s)(1 + lag s)^p + K = 0"
        facts.append(Fact("gain at which swinging begins", measured, expected, _TOLERANCE * expected, source))
    ends = f"begins to swing at gain {measured:.9g}, angular frequency {frequency:.6g}/s"
    if not swings:
        ends = f"does not swing up to gain {most:.6g}"
    return Findings(
        "poles",
        {
            "gain": branch.values,
            "growth": branch.growth,
            "outputs": branch.outputs.T,
            "threshold": np.array([measured]),
            "frequency": np.array([frequency]),
        },
        {"growth": "1/s", "outputs": "V", "frequency": "1/s"},
        (f"{count} poles of {lag:g} s: {ends}", *found.lines[1:]),
        tuple(facts),
        {"poles": count, "lag": lag},
        found.interrupted,
    )
