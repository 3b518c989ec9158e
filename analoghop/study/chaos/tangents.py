"""`lyapunov`: the largest Lyapunov exponents of any system, by its tangent flow."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array, check_number, column, whole_number
from analoghop.errors import InputError
from analoghop.limits import Limits, limited
from analoghop.study.findings import Findings
from analoghop.systems.base import System

_BLOCKS = 10  # parts of the run, whose means tell the error
_SHOWN = 4  # states of the sample run
_SAMPLES = 800

Tangent = Callable[[float, Array, Array], Array]


def lyapunov(
    system: System,
    x0: ArrayLike,
    count: int = 1,
    *,
    duration: float | None = None,
    transient: float | None = None,
    step: float | None = None,
    every: int = 10,
    seed: int = 0,
    limits: Limits | None = None,
    time_limit: float | None = None,
) -> Findings:
    """Return the `count` largest Lyapunov exponents of `system` along its run from `x0` (n,), in 1/s.

    Tangent vectors move with the linearised equations beside the state, and are made orthonormal by QR every
    `every` steps (Benettin et al. 1980); the mean logarithms of their growth are the exponents. Both are
    integrated by the classical Runge-Kutta method with fixed steps. By default `duration` is 400, `transient`
    (not counted) 100, and `step` 0.05 of the slowest and the fastest own time constant. Arrays: `exponents`
    (count,), `errors` (count,), standard errors of the mean over ten parts of the run; `time` and `running`
    (k, count) estimates; `sample_time`, `samples` (k, 4) outputs of a sample run. A positive exponent means
    chaos; at a stable equilibrium they are the real parts of the eigenvalues.
    """
    n = system.size
    count = whole_number(count, "count", "a whole number")
    if not 1 <= count <= n:
        raise InputError(f"`count` is {count}, expected 1 to {n}")
    if system.noise is not None:
        raise InputError("Lyapunov exponents are those of a circuit without noise")
    slow, fast = float(system.time_constants.max()), float(system.time_constants.min())
    length = 400.0 * slow if duration is None else check_number(duration, "duration", "a positive time")
    before = 100.0 * slow if transient is None else check_number(transient, "transient", "a time")
    h = 0.05 * fast if step is None else check_number(step, "step", "a positive time")
    every = whole_number(every, "every", "a whole number")
    if length <= 0 or before < 0 or h <= 0 or every < 1:
        raise InputError("`duration`, `step` and `every` must be positive, and `transient` not negative")
    x = np.array(column(x0, n, "x0"))
    Q = np.linalg.qr(np.random.default_rng(seed).normal(size=(n, count)))[0]
    flow = _Flow(system, h)
    warm, rounds = int(np.ceil(before / (h * every))), max(_BLOCKS, int(np.ceil(length / (h * every))))
    growth, samples = [], [x[:, 0]]
    with limited(limits, time_limit=time_limit) as within, within.heed():
        for k in range(warm + rounds):
            if within.over:
                break
            for j in range(every):
                x, Q = flow.stepped((k * every + j) * h, x, Q)
            Q, R = np.linalg.qr(Q)
            if k >= warm:
                growth.append(np.log(np.maximum(np.abs(np.diagonal(R)), 1e-300)))
                samples.append(x[:, 0])
            within.tell((k + 1) * every * h, (warm + rounds) * every * h, "s")
        over = len(growth) < rounds
    logs = np.array(growth).reshape(-1, count) / (h * every)
    if not len(logs):
        raise InputError("the time limit ended the transient, before an exponent could be measured")
    running = np.cumsum(logs, axis=0) / np.arange(1, len(logs) + 1)[:, None]
    parts = np.array([part.mean(axis=0) for part in np.array_split(logs, min(_BLOCKS, len(logs)))])
    errors = parts.std(axis=0, ddof=1) / np.sqrt(len(parts)) if len(parts) > 1 else np.full(count, np.nan)
    kept = np.array(samples)[:: max(1, len(samples) // _SAMPLES)]
    outputs = system.outputs(0.0, kept.T)[:_SHOWN].T
    exponents = running[-1]
    verdict = _word(float(exponents[0]), float(errors[0]))
    lines = [f"largest Lyapunov exponent {exponents[0]:.6g} +- {errors[0]:.2g} 1/s: {verdict}"]
    lines += [f"exponent {k + 1}: {exponents[k]:.6g} +- {errors[k]:.2g} 1/s" for k in range(1, count)]
    times = h * every * np.arange(1, len(logs) + 1)
    return Findings(
        "lyapunov",
        {
            "exponents": exponents,
            "errors": errors,
            "time": times,
            "running": running,
            "sample_time": h * every * max(1, len(samples) // _SAMPLES) * np.arange(len(kept)),
            "samples": outputs,
        },
        dict.fromkeys(("exponents", "errors", "running"), "1/s")
        | {"time": "s", "sample_time": "s", "samples": "V"},
        tuple(lines),
        record={"step": h, "duration": length, "transient": before, "seed": seed},
        interrupted=over,
    )


def _word(exponent: float, error: float) -> str:
    if exponent > 3.0 * error:
        return "chaotic"
    return "settles or swings regularly" if exponent < -3.0 * error else "neither sign is sure"


class _Flow:
    """Steps of the classical Runge-Kutta method for a state (n, 1) and its tangent vectors (n, k)."""

    def __init__(self, system: System, step: float) -> None:
        self._system, self._h = system, step
        self._rate = system.bind()
        network = system.network
        simple = network is not None and network.amplifiers.scalar
        self._tangent: Tangent = self._of_network if simple else self._of_jacobian

    def _of_network(self, t: float, x: Array, Q: Array) -> Array:
        """Return the Jacobian's product without making the Jacobian: (T D Q - G Q) / C."""
        network = self._system.network
        assert network is not None, "chosen for networks"
        return np.asarray((network.T @ (network.slopes(t, x) * Q) - network.G * Q) / network.C)

    def _of_jacobian(self, t: float, x: Array, Q: Array) -> Array:
        return np.asarray(self._system.jacobian(t, x) @ Q)

    def stepped(self, t: float, x: Array, Q: Array) -> tuple[Array, Array]:
        """Return the state and the tangent vectors after a step."""
        h = self._h

        def both(t: float, x: Array, Q: Array) -> tuple[Array, Array]:
            return self._rate(t, x[:, 0])[:, None], self._tangent(t, x, Q)

        a, A = both(t, x, Q)
        b, B = both(t + 0.5 * h, x + 0.5 * h * a, Q + 0.5 * h * A)
        c, C = both(t + 0.5 * h, x + 0.5 * h * b, Q + 0.5 * h * B)
        d, D = both(t + h, x + h * c, Q + h * C)
        return x + h / 6.0 * (a + 2.0 * b + 2.0 * c + d), Q + h / 6.0 * (A + 2.0 * B + 2.0 * C + D)
