"""Baselines for spins: random states, descent by single flips, and simulated annealing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Array, Integers
from analoghop.limits import Limits
from analoghop.problems.baselines.largest import Largest
from analoghop.problems.baselines.means import runs_until

Spins = NDArray[np.float64]

RANDOM = 100
DESCENTS = 10
READS, SWEEPS = 10, 1000
MOST_FLIPS = 200_000
"""Largest number of flips of all descents together: long descents are fewer."""
PER_SPIN, PER_PAIR = 10e-9, 0.4e-9
"""Approximate seconds per sweep of simulated annealing, for each spin and each pair."""
LONGEST = 10.0
"""Estimated seconds of simulated annealing beyond which it is left out."""
CHECK_EVERY = 256
"""Flips between two checks of the limits."""
POLL = 0.05
"""Seconds between two checks of the limits while simulated annealing runs in its own thread."""
PRODUCTS = 10_000_000
"""Largest number of products of two spins that are in memory at once."""


class SpinEnergy(Protocol):
    """The energy `constant - sum J_ij s_i s_j - sum h_i s_i` of `n` spins; `J` (m,) belongs to `pairs`."""

    @property
    def n(self) -> int:
        """Number of spins."""

    @property
    def pairs(self) -> Integers:
        """The pairs (m, 2) that are coupled."""

    @property
    def J(self) -> Array:
        """The couplings (m,)."""

    @property
    def h(self) -> Array:
        """The fields (n,)."""

    @property
    def constant(self) -> float:
        """The constant."""

    @property
    def matrix(self) -> Any:
        """The symmetric matrix (n, n) of the couplings, sparse."""

    def energy(self, states: Any) -> Array:
        """Return the energies of `states` (n,) or (n, members)."""


def spin_baselines(ising: SpinEnergy, seed: int, limits: Limits) -> Mapping[str, float]:
    """Return mean energies by name: the expected result of one run of each method.

    `random`: 100 states; `1-opt`: descents from 10 of them; with dwave-samplers installed, `simulated
    annealing`: 10 runs of 1000 sweeps, and the best of them. If `limits` are over before, means are those of
    the runs done by then, and methods without a run are left out.
    """
    rng = np.random.default_rng(seed)
    states = rng.choice((-1.0, 1.0), size=(ising.n, RANDOM))
    found: dict[str, float] = {}
    energies = _energies(ising, states, limits)
    if len(energies):
        found["random"] = float(energies.mean())
    descents = max(1, min(DESCENTS, MOST_FLIPS // ising.n))
    ends = runs_until(limits, lambda k: one_opt(ising, states[:, k], limits), descents, whole=False)
    if ends:
        found["1-opt"] = float(ising.energy(np.stack(ends, axis=1)).mean())
    annealed = simulated_annealing(ising, seed, limits=limits)
    if annealed is not None:
        energies = ising.energy(annealed)
        found["simulated annealing"] = float(energies.mean())
        found[f"simulated annealing, best of {READS}"] = float(energies.min())
    return found


def _energies(ising: SpinEnergy, states: Spins, limits: Limits) -> Array:
    """Return the energies of the columns of `states`, of fewer columns if `limits` are over before."""
    width = max(1, PRODUCTS // max(len(ising.pairs), 1))

    def part(k: int) -> Array:
        return ising.energy(states[:, k * width : (k + 1) * width])

    parts = runs_until(limits, part, -(-states.shape[1] // width))
    return np.concatenate(parts) if parts else np.empty(0)


def one_opt(ising: SpinEnergy, spins: Array, limits: Limits | None = None) -> Spins:
    """Return `spins` (n,) after flips of the spin that lowers the energy most, as long as one does.

    If `limits` are over before the end, fewer flips are made.
    """
    J, s = ising.matrix, spins.copy()
    first, others, values = J.indptr, J.indices, J.data
    field = J @ s + ising.h
    largest = Largest(-s * field)
    gain = largest.values
    floor = 1e-12 * max(float(np.abs(gain).max()), 1e-300)
    flips = 0
    while True:
        if limits is not None and flips % CHECK_EVERY == 0 and limits.over:
            return s
        flips += 1
        i = largest.place()
        if gain[i] <= floor:
            return s
        s[i] = -s[i]
        gain[i] = -gain[i]
        near = slice(first[i], first[i + 1])
        gain[others[near]] -= 2.0 * s[i] * values[near] * s[others[near]]
        largest.changed(np.append(others[near], i))


def simulated_annealing(
    ising: SpinEnergy, seed: int, reads: int = READS, sweeps: int = SWEEPS, limits: Limits | None = None
) -> Spins | None:
    """Return the final spins (n, reads) of simulated annealing by dwave-samplers.

    None if it is not installed, would take too long, or `limits` are over before its end.
    """
    try:
        from dimod import BinaryQuadraticModel, Vartype
        from dwave.samplers import SimulatedAnnealingSampler
    except ImportError:
        return None
    limits = Limits() if limits is None else limits
    if limits.over or reads * sweeps * (PER_SPIN * ising.n + PER_PAIR * len(ising.pairs)) > LONGEST:
        return None

    def sample() -> Spins:
        i, j = ising.pairs.T
        terms = (i, j, -ising.J)
        model = BinaryQuadraticModel.from_numpy_vectors(-ising.h, terms, ising.constant, Vartype.SPIN)
        model.add_linear_from((k, 0.0) for k in range(ising.n))
        ends = SimulatedAnnealingSampler().sample(
            model, num_reads=reads, num_sweeps=sweeps, seed=seed, interrupt_function=lambda: limits.over
        )
        order = np.argsort(list(ends.variables))
        return np.asarray(ends.record.sample[:, order].T, dtype=np.float64)

    return _in_thread(sample, limits)


def _in_thread(work: Callable[[], Spins], limits: Limits) -> Spins | None:
    """Return the result of `work`; None if `limits` are over before.

    `work` runs in its own thread, which is not stopped: a sampler that checks the limits only between two
    reads does not delay its caller. The interpreter waits for the thread at its exit, for at most one read of
    a second: killing a thread inside compiled code would abort the process.
    """
    done: Future[Spins] = Future()

    def run() -> None:
        try:
            done.set_result(work())
        except BaseException as error:  # raised again in the caller's thread
            done.set_exception(error)

    threading.Thread(target=run).start()
    while not limits.over:
        try:
            return done.result(timeout=POLL)
        except TimeoutError:
            if done.done():
                raise
    return None
