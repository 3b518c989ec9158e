"""Equal CPU time for circuits and for what they are measured against; used by maxcut.py and qubo.py."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from analoghop.engines.choice import ready
from analoghop.optimise.anneal import anneal, judged
from analoghop.problems.spins import MACHINES
from analoghop.problems.spins.encoding import SpinProblem
from analoghop.problems.spins.ising import Ising

LOT = 16
SWEEPS, MORE_SWEEPS = 1000, 10_000
AGENTS = 16


class Ran(NamedTuple):
    """Costs of all that came to an end, the CPU seconds they took, and what the circuit says of itself."""

    costs: list[float]
    cpu_s: float
    parameters: dict[str, Any]


def machine(problem: SpinProblem, name: str, seconds: float, seed: int, enough: float | None = None) -> Ran:
    """Run lots of 16 starts while another one fits; end early where a cost reaches `enough` (lowest is best).

    Loading the compiled steps is not counted, making the circuit is.
    """
    formulation: Any = MACHINES[name]().paced(seconds)
    first = formulation.encode(problem)
    ready(first.system, first.start(seed, np.zeros(1, dtype=np.int64)), duration=first.duration)
    before = time.process_time()
    encoding = formulation.encode(problem)
    costs: list[float] = []
    lots, used, longest = 0, 0.0, 0.0
    while lots == 0 or used + longest <= seconds:
        index = np.arange(lots * LOT, (lots + 1) * LOT)
        costs += [
            float(start.verdict.cost or 0.0)
            for start in judged(problem, encoding, anneal(encoding, seed, index))
        ]
        now = time.process_time() - before
        lots, used, longest = lots + 1, now, max(longest, now - used)
        sign = 1.0 if problem.sense == "min" else -1.0
        if enough is not None and min(sign * cost for cost in costs) <= sign * enough + 1e-9 * abs(enough):
            break
    return Ran(costs, used, dict(encoding.parameters))


def annealing(problem: SpinProblem, seconds: float, seed: int, sweeps: int = SWEEPS) -> Ran | None:
    """Run simulated annealing of dwave-samplers, 1000 sweeps, while another read fits; None without it."""
    try:
        from dwave.samplers import SimulatedAnnealingSampler
    except ImportError:
        return None
    form = problem.ising()
    # Its energies are sum J s s + sum h s.
    fields = {i: -float(h) for i, h in enumerate(form.h)}
    couplings = {(int(i), int(j)): -float(J) for (i, j), J in zip(form.pairs, form.J, strict=True)}
    sampler, reads = SimulatedAnnealingSampler(), 1
    costs: list[float] = []
    used, one, run = 0.0, 0.0, 0
    while run == 0 or used + one <= seconds:
        before = time.process_time()
        sampled = sampler.sample_ising(
            fields, couplings, num_reads=reads, num_sweeps=sweeps, seed=(seed * 1000 + run) % 2**31
        )
        took = time.process_time() - before
        used, one, run = used + took, took / reads, run + 1
        costs += _costs(problem, form, sampled.record.sample.T)
        # What a call spends on making its model is little beside so many reads.
        reads = max(1, int((seconds - used) / one))
    return Ran(costs, used, {})


def slower_annealing(problem: SpinProblem, seconds: float, seed: int) -> Ran | None:
    """Run the same with 10 000 sweeps, fewer reads."""
    return annealing(problem, seconds, seed, MORE_SWEEPS)


def bifurcation(problem: SpinProblem, seconds: float, seed: int, mode: str = "discrete") -> Ran | None:
    """Run the package simulated-bifurcation, 16 agents, for as many steps as fit; None without it."""
    try:
        import simulated_bifurcation
        import torch
    except ImportError:
        return None
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    form = problem.ising()
    matrix = torch.from_numpy(-0.5 * form.matrix.toarray()).float()
    vector = torch.from_numpy(-form.h).float()

    def sample(steps: int) -> tuple[Any, float]:
        before = time.process_time()
        spins, _ = simulated_bifurcation.minimize(
            matrix, vector, domain="spin", agents=AGENTS, max_steps=steps, best_only=False,
            mode=mode, early_stopping=False, verbose=False,
        )  # fmt: skip
        return spins, time.process_time() - before

    sample(5)
    few, many = sample(20)[1], sample(80)[1]
    # Making the model takes time as well; what a noisy clock may do is bounded.
    per_step = max((many - few) / 60, 0.3 * many / 80)
    spins, took = sample(max(100, int((seconds - few) / per_step)))
    return Ran(_costs(problem, form, spins.numpy().T), took, {})


def ballistic(problem: SpinProblem, seconds: float, seed: int) -> Ran | None:
    """Run the same in its ballistic mode."""
    return bifurcation(problem, seconds, seed, "ballistic")


def _costs(problem: SpinProblem, form: Ising, spins: Any) -> list[float]:
    energies = form.energy(spins)
    return (energies if problem.sense == "min" else -energies).tolist()


RIVALS: dict[str, Callable[[SpinProblem, float, int], Ran | None]] = {
    "annealing": annealing,
    "slower-annealing": slower_annealing,
    "bifurcation": bifurcation,
    "ballistic": ballistic,
}
