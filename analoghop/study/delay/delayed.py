"""`simulate_delayed`: Hopfield's network in which every connection has a delay of its own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array, check_number, members, real, whole_number
from analoghop.errors import InputError
from analoghop.limits import Limits, limited
from analoghop.records import Brief
from analoghop.systems.circuits.network import Network

_PER_TIME_CONSTANT = 40  # steps, by default
_PER_DELAY = 8  # steps in the shortest delay, at least
_CHECKED = 256  # steps between two looks at the limits
_KINDS = 64  # different delays


@dataclass(frozen=True, eq=False)
class DelayedRun(Brief):
    """Waveforms: `times` (k,) in s, `states` and `outputs` (k, n, members) in V, evenly spaced.

    `step` in s; `error` is the largest difference in V to the same run with steps twice as long, over the
    first own time constants, None where it was not asked for: steps half as long make it about 16 times
    smaller.
    """

    times: Array
    states: Array
    outputs: Array
    step: float
    error: float | None
    interrupted: bool = False

    def swing(self, share: float = 0.25) -> Array:
        """Return the largest peak-to-peak output in the last `share` of the run, (members,)."""
        late = self.outputs[int((1.0 - share) * len(self.times)) :]
        return np.asarray(np.ptp(late, axis=0).max(axis=0))


def simulate_delayed(
    network: Network,
    delays: ArrayLike,
    x0: ArrayLike,
    tstop: float,
    *,
    step: float | None = None,
    points: int = 1000,
    check: bool = True,
    limits: Limits | None = None,
    time_limit: float | None = None,
) -> DelayedRun:
    """Run C u_i' = sum_j T_ij v_j(t - delay_ij) - G_i u_i + I_i from the constant past `x0`.

    `delays` in s: a number, or (n, n), one for each connection; entries of T that are zero have none. `x0`
    (n,) or (n, members). Method of steps: the classical Runge-Kutta method of fourth order, with the past
    read from the cubic Hermite polynomial through states and rates. So a step may be no longer than the
    shortest delay; by default it is an eighth of it or less, and 1/40 of the shortest own time constant. With
    `check` a second run with steps twice as long tells the error. At most `points` times are kept. Raises
    `InputError` for delays that are negative or have more than 64 different values, and for schedules.
    """
    system = _checked(network)
    start = members(x0, system.size, "x0")
    end = check_number(tstop, "tstop", "a positive time")
    points = whole_number(points, "points", "a whole number")
    if end <= 0 or points < 2:
        raise InputError(f"`tstop` is {end:g} and `points` {points}, expected a positive time and 2 or more")
    parts = _parts(system, delays)
    own = float(system.time_constants.min()) / _PER_TIME_CONSTANT
    shortest = min((delay for delay, _ in parts if delay > 0), default=np.inf)
    h = min(own, shortest / _PER_DELAY) if step is None else check_number(step, "step", "a positive time")
    if not 0 < h <= shortest:
        raise InputError(
            f"`step` is {h:g} s, expected a positive time up to the shortest delay, {shortest:g} s"
        )
    with limited(limits, time_limit=time_limit) as within, within.heed():
        times, states, over = _run(system, parts, start, end, h, points, within)
        error = None
        if check and not over:
            error = _difference(system, parts, start, end, h, shortest, within)
    outputs = system.outputs(0.0, np.concatenate(list(states), axis=1))
    shaped = outputs.reshape(system.n_outputs, len(times), start.shape[1]).transpose(1, 0, 2)
    return DelayedRun(times, states, shaped, h, error, over)


def _checked(network: Network) -> Network:
    if network.quiet_after() > 0:
        raise InputError("delays are simulated without schedules and moving inputs")
    if network.noise is not None:
        raise InputError("delays are simulated without noise")
    return network


def _parts(network: Network, delays: ArrayLike) -> list[tuple[float, Array]]:
    """Return the different delays with the couplings T/C (n, n) that have them."""
    T = network.T.toarray()
    given = real(delays, "`delays`")
    if given.ndim not in (0, 2) or (given.ndim == 2 and given.shape != T.shape):
        raise InputError(f"`delays` has shape {given.shape}, expected a number or {T.shape}")
    if not (np.isfinite(given) & (given >= 0)).all():
        raise InputError("`delays` holds a value that is no time from 0")
    D = np.broadcast_to(given, T.shape)
    kinds = np.unique(D[T != 0])
    if len(kinds) > _KINDS:
        raise InputError(f"`delays` has {len(kinds)} different values, expected {_KINDS} at most: round them")
    return [(float(d), np.where(d == D, T, 0.0) / network.C) for d in kinds]


def _run(
    network: Network,
    parts: list[tuple[float, Array]],
    start: Array,
    end: float,
    h: float,
    points: int,
    limits: Limits,
) -> tuple[Array, Array, bool]:
    """Return times, states (k, n, members), and whether the limits ended the run."""
    count = max(1, int(np.ceil(end / h - 1e-9)))
    every = max(1, count // (points - 1))
    past = _Past(h, start, max((delay for delay, _ in parts), default=0.0))
    kept = [start]
    now, over = start, False
    for k in range(count):
        if k % _CHECKED == 0:
            limits.tell(k * h, end, "s")
            if limits.over:
                over = True
                break
        now = _stepped(network, parts, past, k, now)
        past.add(now)
        if (k + 1) % every == 0:
            kept.append(now)
    times: Array = np.arange(len(kept), dtype=np.float64) * (h * every)
    return times, np.array(kept), over


def _stepped(network: Network, parts: list[tuple[float, Array]], past: _Past, k: int, u: Array) -> Array:
    """Return the state after step number k, by the classical Runge-Kutta method."""
    h, decay, bias = past.step, network.decay, network.current(0.0) / network.C
    held: dict[float, Array] = {}

    def rate(share: float, x: Array) -> Array:
        total: Array = bias - decay * x
        if share not in held:
            delayed = np.zeros_like(x)
            for delay, T in parts:
                if delay > 0:
                    delayed += T @ network.outputs(0.0, past.at((k + share) * h - delay))
            held[share] = delayed
        total = total + held[share]
        for delay, T in parts:
            if delay == 0:
                total = total + T @ network.outputs(0.0, x)
        return total

    a = rate(0.0, u)
    past.slope(a)
    b = rate(0.5, u + 0.5 * h * a)
    c = rate(0.5, u + 0.5 * h * b)
    d = rate(1.0, u + h * c)
    return np.asarray(u + h / 6.0 * (a + 2.0 * b + 2.0 * c + d))


class _Past:
    """The states and rates of the last steps in a ring, and the states between them."""

    def __init__(self, step: float, start: Array, longest: float) -> None:
        self.step = step
        self._length = int(np.ceil(longest / step)) + 4
        self._states = np.repeat(start[None], self._length, axis=0)
        self._rates = np.zeros_like(self._states)
        self._start, self._last = start, 0

    def slope(self, rate: Array) -> None:
        """Enter the rate of the last state."""
        self._rates[self._last % self._length] = rate

    def add(self, state: Array) -> None:
        """Enter the next state."""
        self._last += 1
        self._states[self._last % self._length] = state

    def at(self, t: float) -> Array:
        """Return the state at the time t, the start for a time before 0."""
        if t <= 0.0:
            return self._start
        k = min(int(t / self.step), self._last - 1)
        s = t / self.step - k
        a, b = k % self._length, (k + 1) % self._length
        h = self.step
        x, y, dx, dy = self._states[a], self._states[b], self._rates[a], self._rates[b]
        value = (1 + 2 * s) * (1 - s) ** 2 * x + s * s * (3 - 2 * s) * y
        return np.asarray(value + h * s * (1 - s) ** 2 * dx + h * s * s * (s - 1) * dy)


def _difference(
    network: Network,
    parts: list[tuple[float, Array]],
    start: Array,
    end: float,
    h: float,
    shortest: float,
    limits: Limits,
) -> float | None:
    """Return how far runs with steps h and 2h lie apart (V), over a few time constants and delays."""
    longest = max((delay for delay, _ in parts), default=0.0)
    span = min(end, 5.0 * float(network.time_constants.max()) + 3.0 * longest)
    steps = max(2, int(span / h) // 2 * 2)
    coarse = min(2.0 * h, shortest)
    fine = _run(network, parts, start, steps * h, coarse / 2.0, 10**9, limits)[1]
    rough = _run(network, parts, start, steps * h, coarse, 10**9, limits)[1]
    count = min(len(fine[::2]), len(rough))
    return None if limits.over else float(np.abs(fine[::2][:count] - rough[:count]).max())
