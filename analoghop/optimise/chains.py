"""`ChainSearch`: repeated anneals of a small circuit on the chains between a few cities of a tour."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Array, Integers
from analoghop.engines.choice import chains_anneal, compiled_functions
from analoghop.engines.machines.chains_tables import ChainsTables
from analoghop.errors import InputError
from analoghop.optimise.search import Found, Task
from analoghop.problems.tsp import neighbourhood
from analoghop.problems.tsp.modes import ROUGH, roughness
from analoghop.problems.tsp.weights import relative, usual
from analoghop.schedules import Constant, Schedule
from analoghop.systems.assignment.chains import Chains
from analoghop.systems.machines.clusters import Clusters

STEP = 0.2  # time constants
START_TEMPERATURE, END_TEMPERATURE = 1.1, 0.06  # first and last temperature, in units of the critical one
SELF_COUPLING = (0.3, 1.0)  # first and last self-coupling
JITTER = 1e-3  # standard deviation of the initial inputs
CALLS = 150  # calls per city in a run without a time limit
FALL = 0.85  # share of a round after which no longer tour is accepted
LONGEST = 5.0  # limit of rough distances in the circuit, in units of the typical distance in tours
DRAWN = 256  # number of calls whose random numbers are drawn together


class ChainCall(NamedTuple):
    """The parameters of one anneal: A, bias and first units of `Chains`, critical temperature, noise."""

    A: Array
    bias: Array
    first: Integers
    critical: float
    sigma: float


@dataclass(frozen=True)
class ChainSearch:
    """Improves tours by annealing neighbourhoods; a digital sequencer chooses them and accepts the results.

    Each call frees a random city and some of its nearest neighbours, a number from the range `cities` (both
    ends included; at most a third of the cities). The rest of the tour becomes chains, the longest of which
    stays fixed; the circuit `Chains` orders and orients the others in an anneal of `steps` of 0.2 tau: T =
    1.1 -> 0.06 Tc, geometric, g = 0.3 -> 1 Tc, noise from the range `sigma`. The best of those of the
    `copies` that are valid and differ from the present tour replaces it if its excess length is below a
    threshold. The threshold falls from `threshold` of the best length to 0 in the first 85 % of a round; a
    run has `rounds`, each of which continues from the last tour. If distances are rough (see `modes`), those
    above 5 times the typical one (see `weights`) are limited to this value in the circuit: tours avoid them,
    and they would mask the differences of the others; lengths are compared with the original distances.
    `calls` per run: by default 150 per city, or with a deadline as many as time allows. The best tour of the
    run is returned; no other local search is made.
    """

    calls: int | None = None
    cities: tuple[int, int] = (8, 16)
    copies: int = 2
    steps: int = 60
    sigma: tuple[float, float] = (0.1, 0.5)
    threshold: float = 0.01
    rounds: int = 4

    def __post_init__(self) -> None:
        if self.calls is not None and self.calls < 1:
            raise InputError(f"`calls` is {self.calls}, expected at least 1")
        if not 2 <= self.cities[0] <= self.cities[1]:
            raise InputError(f"`cities` is {self.cities}, expected two increasing numbers from 2")
        if min(self.copies, self.steps, self.rounds) < 1:
            raise InputError("`copies`, `steps` and `rounds` must be at least 1")

    def __call__(self, task: Task) -> Found:
        """Return the best tour of one run, which begins with the raw start if that is valid."""
        return _Run(self, task).go()

    def circuit(self, call: ChainCall) -> Chains:
        """Return the circuit of one call."""
        duration, Tc = self.steps * STEP, call.critical
        ends = np.array([0.0, duration])
        return Chains(
            A=call.A,
            bias=call.bias,
            clusters=Clusters(np.diff(call.first)),
            temperature=Schedule(ends, np.array([START_TEMPERATURE, END_TEMPERATURE]) * Tc, "geometric"),
            self_coupling=Schedule(ends, np.array(SELF_COUPLING) * Tc),
            duration=duration,
            step=STEP,
            sigma=Constant(call.sigma),
        )

    def tables(self, call: ChainCall) -> ChainsTables:
        """Return the tables of `circuit`, computed without the circuit."""
        scale = np.array([call.critical, call.critical, call.sigma * call.critical])
        return ChainsTables(
            call.A.astype(np.float32),
            call.bias.astype(np.float32),
            call.first,
            (_levels(self.steps) * scale).astype(np.float32),
            np.float32(STEP),
        )


@cache
def _levels(steps: int) -> Array:
    """Return T, g and the standard deviation of the noise in each step, (steps, 3), for Tc = sigma = 1."""
    s = np.arange(steps) / steps
    T = START_TEMPERATURE * (END_TEMPERATURE / START_TEMPERATURE) ** s
    first, last = SELF_COUPLING
    return np.stack([T, first + (last - first) * s, T * np.sqrt(STEP)], axis=1)


class _Tools(NamedTuple):
    """The functions of `neighbourhood`, compiled if numba is installed."""

    contract: Callable[..., Any]
    couple: Callable[..., Any]
    critical_temperature: Callable[..., Any]
    read_order: Callable[..., Any]
    join: Callable[..., Any]
    tour_length: Callable[..., Any]


@cache
def _tools(compiled: bool) -> _Tools:
    functions = [getattr(neighbourhood, name) for name in _Tools._fields]
    return _Tools(*(compiled_functions(functions) if compiled else functions))


class _Run:
    """One run: the present tour and the best one."""

    def __init__(self, search: ChainSearch, task: Task) -> None:
        self.search, self.task = search, task
        self.anneal, compiled = chains_anneal(task.engine)
        self.tools = _tools(compiled)
        self.rng = np.random.default_rng(np.random.SeedSequence(task.seed, spawn_key=(task.run, 1)))
        problem = task.problem
        self.distances, self.symmetric = np.array(problem.distances), bool(problem.symmetric)
        self.seen = self.distances
        if roughness(relative(self.distances)) > ROUGH:
            self.seen = np.minimum(self.distances, LONGEST * usual(self.distances))
        first = None if task.first is None else task.first.answer
        answer = problem.random_answer(self.rng) if first is None else first
        self.tour = np.array(answer, dtype=np.int64)
        self.length = self.tools.tour_length(self.distances, self.tour)
        self.best, self.best_length = self.tour, self.length
        between = np.minimum(self.distances, self.distances.T) + np.diag(np.full(problem.size, np.inf))
        self.near = np.argsort(between, axis=1, kind="stable")[:, : search.cities[1] - 1]

    def go(self) -> Found:
        """Make all calls."""
        calls, limits = 0, self.task.limits
        limit = self.search.calls
        if limit is None and not limits.limited:
            limit = CALLS * len(self.tour)
        began, until = time.monotonic(), limits.deadline
        for centre, size, sigma, keys in self._draws():
            done = 0.0 if limit is None else calls / limit
            if limits.limited:
                done = max(done, (time.monotonic() - began) / max(until - began, 1e-9))
            if done >= 1.0 or limits.over or self.task.done(self.best_length):
                break
            fallen = (done * self.search.rounds) % 1.0 / FALL
            slack = self.search.threshold * self.best_length * max(0.0, 1.0 - fallen)
            self._improve(centre, size, sigma, keys, slack)
            calls += 1
        answer = tuple(self.best.tolist())
        return Found(answer, self.task.problem.verify(answer).cost, calls)

    def _draws(self) -> Iterator[tuple[int, int, float, NDArray[np.uint32]]]:
        """Yield the centre, the number of cities, the noise and its keys of each call."""
        n = len(self.tour)
        low, high = min(self.search.cities[0], max(2, n // 3)), min(self.search.cities[1], n)
        while True:
            centres = self.rng.integers(n, size=DRAWN).tolist()
            sizes = self.rng.integers(low, high + 1, size=DRAWN).tolist()
            sigmas = self.rng.uniform(*self.search.sigma, size=DRAWN).tolist()
            keys = self.rng.integers(2**32, size=(DRAWN, self.search.copies), dtype=np.uint32)
            yield from zip(centres, sizes, sigmas, keys, strict=True)

    def _improve(self, centre: int, size: int, sigma: float, keys: NDArray[np.uint32], slack: float) -> None:
        """Make one call, and accept its tour if it is longer than the present one by at most `slack`."""
        tools, distances = self.tools, self.distances
        free = np.zeros(len(self.tour), dtype=np.bool_)
        free[centre] = True
        free[self.near[centre, : size - 1]] = True
        turned, starts = tools.contract(self.tour, free)
        if len(starts) < 4:
            return
        A, bias, first = tools.couple(self.seen, turned, starts, self.symmetric)
        call = ChainCall(A, bias, first, tools.critical_temperature(A, bias.shape[1]), sigma)
        noise = self.rng.standard_normal((len(keys), *bias.shape), dtype=np.float32)
        start = np.float32(JITTER * call.critical) * noise
        found, shortest = None, np.inf
        for V in self.anneal(self.search.tables(call), start, keys):
            order = tools.read_order(V, first)
            if order[0] < 0 or (order == first[:-1]).all():
                continue
            tour = tools.join(turned, starts, first, order)
            length = tools.tour_length(distances, tour)
            if length < shortest:
                found, shortest = tour, length
        if found is not None and shortest <= self.length + slack:
            self.tour, self.length = found, shortest
            if shortest < self.best_length:
                self.best, self.best_length = found, shortest


CHAINS = ChainSearch()
"""The search with the name `chains`."""
