"""`Potts`: doubly stochastic amplifiers that anneal along a ring whose coupling narrows; the default."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Array
from analoghop.errors import InputError
from analoghop.problems.base import Answer, Encoding, Formulation, Raw
from analoghop.problems.permutation import permutation_outputs, read_permutations
from analoghop.problems.tsp.instance import TSP
from analoghop.problems.tsp.modes import Modes, leading_modes
from analoghop.problems.tsp.weights import centred, ranks, scaled
from analoghop.schedules import Schedule, Signal
from analoghop.systems.annealing import Cooling, Hardening, Narrowing
from analoghop.systems.assignment import Assignment
from analoghop.systems.places import Ring

SMALL = 16  # cities up to which few steps suffice
REHEATED = 0.3  # temperature, in units of the critical one, from which an invalid end state anneals again
STEP = 0.2  # time constants


@dataclass(frozen=True)
class Potts(Formulation[TSP]):
    """Cities are rows, places in the tour are columns. Temperatures and self-coupling are in units of Tc.

    Tc, the critical temperature of the ring with nearest neighbours, and all weights follow from the
    instance. `kernel`: whether the ring's coupling begins wide and narrows; without, this is the plain
    recipe: nearest neighbours, geometric cooling, a growing self-coupling, and other defaults below.
    None means the default. `steps` of 0.2 tau; `hot` and `cold`: first and last temperature; `own`: coupling
    of a slot to itself; `width`: the widest kernel as a share of the cities; `early`: power of the distances
    at the beginning (1: as they are); `ranks`: share of the ranks of distances in that early matrix;
    `sigma`: noise; `reheats`: how often an invalid end state anneals again from T = 0.3 Tc.
    """

    kernel: bool = True
    steps: int | None = None
    hot: float | None = None
    cold: float | None = None
    own: float | None = None
    width: float = 0.17
    early: float | None = None
    ranks: float | None = None
    diagonal: float = 0.0
    sigma: float | None = None
    reheats: int = 3
    tau: float = 1.0

    name: ClassVar[str] = "potts"
    purpose: ClassVar[str] = "doubly stochastic amplifiers on a narrowing ring: the best tours"

    def encode(self, problem: TSP) -> PottsEncoding:
        """Return the circuit of `problem`."""
        n = problem.size
        steps = (600 if n <= SMALL else 4000) if self.steps is None else self.steps
        if steps < 1 or self.reheats < 0:
            raise InputError("`steps` must be at least 1 and `reheats` not negative")
        d = scaled(problem.distances)
        nearest = (d + np.diag(np.full(n, np.inf))).min(axis=1)
        A = centred(d + np.diag(self.diagonal * nearest))
        modes = leading_modes(A)
        Tc = modes.critical / n
        plan = self._plan(steps)
        early, share = self._early(d, nearest, modes)
        duration = steps * STEP * self.tau
        system = self._system(A, early, plan, Tc, duration)
        again = self._system(A, None, plan | {"hot": REHEATED}, Tc, 1500 * STEP * self.tau)
        parameters: dict[str, float | int | str | bool] = {
            "kernel": self.kernel,
            "Tc": Tc,
            "steps": steps,
            "step_tau": STEP,
            **plan,
            "ranks": share,
            "diagonal": self.diagonal,
            "reheats": self.reheats,
        }
        amplitude = 0.3 * Tc * math.sqrt(n) if self.kernel else 0.0
        jitter = (1e-4 if self.kernel else 1e-3) * Tc
        return PottsEncoding(
            problem,
            system,
            again,
            self.reheats,
            duration,
            self.tau,
            system.step,
            parameters,
            modes,
            amplitude,
            jitter,
        )

    def _plan(self, steps: int) -> dict[str, float]:
        chosen = {
            "hot": self.hot,
            "cold": self.cold,
            "own": self.own,
            "early": self.early,
            "sigma": self.sigma,
        }
        if self.kernel:
            usual = {"hot": 0.8, "cold": 0.018, "own": 0.4, "early": 1.5, "sigma": 0.15}
        else:
            usual = {"hot": 1.1, "cold": 0.06, "own": 0.0, "early": 1.0, "sigma": 0.1}
        plan = {name: usual[name] if value is None else float(value) for name, value in chosen.items()}
        return plan | ({"width": self.width} if self.kernel else {})

    def _early(self, d: Array, nearest: Array, modes: Modes) -> tuple[Array | None, float]:
        power = self._plan(1)["early"]
        share = 0.0 if self.ranks is None else self.ranks
        if power == 1.0 and share == 0.0:
            return None, share
        early = scaled(d**power + np.diag(self.diagonal * nearest**power))
        if share:
            early = share * scaled(ranks(d)) + (1.0 - share) * scaled(d)
        W = centred(early)
        return W * (modes.critical / leading_modes(W).critical), share

    def _system(
        self, A: Array, early: Array | None, plan: Mapping[str, float], Tc: float, duration: float
    ) -> Assignment:
        n = len(A)
        temperature: Signal
        hardness: Signal
        width: Signal | None = None
        if self.kernel:
            temperature = Cooling(plan["hot"] * Tc, plan["cold"] * Tc, 0.2, duration)
            hardness = Hardening(0.4 * Tc, 0.6 * Tc, 0.85, duration)
            width = Narrowing(temperature, Tc, plan["width"] * n, 0.1, 0.75)
        else:
            ends = np.array([0.0, duration])
            temperature = Schedule(ends, np.array([plan["hot"] * Tc, plan["cold"] * Tc]), "geometric")
            hardness = Schedule(ends, np.array([0.1 * Tc, 1.0 * Tc]))
        blend = Schedule(np.array([0.0, 0.7 * duration]), np.array([1.0, 0.0]))
        return Assignment(
            A=A,
            places=Ring(n, plan["own"], width),
            temperature=temperature,
            self_coupling=hardness,
            duration=duration,
            step=STEP * self.tau,
            tau=self.tau,
            early=early,
            blend=blend,
            sigma=plan["sigma"],
        )


@dataclass(frozen=True, eq=False)
class PottsEncoding(Encoding):
    """A tour as an anneal of n^2 amplifiers; `again` is the circuit in which invalid end states anneal on."""

    problem: TSP
    system: Assignment
    again: Assignment
    reheats: int
    duration: float
    tau: float
    step: float | None
    parameters: Mapping[str, float | int | str | bool]
    modes: Modes
    amplitude: float
    jitter: float

    def start(self, seed: int, index: NDArray[Any]) -> Array:
        """Return a ring of random phase and sense on the leading modes, with a little noise."""
        n = self.problem.size
        states = np.empty((n * n, len(index)))
        for k, number in enumerate(index):
            rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(int(number),)))
            phase, sense = rng.uniform(0.0, 2.0 * np.pi), rng.choice([-1.0, 1.0])
            ring = self.amplitude * self.modes.ring(n, phase, sense) if self.amplitude else np.zeros((n, n))
            states[:, k] = (ring + self.jitter * rng.standard_normal((n, n))).ravel()
        return states

    def start_near(self, answer: Answer, seed: int, index: NDArray[Any]) -> Array:
        """Return the inputs that hold the tour `answer`, with a little noise: a start for `again`."""
        V = self.system.grid(self.embed(answer))
        held = self.again.force(0.0, V).reshape(-1, 1)
        noise = [
            np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(int(k),))).standard_normal(
                len(held)
            )
            for k in index
        ]
        return np.asarray(held + self.jitter * np.stack(noise, axis=1))

    def decode(self, outputs: Array) -> Sequence[Raw]:
        """Return the tours, city by place."""
        return read_permutations(outputs, "cities", "places")

    def embed(self, answer: Answer) -> Array:
        """Return the permutation matrix of a tour."""
        return permutation_outputs(answer)

    def objective(self, outputs: Array) -> Array:
        """Return sum_xyi V_xi d_xy V_y,i+1, the length of the tour that the outputs stand for."""
        V = self.system.grid(outputs)
        return np.asarray(np.sum(V * (self.problem.distances @ np.roll(V, -1, axis=2)), axis=(1, 2)))
