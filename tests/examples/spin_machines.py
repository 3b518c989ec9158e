"""Small machines for the laws of engines, by name."""

from collections.abc import Callable

import numpy as np
from scipy import sparse

from analoghop.schedules import Constant, Schedule
from analoghop.systems.machine import Machine
from analoghop.systems.machines.adaptive_clauses import ClauseCircuit
from analoghop.systems.machines.clauses import Clauses
from analoghop.systems.machines.lagrange import Lagrange
from analoghop.systems.machines.memcomputing import Memcomputing
from analoghop.systems.machines.satisfaction import Satisfaction
from analoghop.systems.machines.spins.amplitude import Amplitude
from analoghop.systems.machines.spins.bifurcating import longest_step
from analoghop.systems.machines.spins.chaotic_feedback import ChaoticFeedback
from analoghop.systems.machines.spins.inertial import Inertial
from analoghop.systems.machines.spins.oscillator import Oscillator
from analoghop.systems.machines.spins.probabilistic_bits import ProbabilisticBits
from analoghop.systems.machines.spins.released import Released
from analoghop.systems.machines.spins.separation import Separation
from analoghop.systems.machines.spins.spin_network import SpinNetwork


def couplings(n: int, *, weights: bool, seed: int = 0) -> sparse.csr_array:
    """A sparse symmetric matrix of plus and minus 1, or of normal numbers, one row of it empty."""
    rng = np.random.default_rng(seed)
    entries = rng.normal(size=(n, n)) if weights else rng.choice([-1.0, 1.0], (n, n))
    upper = np.triu(np.where(rng.random((n, n)) < 0.3, entries, 0.0), 1)
    upper[0] = 0.0
    return sparse.csr_array(upper + upper.T)


def inertial(weights: bool, comparator: bool) -> Inertial:
    J = couplings(23, weights=weights)
    bias = np.random.default_rng(1).normal(size=23)
    step = longest_step(0.2, float(np.linalg.eigvalsh(J.toarray())[0]))
    return Inertial(J, 0.2, 60 * step, step, bias=bias, comparator=comparator, check_every=7)


def released(weights: bool, comparator: bool) -> Released:
    whole = inertial(weights, comparator)
    return Released(
        whole.J,
        0.2,
        whole.duration,
        whole.step,
        1.3,
        0.9,
        bias=whole.bias,
        comparator=comparator,
        check_every=7,
    )


def clauses() -> Clauses:
    """Clauses of 1 to 4 literals over 19 variables, the last of which stands in none."""
    rng = np.random.default_rng(2)
    chosen = [rng.choice(18, size, replace=False) for size in rng.integers(1, 5, 60)]
    first = np.concatenate([[0], np.cumsum([len(clause) for clause in chosen])])
    columns = np.concatenate(chosen)
    return Clauses(19, first, columns, rng.choice([-1.0, 1.0], len(columns)))


def network(weights: bool, sigma: float) -> SpinNetwork:
    rising = Schedule([0.0, 6.0], [0.4, 3.0], "geometric")
    fading = Schedule([0.0, 6.0], [1.0, 0.0]) if sigma else None
    bias = np.random.default_rng(1).normal(size=23)
    J = couplings(23, weights=weights)
    return SpinNetwork(J, 0.4, rising, 6.0, 0.05, bias=bias, sigma=sigma, noise_factor=fading, check_every=7)


def amplitude(weights: bool) -> Amplitude:
    bias = np.random.default_rng(1).normal(size=23)
    pump = Schedule([0.0, 6.0], [-1.0, 1.0])
    return Amplitude(couplings(23, weights=weights), 0.4, pump, 6.0, 0.1, bias=bias, check_every=7)


def optical(kind: type[ChaoticFeedback] | type[Separation], weights: bool) -> Machine:
    whole = amplitude(weights)
    return kind(whole.J, 0.2, whole.pump, 6.0, 0.1, bias=whole.bias, check_every=7)


def bits(weights: bool) -> ProbabilisticBits:
    falling = Schedule([0.0, 60.0], [2.0, 0.0])
    bias = np.random.default_rng(1).normal(size=23)
    return ProbabilisticBits(couplings(23, weights=weights), falling, 60.0, 1.0, bias=bias, check_every=7)


def oscillator(weights: bool, sigma: float, rising: bool = True) -> Oscillator:
    J, bias = couplings(23, weights=weights), np.random.default_rng(1).normal(size=23)
    locking = Schedule([0.0, 6.0], [0.1, 1.5]) if rising else Constant(0.7)
    fading = Schedule([0.0, 6.0], [1.0, 0.0]) if sigma else None
    return Oscillator(
        J, 0.4, locking, 6.0, 0.05, bias=bias, sigma=sigma, noise_factor=fading, check_every=7, tau=1.0
    )


MACHINES: dict[str, Callable[[], Machine]] = {
    "inertial": lambda: inertial(False, True),
    "inertial, weights": lambda: inertial(True, True),
    "ballistic": lambda: inertial(False, False),
    "ballistic, weights": lambda: inertial(True, False),
    "released": lambda: released(False, True),
    "released, ballistic and weights": lambda: released(True, False),
    "clauses": lambda: ClauseCircuit(clauses(), 5.0, 0.2, 1.0, 0.02, 40.0, 0.2),
    "memcomputing": lambda: Memcomputing(clauses(), 4.0, 0.02),
    "lagrange": lambda: Lagrange(clauses(), 40.0),
    "satisfaction": lambda: Satisfaction(clauses(), 400.0),
    "gain": lambda: network(False, 0.0),
    "gain, weights": lambda: network(True, 0.0),
    "noise": lambda: network(False, 1.2),
    "noise, weights": lambda: network(True, 1.2),
    "amplitude": lambda: amplitude(False),
    "amplitude, weights": lambda: amplitude(True),
    "chaotic feedback": lambda: optical(ChaoticFeedback, False),
    "chaotic feedback, weights": lambda: optical(ChaoticFeedback, True),
    "separation": lambda: optical(Separation, True),
    "probabilistic bits": lambda: bits(False),
    "probabilistic bits, weights": lambda: bits(True),
    "oscillator": lambda: oscillator(False, 0.0),
    "oscillator, weights": lambda: oscillator(True, 0.3),
    "oscillator at rest": lambda: oscillator(True, 0.0, rising=False),
}


def starts(machine: Machine, members: int, seed: int = 5) -> np.ndarray:
    """States on their way: 0.3 of normal numbers, or where they must be positive, between 0.5 and 1.5."""
    rng = np.random.default_rng(seed)
    x = rng.normal(0.0, 0.3, (machine.size, members))
    if isinstance(machine, Amplitude | Released):
        x[-machine.cells :] = rng.uniform(0.5, 1.5, (machine.cells, members))
    if isinstance(machine, ChaoticFeedback):
        x[machine.cells :] = rng.uniform(0.5, 1.5, (machine.cells, members))
    if isinstance(machine, ProbabilisticBits):
        x = np.copysign(1.0, x)
    if isinstance(machine, Memcomputing):
        count = machine.clauses.count
        x[-2 * count : -count] = rng.uniform(0.3, 0.7, (count, members))
        x[-count:] = rng.uniform(4.0, 8.0, (count, members))
    return x
