"""`delay`: whether a network still swings, against the delay of its connections, beside the thresholds."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array, check_number, real, whole_number
from analoghop.ensembles.streams import check_seed, uniform
from analoghop.errors import InputError
from analoghop.limits import Limits, limited
from analoghop.study.delay.delayed import DelayedRun, simulate_delayed
from analoghop.study.delay.thresholds import high_gain_delay, hopf_delay
from analoghop.study.findings import Fact, Findings
from analoghop.systems.circuits.network import Network

_GOES_ON = 0.95  # of the swing in the middle of a run: what it must still have in the end
_PERTURBED = 0.3  # of the start: the perturbation of each amplifier
_LOW, _HIGH = 0.014, 0.06  # relative: how well measured thresholds agree with the formulas
_HALVINGS = 9


def delay(
    network: Network,
    delays: ArrayLike,
    *,
    starts: int = 8,
    tstop: float | None = None,
    measure: bool = True,
    seed: int = 0,
    limits: Limits | None = None,
    time_limit: float | None = None,
) -> Findings:
    """Run `network` with each of the `delays` (k,) in s in all connections, from perturbed starts.

    The starts are nearly uniform, perturbed by 30 %: an exactly uniform start swings far below the threshold.
    A run goes on swinging if the swing of its last quarter is at least 0.95 of that of its second one, and
    more than 1e-5 of the rails. `tstop` is by default 200 of the slowest own time constants (or 400 of the
    longest delay, if that is less) where the middle state is stable without delay, 800 otherwise: close to
    the threshold the transients are long. With `measure`
    the threshold is found by bisection, beside the formula that applies: `hopf_delay` where the middle state
    is stable without delay, `high_gain_delay` otherwise. Arrays: `delay`, `swinging` (share of the starts),
    `swing` (k, starts) in V, `frequency` (k,) in 1/s, `thresholds` (2,) of the two formulas in s.
    """
    wanted = np.atleast_1d(real(delays, "`delays`"))
    if wanted.ndim != 1 or not (np.isfinite(wanted) & (wanted > 0)).all():
        raise InputError("`delays` holds a value that is not a positive time")
    check_seed(seed, "seed")
    tau = float(network.time_constants.max())
    if tstop is not None:
        end = check_number(tstop, "tstop", "a positive time")
    else:
        stable = _middle_is_stable(network)
        end = min(200.0 * tau, 20.0 * tau + 400.0 * float(wanted.max())) if stable else 800.0 * tau
    x0 = _starts(network, whole_number(starts, "starts", "a whole number"), seed)
    formulas = thresholds_of(network)
    swings, shares, frequencies = [], [], []
    facts: tuple[Fact, ...] = ()
    with limited(limits, time_limit=time_limit) as within, within.heed():
        for k, one in enumerate(wanted.tolist()):
            points = int(np.clip(8.0 * end / one, 1000, 20_000))
            run = simulate_delayed(network, one, x0, end, points=points, check=False, limits=within.alone())
            if run.interrupted:
                break
            swings.append(run.swing())
            shares.append(float(goes_on(network, run).mean()))
            frequencies.append(_frequency(run))
            within.tell(k + 1, len(wanted), "delays")
        if measure and not within.over:
            facts = _facts(network, formulas, x0, end, within)
        over = within.over
    done = len(swings)
    lines = [f"{done} delays, {x0.shape[1]} perturbed starts, still swinging at t = {end:g} s:"]
    lines += [f"delay {d:.6g} s: {s:.0%} of the starts" for d, s in zip(wanted, shares, strict=False)]
    return Findings(
        "delay",
        {
            "delay": wanted[:done],
            "swinging": np.array(shares),
            "swing": np.array(swings).reshape(done, x0.shape[1]),
            "frequency": np.array(frequencies),
            "thresholds": np.array(formulas),
        },
        {"delay": "s", "swing": "V", "frequency": "1/s", "thresholds": "s"},
        tuple(lines),
        facts,
        {"starts": x0.shape[1], "seed": seed, "tstop": end},
        over and (done < len(wanted) or (measure and not facts)),
    )


def thresholds_of(network: Network) -> tuple[float, float]:
    """Return the thresholds in s by `hopf_delay` and `high_gain_delay`, for equal C/G of all inputs."""
    tau = network.time_constants[:, 0]
    if not np.allclose(tau, tau[0], rtol=1e-9):
        raise InputError("the thresholds are known for equal time constants C/G of all inputs")
    values = np.linalg.eigvals(network.T.toarray() / network.G).real
    slope = float(network.amplifiers.slopes(network.amplifiers.offset).max())
    low = hopf_delay(max(0.0, -slope * float(values.min())))
    return low * float(tau[0]), high_gain_delay(float(values.min()), float(values.max())) * float(tau[0])


def measured_delay(
    network: Network,
    low: float,
    high: float,
    x0: Array,
    tstop: float,
    limits: Limits | None = None,
) -> float:
    """Return the delay (s) between `low` and `high` from which runs from `x0` (n, members) go on swinging.

    Bisection by nine halvings; nan where swinging does not begin between both, or the limits ended it.
    """
    within = limits or Limits()

    def swings(one: float) -> bool:
        run = simulate_delayed(network, one, x0, tstop, check=False, limits=within.alone())
        return bool(goes_on(network, run).mean() >= 0.5)

    if swings(low) or not swings(high):
        return float("nan")
    for k in range(_HALVINGS):
        if within.over:
            return float("nan")
        middle = 0.5 * (low + high)
        low, high = (low, middle) if swings(middle) else (middle, high)
        within.tell(k + 1, _HALVINGS, "halvings")
    return 0.5 * (low + high)


def goes_on(network: Network, run: DelayedRun) -> Array:
    """Return whether each member goes on swinging, (members,)."""
    quarter = len(run.times) // 4
    late = np.ptp(run.outputs[3 * quarter :], axis=0).max(axis=0)
    middle = np.ptp(run.outputs[quarter : 2 * quarter], axis=0).max(axis=0)
    rails = 2.0 * float(np.abs(network.amplifiers.scale).max())
    return np.asarray((late >= _GOES_ON * middle) & (late > 1e-5 * rails))


def _starts(network: Network, count: int, seed: int) -> Array:
    """Return starts (n, count) at one input scale, or at a hundredth of it where the middle is stable."""
    size = network.input_scale * (0.01 if _middle_is_stable(network) else 1.0)
    return np.asarray(network.thresholds + size * (1.0 + _PERTURBED * uniform(seed, 0, count, network.size)))


def _middle_is_stable(network: Network) -> bool:
    largest = float(np.linalg.eigvals(network.T.toarray() / network.G).real.max())
    return largest * float(network.amplifiers.slopes(network.amplifiers.offset).max()) < 1.0


def _facts(
    network: Network, formulas: tuple[float, float], x0: Array, end: float, limits: Limits
) -> tuple[Fact, ...]:
    stable = _middle_is_stable(network)
    expected, share = (formulas[0], _LOW) if stable else (formulas[1], _HIGH)
    if not (0 < expected < np.inf):
        return ()
    measured = measured_delay(network, 0.7 * expected, 1.3 * expected, x0, end, limits)
    name = "delay at which the middle begins to swing" if stable else "delay from which swinging goes on"
    return (Fact(name, measured, expected, share * expected, "Marcus & Westervelt 1989"),)


def _frequency(run: DelayedRun) -> float:
    """Return the angular frequency of the first output in the second half of the run, nan without one."""
    v = run.outputs[len(run.times) // 2 :, 0, 0]
    v = v - 0.5 * (v.max() + v.min())
    t = run.times[len(run.times) // 2 :]
    k = np.flatnonzero((v[:-1] < 0) & (v[1:] >= 0))
    if len(k) < 3:
        return float("nan")
    at = t[k] - v[k] * (t[k + 1] - t[k]) / (v[k + 1] - v[k])
    return float(2.0 * np.pi / np.diff(at).mean())
