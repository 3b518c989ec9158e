"""`learn_restricted`: a Boltzmann machine of two layers, without couplings inside a layer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array, frozen, readonly_fields, whole_number
from analoghop.ensembles.streams import check_seed
from analoghop.errors import InputError
from analoghop.limits import Limits, limited
from analoghop.records import Brief
from analoghop.study.learning.boltzmann import signs


@dataclass(frozen=True, eq=False)
class RestrictedBoltzmann(Brief):
    """P(v, h) ~ exp(v.W h + visible.v + hidden.h) of units of +-1: `W` (n, m), `visible` (n,), `hidden` (m,).

    `error` (epochs,) is the share of visible bits that one step down and up gets wrong.
    """

    W: Array
    visible: Array
    hidden: Array
    error: Array

    def __post_init__(self) -> None:
        names = ("W", "visible", "hidden", "error")
        readonly_fields(self, **{name: frozen(getattr(self, name)) for name in names})

    def complete(self, v: ArrayLike, known: ArrayLike | None = None, *, steps: int = 50) -> Array:
        """Return visible units (examples, n) completed from `v` by mean-field steps between the layers.

        `known` (examples, n) or (n,) marks units that are held, None for none. This is the two-layer circuit
        with tanh amplifiers, stepped layer by layer.
        """
        given = signs(v, "v")
        held = np.zeros(given.shape, dtype=bool) if known is None else np.broadcast_to(known, given.shape)
        x = np.array(given)
        for _ in range(steps):
            h = np.tanh(x @ self.W + self.hidden)
            x = np.where(held, given, np.tanh(h @ self.W.T + self.visible))
        return np.where(x >= 0, 1.0, -1.0)


def learn_restricted(
    data: ArrayLike,
    hidden: int = 32,
    *,
    epochs: int = 500,
    rate: float = 0.05,
    momentum: float = 0.5,
    chains: int = 100,
    seed: int = 0,
    limits: Limits | None = None,
    time_limit: float | None = None,
) -> RestrictedBoltzmann:
    """Return the restricted machine of `hidden` units that `data` (examples, n) of +-1 teach.

    The clamped phase is exact, since hidden units are independent given the visible ones; the free phase are
    persistent chains, one step down and up in every epoch (Tieleman 2008). Limits end the learning early.
    """
    v = signs(data, "data")
    hidden, epochs = (
        whole_number(hidden, "hidden", "a whole number"),
        whole_number(epochs, "epochs", "a whole number"),
    )
    if hidden < 1 or epochs < 1 or rate <= 0 or not 0 <= momentum < 1 or chains < 1:
        raise InputError("`hidden`, `epochs`, `rate` and `chains` must be positive, and `momentum` 0 to 1")
    rng = np.random.default_rng(check_seed(seed, "seed"))
    n = v.shape[1]
    W = 0.05 * rng.standard_normal((n, hidden))
    share = np.clip(0.5 * (1.0 + v.mean(axis=0)), 0.05, 0.95)
    b, c = 0.5 * np.log(share / (1.0 - share)), np.zeros(hidden)
    free = rng.choice([-1.0, 1.0], size=(chains, n))
    pace = np.zeros_like(W)
    errors = []
    with limited(limits, time_limit=time_limit) as within, within.heed():
        for k in range(epochs):
            if within.over:
                break
            up = np.tanh(v @ W + c)
            of_free = np.tanh(free @ W + c)
            step = v.T @ up / len(v) - free.T @ of_free / chains
            pace = momentum * pace + rate * step
            W = W + pace
            b = b + rate * (v.mean(axis=0) - free.mean(axis=0))
            c = c + rate * (up.mean(axis=0) - of_free.mean(axis=0))
            h = _drawn(free @ W + c, rng)
            free = _drawn(h @ W.T + b, rng)
            back = np.tanh(v @ W + c) @ W.T + b
            errors.append(float((np.where(back >= 0, 1.0, -1.0) != v).mean()))
            within.tell(k + 1, epochs, "epochs")
    return RestrictedBoltzmann(W, b, c, np.array(errors))


def _drawn(field: Array, rng: np.random.Generator) -> Array:
    """Return units of +-1 drawn with the means tanh(field)."""
    return np.where(rng.random(field.shape) < 0.5 * (1.0 + np.tanh(field)), 1.0, -1.0)
