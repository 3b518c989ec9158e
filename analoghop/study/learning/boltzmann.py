"""`learn_boltzmann`: the stochastic model learns its couplings from data in two phases, clamped and free."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array, frozen, readonly_fields, real, whole_number
from analoghop.ensembles.streams import check_seed
from analoghop.errors import InputError
from analoghop.limits import Limits, limited
from analoghop.memory.weights import Weights
from analoghop.records import Brief

EXACT = 12
"""Units up to which the free phase is exact, by enumeration."""


@dataclass(frozen=True, eq=False)
class BoltzmannMachine(Brief):
    """P(s) ~ exp(s.W s/2 + field.s) of units +-1: `W` (n, n) symmetric, its diagonal zero, `field` (n,).

    `likelihood` (epochs,) is the mean log likelihood of the data in nats for up to 12 units, else their mean
    log pseudo-likelihood; `gap` (epochs,) the largest difference between the clamped and the free moments.
    """

    W: Array
    field: Array
    likelihood: Array
    gap: Array

    def __post_init__(self) -> None:
        names = ("W", "field", "likelihood", "gap")
        readonly_fields(self, **{name: frozen(getattr(self, name)) for name in names})

    @property
    def weights(self) -> Weights:
        """The couplings as those of a memory: for the stochastic model at temperature 1, or the circuit."""
        return Weights(self.W, -self.field, rule="boltzmann")


def learn_boltzmann(
    data: ArrayLike,
    *,
    epochs: int = 300,
    rate: float = 0.1,
    decay: float = 0.0,
    chains: int = 200,
    sweeps: int = 5,
    seed: int = 0,
    limits: Limits | None = None,
    time_limit: float | None = None,
) -> BoltzmannMachine:
    """Return the Boltzmann machine that `data` (examples, n) of +-1 teach (Ackley, Hinton & Sejnowski 1985).

    In the clamped phase the units are the data, in the free phase they run by themselves; each coupling moves
    by `rate` times the difference of its two mean products, less `decay` times itself. Up to 12 units the
    free phase is exact; beyond, `chains` persistent chains take `sweeps` sweeps of Gibbs sampling in every
    epoch (Tieleman 2008). Limits end the learning early. Raises `InputError` for data that are not +-1.
    """
    s = signs(data, "data")
    epochs = whole_number(epochs, "epochs", "a whole number")
    if epochs < 1 or rate <= 0 or decay < 0 or chains < 1 or sweeps < 1:
        raise InputError("`epochs`, `rate`, `chains` and `sweeps` must be positive, and `decay` not negative")
    n = s.shape[1]
    rng = np.random.default_rng(check_seed(seed, "seed"))
    clamped, mean = s.T @ s / len(s), s.mean(axis=0)
    W, h = np.zeros((n, n)), np.zeros(n)
    states = every_state(n) if n <= EXACT else rng.choice([-1.0, 1.0], size=(chains, n))
    likelihood, gap = [], []
    with limited(limits, time_limit=time_limit) as within, within.heed():
        for k in range(epochs):
            if within.over:
                break
            if n <= EXACT:
                exponents = 0.5 * ((states @ W) * states).sum(axis=1) + states @ h
                top = exponents.max()
                law = np.exp(exponents - top)
                total = law.sum()
                law /= total
                free, average = (states * law[:, None]).T @ states, law @ states
                own = 0.5 * ((s @ W) * s).sum(axis=1) + s @ h
                likelihood.append(float(own.mean() - top - np.log(total)))
            else:
                for _ in range(sweeps):
                    states = gibbs_sweep(states, W, h, rng)
                free, average = states.T @ states / chains, states.mean(axis=0)
                likelihood.append(pseudo_likelihood(s, W, h))
            step = clamped - free
            np.fill_diagonal(step, 0.0)
            gap.append(float(max(np.abs(step).max(), np.abs(mean - average).max())))
            W = W + rate * (step - decay * W)
            h = h + rate * (mean - average)
            within.tell(k + 1, epochs, "epochs")
    return BoltzmannMachine(W, h, np.array(likelihood), np.array(gap))


def signs(data: ArrayLike, name: str) -> Array:
    """Return data (examples, n) of +-1 as an array; raises `InputError`, naming `name`, for others."""
    s = real(data, f"`{name}`")
    if s.ndim != 2 or not s.size or not np.isin(s, (-1.0, 1.0)).all():
        raise InputError(f"`{name}` has shape {s.shape}, expected (examples, units) of -1 and 1")
    return s


def every_state(n: int) -> Array:
    """Return all states (2^n, n) of +-1."""
    return np.where(np.arange(2**n)[:, None] >> np.arange(n) & 1, 1.0, -1.0)


def gibbs_sweep(states: Array, W: Array, field: Array, rng: np.random.Generator) -> Array:
    """Return the states (chains, n) after each unit has been drawn once from its law given the others."""
    s = np.array(states)
    for i in range(s.shape[1]):
        up = 1.0 / (1.0 + np.exp(-2.0 * (s @ W[:, i] + field[i])))
        s[:, i] = np.where(rng.random(len(s)) < up, 1.0, -1.0)
    return s


def pseudo_likelihood(s: Array, W: Array, field: Array) -> float:
    """Return the mean over the data (examples, n) of the summed log P(s_i | others), in nats."""
    return float(-np.logaddexp(0.0, -2.0 * s * (s @ W + field)).sum(axis=1).mean())
