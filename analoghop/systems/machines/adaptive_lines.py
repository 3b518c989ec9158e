"""`AdaptiveLines`: winner-take-all clusters whose cells are coupled through adaptive lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array, Integers, Mask, column, readonly_fields
from analoghop.couplings import Sparse
from analoghop.errors import InputError
from analoghop.schedules import Constant, Signal, Signals
from analoghop.systems.base import Flow, System, Theorem
from analoghop.systems.machine import Machine, check_run
from analoghop.systems.machines.clusters import Clusters
from analoghop.systems.machines.constraint_block import ConstraintBlock
from analoghop.systems.machines.exclusions import Exclusions
from analoghop.systems.machines.sum_bounds import Lines

FLOOR = 1e-300  # least output in a logarithm


@dataclass(frozen=True, eq=False)
class AdaptiveLines(Machine, System):
    """`tau C u' = -C u + b - Q v - dP/dv`, v the softmax of g(t) u in each cluster, P = sum_l w_l p_l(v).

    The states are u (cells), the weights of the `pairs`, and those of the `lines`: `tau w' = eta excess(v) -
    delta (w - 1)`. `widths` (clusters,) are the numbers of cells of the clusters, one after the other; the
    only cell of a cluster of one is always on. `capacity` C is a number or one per cluster, `bias` b a number
    or one per cell, `couplings` Q symmetric (cells, cells), the objective v.Qv/2 to be minimised, or None.
    `gain` g; `sigma` times `noise_factor` is white noise on u, in its unit per root time constant. `tau`,
    `duration`, `step` in seconds; steps are Euler-Maruyama's, for which the published settings of such
    circuits were tuned.

    With frozen weights and gain and without noise, `E = v.Qv/2 - b.v + P + sum_i C_i/g v ln v` never rises.
    Raises `InputError` for wrong shapes and for a time that is not positive.
    """

    widths: Integers
    gain: Signal
    duration: float
    step: float
    pairs: Exclusions = field(default=cast(Exclusions, None))
    lines: Lines = field(default=cast(Lines, None))
    sigma: float = 0.0
    noise_factor: Signal | None = None
    capacity: Any = 1.0
    bias: Any = 0.0
    couplings: Any = None
    check_every: int = 10
    tau: float = 1.0
    clusters: Clusters = field(init=False, repr=False)
    blocks: tuple[ConstraintBlock, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "clusters", Clusters(self.widths))
        check_run(self.step, self.duration, self.check_every)
        if not 0 < self.tau < np.inf:
            raise InputError(f"`tau` is {self.tau:g}, expected a positive time in seconds")
        if not 0 <= self.sigma < np.inf:
            raise InputError(f"`sigma` is {self.sigma:g}, expected a number from 0")
        for name, kind in (("pairs", Exclusions), ("lines", Lines)):
            if getattr(self, name) is None:
                object.__setattr__(self, name, kind.none(self.cells))
        blocks: tuple[ConstraintBlock, ...] = (self.pairs, self.lines)
        if any(block.cells != self.cells for block in blocks):
            raise InputError(f"pairs and lines must have {self.cells} cells, the number in all clusters")
        object.__setattr__(self, "blocks", blocks)
        capacity = column(self.capacity, len(self.clusters.widths), "capacity")
        if not (capacity > 0).all():
            raise InputError("`capacity` must be positive")
        readonly_fields(self, capacity=capacity, bias=column(self.bias, self.cells, "bias"))
        if self.couplings is not None:
            couplings = self.couplings if isinstance(self.couplings, Sparse) else Sparse(self.couplings)
            if couplings.shape != (self.cells, self.cells) or not couplings.symmetric:
                raise InputError(f"`couplings` must be symmetric, {self.cells} by {self.cells}")
            object.__setattr__(self, "couplings", couplings)

    @property
    def cells(self) -> int:
        """Number of cells."""
        return self.clusters.cells

    @property
    def size(self) -> int:
        """Number of states: cells, pairs and lines."""
        return self.cells + sum(block.count for block in self.blocks)

    @property
    def n_outputs(self) -> int:
        """Number of cells."""
        return self.cells

    @property
    def normals(self) -> int:
        """One number per cell with noise, else 0."""
        return self.cells if self.sigma else 0

    @cached_property
    def C(self) -> Array:
        """The capacity at each cell, (cells, 1)."""
        return np.asarray(self.capacity[self.clusters.of_cell])

    @cached_property
    def signal_names(self) -> tuple[str, ...]:
        """`v(u<cluster>_<cell>)`, `v(w<pair>)`, `v(m<line>)`, then outputs `v(v<cluster>_<cell>)`, from 1."""
        places = self.clusters.names
        counts = zip("wm", self.blocks, strict=True)
        weights = [f"v({kind}{p + 1})" for kind, block in counts for p in range(block.count)]
        return (*(f"v(u{place})" for place in places), *weights, *(f"v(v{place})" for place in places))

    @property
    def has_objective(self) -> bool:
        """Whether couplings or biases define an objective besides the lines."""
        return self.couplings is not None or bool(self.bias.any())

    def states(self, u: Array) -> Array:
        """Return the states (size, members) at the inputs `u` (cells, members), all weights 1."""
        return np.concatenate([u, np.ones((self.size - self.cells, u.shape[1]))])

    def _weights(self, x: Array) -> Iterator[tuple[ConstraintBlock, Array]]:
        """Yield each constraint block with its weights."""
        first = self.cells
        for block in self.blocks:
            yield block, x[first : first + block.count]
            first += block.count

    @property
    def time_constants(self) -> Array:
        """tau; tau / delta for a weight that leaks."""
        leaks = [np.where(block.delta > 0, block.delta, 1.0) for block in self.blocks]
        return np.asarray(self.tau / np.concatenate([np.ones((self.cells, 1)), *leaks]))

    @property
    def decay(self) -> Array:
        """1/tau; delta/tau for weights."""
        return np.concatenate([np.ones((self.cells, 1)), *(block.delta for block in self.blocks)]) / self.tau

    @property
    def noise(self) -> Array | None:
        """sigma / sqrt(tau) for the cells; None without noise."""
        if not self.sigma:
            return None
        quiet = np.zeros((self.size - self.cells, 1))
        return np.concatenate([np.full((self.cells, 1), self.sigma / np.sqrt(self.tau)), quiet])

    @property
    def input_scale(self) -> Array:
        """One over the largest gain at the corners of its schedule, and 1 for weights."""
        times = np.array([0.0, *self.gain.breakpoints(self.duration), self.duration])
        u = np.full((self.cells, 1), 1.0 / self.gain.value(times).max())
        return np.concatenate([u, np.ones((self.size - self.cells, 1))])

    def amplify(self, t: ArrayLike, x: Array) -> Array:
        """Return the softmax of the inputs at states or inputs `x`."""
        return self.clusters.softmax(self.gain.value(t) * x[: self.cells])

    def field(self, x: Array, v: Array) -> Array:
        """Return (b - Q v - dP/dv) / C, the value to which u relaxes."""
        force = self.bias + sum((block.force(v, w) for block, w in self._weights(x)), np.zeros_like(v))
        if self.couplings is not None:
            force = force - self.couplings @ v
        return np.asarray(force / self.C)

    def _rate(self, x: Array, v: Array) -> Array:
        growth = [block.growth(v, w) for block, w in self._weights(x)]
        return np.concatenate([self.field(x, v) - x[: self.cells], *growth]) / self.tau

    def rhs(self, t: ArrayLike, x: Array) -> Array:
        """Return the rates of inputs and weights, without noise."""
        return self._rate(x, self.amplify(t, x))

    def advance(self, k: int, x: Array, normal: Array | None) -> Array:
        """Return the states after the Euler-Maruyama step number `k`."""
        t = k * self.step
        x = x + self.step * self.rhs(t, x)
        if normal is not None:
            x[: self.cells] += self.amplitude(t) * normal
        return x

    def amplitude(self, t: ArrayLike) -> Array:
        """Return the standard deviation of the noise of u in a step that begins at `t`."""
        factor = 1.0 if self.noise_factor is None else self.noise_factor.value(t)
        return np.asarray(self.sigma * factor * np.sqrt(self.step / self.tau))

    def outputs(self, t: ArrayLike, x: Array) -> Array:
        """Return v."""
        return self.amplify(t, x)

    @property
    def has_test(self) -> bool:
        """True without an objective."""
        return not self.has_objective

    def solved(self, x: Array) -> Mask:
        """Return the members whose winners satisfy all pairs and lines."""
        on = self.clusters.winners(x[: self.cells])
        fault = np.zeros(x.shape[1], dtype=bool)
        for block in self.blocks:
            fault |= block.broken(on).any(axis=0)
        return ~fault

    def jacobian(self, t: float, x: Array) -> Any:
        """Return the derivative of the rates, sparse."""
        from scipy.sparse import block_array, csr_array, diags_array, eye_array

        v = self.amplify(t, x)[:, 0]
        J = float(self.gain.value(t)) * self.clusters.slopes(v)
        H = csr_array((self.cells, self.cells)) if self.couplings is None else self.couplings.tosparse()
        blocks = list(self._weights(x))
        H = sum((block.curvature(v, w[:, 0]) for block, w in blocks), H)
        lighter = diags_array(1.0 / self.C[:, 0])
        first = [-eye_array(self.cells) - lighter @ H @ J]
        first += [-lighter @ block.slopes(v).T for block in self.blocks]
        rows: list[list[Any]] = [first]
        for k, block in enumerate(self.blocks):
            row: list[Any] = [diags_array(block.eta[:, 0]) @ block.excess_slopes(v) @ J]
            row += [None] * len(self.blocks)
            row[1 + k] = -diags_array(block.delta[:, 0])
            rows.append(row)
        kept = [0, *(1 + k for k, block in enumerate(self.blocks) if block.count)]
        return block_array([[rows[i][j] for j in kept] for i in kept], format="csc") / self.tau

    @property
    def has_energy(self) -> bool:
        """True."""
        return True

    @property
    def theorem(self) -> Theorem:
        """Hopfield's theorem for vector amplifiers; it requires frozen weights and gain, and no noise."""
        reasons = []
        if any((block.eta > 0).any() or (block.delta > 0).any() for block in self.blocks):
            reasons.append("the weights adapt: guaranteed for frozen weights only")
        if self.gain.quiet_after() > 0:
            reasons.append("a schedule of the gain is running: guaranteed for a frozen gain only")
        if self.sigma:
            reasons.append("noise")
        return Theorem(not reasons, "Hopfield 1984", tuple(reasons))

    def frozen_at(self, t: float) -> AdaptiveLines:
        """Return the circuit with the gain at time `t`, constant weights, and no noise."""
        still = (replace(self.pairs, eta=0.0, delta=0.0), replace(self.lines, eta=0.0, delta=0.0))
        gain = Constant(float(self.gain.value(t)))
        return replace(self, pairs=still[0], lines=still[1], gain=gain, sigma=0.0)

    def energy(self, t: ArrayLike, x: Array) -> Mapping[str, Array]:
        """Return the pairs', lines', bias, objective and entropy parts of the energy, each (members,)."""
        v = self.amplify(t, x)
        parts = {
            name: np.sum(w * block.potentials(v), axis=0)
            for name, (block, w) in zip(("pairs", "lines"), self._weights(x), strict=True)
        }
        objective = np.zeros(v.shape[1])
        if self.couplings is not None:
            objective = 0.5 * np.sum(v * (self.couplings @ v), axis=0)
        entropy = self._entropy(v) / self.gain.value(t)
        return {**parts, "bias": -np.sum(self.bias * v, axis=0), "objective": objective, "entropy": entropy}

    def _entropy(self, v: Array) -> Array:
        """Return sum C v ln v, (members,)."""
        return np.asarray(np.sum(self.C * v * np.log(np.maximum(v, FLOOR)), axis=0))

    def flow(self, t: ArrayLike, x: Array) -> Flow:
        """Return the rates, the power dissipated in resistors, and the power supplied by weights and gain."""
        v, u, g = self.amplify(t, x), x[: self.cells], self.gain.value(t)
        rate = self._rate(x, v)
        excess = self.C * (self.field(x, v) - u)  # = tau C u'
        dissipated = g / self.tau * np.sum(excess * self.clusters.respond(v, excess / self.C), axis=0)
        growing = [np.sum(block.growth(v, w) * block.potentials(v), axis=0) for block, w in self._weights(x)]
        # At fixed u the outputs change by J u dg against the force tau C u'; 1/g also scales the entropy.
        swing = np.sum(excess * self.clusters.respond(v, u), axis=0) + self._entropy(v) / g**2
        supplied = sum(growing, np.zeros(v.shape[1])) / self.tau - self.gain.rate(t) * swing
        return Flow(rate, dissipated, supplied)

    @property
    def _moving(self) -> Signals:
        return Signals((self.gain,) if self.noise_factor is None else (self.gain, self.noise_factor))

    def breakpoints(self, until: float) -> tuple[float, ...]:
        """Return the corners of the schedules."""
        return self._moving.breakpoints(until)

    def quiet_after(self) -> float:
        """Return the time after which the schedules are constant."""
        return self._moving.quiet_after()
