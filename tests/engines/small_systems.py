from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from analoghop.activations import Tanh
from analoghop.amplifiers import Amplifiers
from analoghop.arrays import Array
from analoghop.schedules import Schedule, Signals
from analoghop.systems.base import System
from analoghop.systems.circuits.network import Network


@dataclass(frozen=True, eq=False)
class Field(System):
    """Equations given as functions of (t, x) with x (n, members); outputs are the states."""

    rate: Callable[[Any, Array], Array]
    slope: Callable[[float, Array], Any]
    tau: tuple[float, ...]
    scale: tuple[float, ...]
    corners: tuple[float, ...] = ()
    quiet: float = 0.0
    only: str | None = None
    seen: list[float] = field(default_factory=list)

    @property
    def size(self) -> int:
        return len(self.tau)

    @property
    def n_outputs(self) -> int:
        return self.size

    @property
    def signal_names(self) -> tuple[str, ...]:
        return tuple(f"v(x{i})" for i in range(self.size))

    @property
    def time_constants(self) -> Array:
        return np.array(self.tau)[:, None]

    @property
    def input_scale(self) -> Array:
        return np.array(self.scale)[:, None]

    @property
    def explicit_only(self) -> str | None:
        return self.only

    def rhs(self, t: ArrayLike, x: Array) -> Array:
        return np.asarray(self.rate(t, x), dtype=np.float64) + np.zeros_like(x)

    def bind(self) -> Callable[[float, Array], Array]:
        def rhs(t: float, x: Array) -> Array:
            self.seen.append(t)
            return self.rhs(t, x[:, None])[:, 0]

        return rhs

    def outputs(self, t: ArrayLike, x: Array) -> Array:
        return x

    def observe(self, t: ArrayLike, x: Array, names: Sequence[str]) -> Array:
        return x[[self.signal_names.index(name) for name in names]]

    def jacobian(self, t: float, x: Array) -> Any:
        return self.slope(t, x)

    def breakpoints(self, until: float) -> tuple[float, ...]:
        return tuple(c for c in self.corners if 0 < c < until)

    def quiet_after(self) -> float:
        return self.quiet


def relaxing(*tau: float, towards: Sequence[float] | None = None, scale: float = 1.0) -> Field:
    """`tau x' = target - x` for each state."""
    rates = 1.0 / np.array(tau)[:, None]
    target = np.zeros((len(tau), 1)) if towards is None else np.array(towards, dtype=float)[:, None]
    return Field(
        lambda t, x: rates * (target - x), lambda t, x: -np.diag(rates[:, 0]), tau, (scale,) * len(tau)
    )


def follower(levels: Sequence[tuple[float, float]]) -> Field:
    """`x' = w(t) - x` with w piecewise constant: (time from which on, level), jumping from 0."""
    times, values = np.array([t for t, _ in levels]), np.array([0.0, *(v for _, v in levels)])

    def rate(t: Any, x: Array) -> Array:
        return values[np.searchsorted(times, t, side="right")] - x

    return Field(rate, lambda t, x: -np.eye(1), (1.0,), (1.0,), tuple(times), float(times[-1]))


def follower_answer(levels: Sequence[tuple[float, float]], t: float) -> float:
    """The exact state of `follower` at `t`, started from zero."""
    ends = [*(u for u, _ in levels[1:]), np.inf]
    total = 0.0
    for (start, level), end in zip(levels, ends, strict=True):
        if t > start:
            total += level * (np.exp(min(end, t) - t) - np.exp(start - t))
    return total


def random_network(
    n: int, seed: int = 0, gain: float = 3.0, asymmetry: float = 0.0, **options: Any
) -> Network:
    rng = np.random.default_rng(seed)
    A = rng.normal(size=(n, n)) / np.sqrt(n)
    T = 0.5 * (A + A.T) + asymmetry * (A - A.T)
    bias = 0.1 * rng.normal(size=n)
    return Network(T, Amplifiers(((Tanh(), n),), gain=gain), bias=bias, **options)


def flip_flop(gain: float = 2.0) -> Network:
    return Network(np.array([[0.0, 1.0], [1.0, 0.0]]), Amplifiers(((Tanh(), 2),), gain=gain))


def driven_network(n: int, knots: Sequence[float], levels: Sequence[float]) -> Network:
    signal = Signals((Schedule(np.array(knots), np.array(levels)),))
    return random_network(n, signals=signal, S=np.linspace(0.2, 1.0, n)[:, None])


METHODS: Mapping[str, float] = {
    "RK23": 3e-7,
    "RK45": 1e-7,
    "DOP853": 1e-7,
    "LSODA": 1e-6,
    "BDF": 1e-6,
    "Radau": 1e-7,
    "auto": 1e-6,
}
"""Largest error of each method at rtol 1e-8, atol 1e-10, on circuits whose voltages are about 1."""
