"""`escape`: how long noise needs to drive a circuit out of a minimum."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array, Integers, check_number, column, whole_number
from analoghop.ensembles.streams import check_seed
from analoghop.errors import InputError
from analoghop.limits import Limits, limited
from analoghop.study.all_equilibria import equilibria
from analoghop.study.findings import Fact, Findings
from analoghop.systems.circuits.network import Network

_STEP = 0.01  # of the shortest own time constant
_LOOKED_AT = 20  # steps between two looks at the limits
_NEARER = 0.5  # a circuit has escaped where another minimum is nearer by this factor
_GRID = 20_001  # points of the quadrature
_SIGMAS = 4.0


def escape(
    network: Network,
    x0: ArrayLike,
    *,
    members: int = 200,
    tstop: float | None = None,
    seed: int = 0,
    limits: Limits | None = None,
    time_limit: float | None = None,
) -> Findings:
    """Measure the times at which `members` circuits leave the minimum near `x0` (n,) for another.

    A circuit has escaped where the distance to another minimum is half of that to its own. Euler's method
    with 1/100 of the shortest own time constant. The rate is escapes over the whole time at risk, with the
    exact 95 % interval of a Poisson process; runs that end at `tstop` (s, by default 2000 slowest own time
    constants) before an escape count as time at risk. Arrays: `times` (members,) in s, nan without escape;
    `rate` (1,) in 1/s with `interval` (2,); `into` (members,) the number of the other minimum, -1 for none;
    `minima` (m, n). For one amplifier the mean time is compared with its integral (`first_passage`). Rates
    like Kramers' hold for what was measured only: the mobility of a node depends on its voltage.
    """
    from scipy.stats import chi2

    if network.noise is None:
        raise InputError("this circuit has no noise: give a `temperature` or a `noise_density`")
    members = whole_number(members, "members", "a whole number")
    check_seed(seed, "seed")
    end = 2000.0 * float(network.time_constants.max())
    end = end if tstop is None else check_number(tstop, "tstop", "a positive time")
    if members < 1 or end <= 0:
        raise InputError("`members` and `tstop` must be positive")
    start = column(x0, network.size, "x0")[:, 0]
    with limited(limits, time_limit=time_limit) as within, within.heed():
        found = equilibria(replace(network, temperature=0.0, noise_density=np.zeros(())), limits=within)
        minima = found.states[:, found.indices == 0]
        if minima.shape[1] < 2:
            raise InputError(f"the circuit has {minima.shape[1]} stable states: an escape needs two or more")
        own = int(np.argmin(np.linalg.norm(minima - start[:, None], axis=0)))
        times, into, at_risk, over = _escapes(network, minima, own, members, end, seed, within)
    count = int(np.isfinite(times).sum())
    rate = count / at_risk
    interval = (
        float(chi2.ppf(0.025, 2 * count) / 2 / at_risk) if count else 0.0,
        float(chi2.ppf(0.975, 2 * count + 2) / 2 / at_risk),
    )
    lines = [f"{count} of {members} circuits escaped by t = {end:g} s"]
    lines.append(f"rate {rate:.5g}/s, 95 % interval {interval[0]:.5g} to {interval[1]:.5g}")
    facts = []
    if network.size == 1 and count:
        other = minima[0, 1 - own] if minima.shape[1] == 2 else minima[0, 0]
        border = minima[0, own] + (other - minima[0, own]) / (1.0 + _NEARER)
        mean = first_passage(network, float(minima[0, own]), float(border))
        source = "integral of the mean first passage time"
        facts.append(Fact("mean escape time", 1.0 / rate, mean, _SIGMAS * mean / np.sqrt(count), source))
    return Findings(
        "escape",
        {
            "times": times,
            "into": into,
            "rate": np.array([rate]),
            "interval": np.array(interval),
            "minima": minima.T,
            "end": np.array([end]),
        },
        {"times": "s", "rate": "1/s", "interval": "1/s", "minima": "V", "end": "s"},
        tuple(lines),
        tuple(facts),
        {"members": members, "seed": seed, "from": own},
        over,
    )


def _escapes(
    network: Network, minima: Array, own: int, members: int, end: float, seed: int, limits: Limits
) -> tuple[Array, Integers, float, bool]:
    """Return the times and targets of escapes, the whole time at risk, and whether the limits ended it."""
    h = _STEP * float(network.time_constants.min())
    assert network.noise is not None, "checked by the caller"
    kick = network.noise * np.sqrt(h)
    rng = np.random.default_rng(seed)
    x = np.repeat(minima[:, [own]], members, axis=1)
    times, into = np.full(members, np.nan), np.full(members, -1, dtype=np.int64)
    live = np.arange(members)
    others = np.delete(np.arange(minima.shape[1]), own)
    steps, at_risk = int(np.ceil(end / h)), 0.0
    for k in range(steps):
        x = x + h * network.rhs(0.0, x) + kick * rng.standard_normal(x.shape)
        at_risk += h * len(live)
        apart = np.linalg.norm(x[:, None, :] - minima[:, :, None], axis=0)
        nearest = others[np.argmin(apart[others], axis=0)]
        gone = apart[nearest, np.arange(len(live))] < _NEARER * apart[own]
        if gone.any():
            times[live[gone]], into[live[gone]] = (k + 1) * h, nearest[gone]
            live, x = live[~gone], x[:, ~gone]
        if not len(live):
            return times, into, at_risk, False
        if k % _LOOKED_AT == 0:
            limits.tell((k + 1) * h, end, "s")
            if limits.over:
                return times, into, at_risk, True
    return times, into, at_risk, False


def first_passage(network: Network, start: float, border: float) -> float:
    """Return the mean time in s at which one noisy amplifier passes from `start` to `border` (V).

    The exact integral for du = f(u) dt + B dW (Gardiner, Handbook of Stochastic Methods, 5.2.7): with U' = -f
    and D = B^2/2 the double integral of exp((U(y) - U(z))/D)/D. Raises `InputError` for more than one state.
    """
    from scipy.integrate import cumulative_trapezoid, trapezoid

    if network.size != 1 or network.noise is None:
        raise InputError("a mean first passage time is known for one amplifier with noise")
    D = 0.5 * float(network.noise[0, 0]) ** 2
    sign = 1.0 if border < start else -1.0
    # In the coordinate w = sign u the border lies below the start, and the far wall above.
    far = sign * start + 12.0 * max(np.sqrt(D * float(network.time_constants[0, 0])), abs(start - border))
    w = np.linspace(sign * border, far, _GRID)
    f = sign * network.rhs(0.0, sign * w[None])[0]
    U = -cumulative_trapezoid(f, w, initial=0) / D
    U -= U.min()
    inner = cumulative_trapezoid(np.exp(-U)[::-1], w, initial=0)[::-1]
    inside = w <= sign * start
    return float(trapezoid(np.exp(U[inside]) * inner[inside] / D, w[inside]))
