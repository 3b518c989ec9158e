"""`Chains`: a network that orders chains of a tour and chooses the direction of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array, frozen, readonly_fields
from analoghop.errors import InputError
from analoghop.schedules import Constant, Signal, Signals
from analoghop.systems.assignment.annealed import Annealed, negative_entropy
from analoghop.systems.assignment.sinkhorn import project, respond
from analoghop.systems.base import Flow
from analoghop.systems.machines.clusters import Clusters


@dataclass(frozen=True, eq=False)
class Chains(Annealed):
    """`tau du/dt = -u - (A V S^T + A^T V S) + b + g V`, S the shift to the next slot, 0 for the last.

    u and V are (units, slots), row-major in the state. A unit is a chain in one direction; `clusters` are the
    chains, with one unit or, for both directions, two units each, and there are as many slots as chains. `A`
    (units, units) is the cost of one unit directly before another. `bias` b (units, slots) favours units in
    slots: it couples the first and last slot to the neighbours in a fixed chain, which closes the ring.
    `temperature` T(t) and `self_coupling` g(t) are in the unit of u; `duration`, `step`, `tau` (s) and the
    noise `sigma` are as in `Assignment`.

    V = exp((u - f - m) / T): f keeps every cluster's sum over its units and slots at 1 (one winner among
    directions and slots), m keeps every slot's sum over all units at 1. V is the gradient of a convex
    potential, so with frozen parameters `E = V.(A V S^T) - b.V - g/2 V.V + T sum V ln V` never rises. Raises
    `InputError` for wrong shapes and for a time that is not positive.
    """

    A: Array
    bias: Array
    clusters: Clusters
    temperature: Signal
    self_coupling: Signal
    duration: float
    step: float
    tau: float = 1.0
    sigma: Signal | None = None
    noise_factor: Signal | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        A, bias = frozen(self.A), frozen(self.bias)
        for name, matrix, columns in (("A", A, self.units), ("bias", bias, self.slots)):
            if matrix.shape != (self.units, columns) or not np.isfinite(matrix).all():
                size = f"{self.units} x {columns}"
                raise InputError(f"`{name}` must be finite and {size}, the size given by the clusters")
        self.prepare()
        readonly_fields(self, A=A, bias=bias)

    @property
    def units(self) -> int:
        """Number of units: chains in one direction."""
        return self.clusters.cells

    @property
    def slots(self) -> int:
        """Number of slots, and of chains."""
        return len(self.clusters.widths)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the grid."""
        return self.units, self.slots

    def gradient(self, V: Array) -> Array:
        """Return A V S^T + A^T V S at `V` (members, units, slots)."""
        ahead, back = np.zeros_like(V), np.zeros_like(V)
        ahead[:, :, :-1], back[:, :, 1:] = V[:, :, 1:], V[:, :, :-1]
        return np.asarray(self.A @ ahead + self.A.T @ back)

    def force(self, t: ArrayLike, V: Array) -> Array:
        """Return -(A V S^T + A^T V S) + b + g V."""
        return np.asarray(self._at(self.self_coupling, t) * V + self.bias - self.gradient(V))

    def _sums(self, values: Array) -> Array:
        """Return the sums over the units of each cluster, (members, clusters, slots)."""
        return np.asarray(np.add.reduceat(values, self.clusters.starts[:-1], axis=1))

    def _split(self, z: Array) -> tuple[Array, Array]:
        """Return the log-sum-exp of z over the directions of each chain, and the share of each direction."""
        of = self.clusters.of_cell
        top = np.maximum.reduceat(z, self.clusters.starts[:-1], axis=1)
        weights = np.exp(z - top[:, of])
        total = self._sums(weights)
        return top + np.log(total), weights / total[:, of]

    def amplify(self, t: ArrayLike, x: Array) -> Array:
        """Return V (members, units, slots) at the states `x`, exact to rounding.

        Chains and slots form a doubly stochastic amplifier; its outputs are divided among the directions.
        """
        whole, share = self._split(self.grid(x) / self._at(self.temperature, t))
        return np.asarray(share * project(whole)[0][:, self.clusters.of_cell])

    def _respond(self, V: Array, dz: Array) -> Array:
        """Return dV for a change `dz` of u/T: V (dz - df - dm) with constant sums."""
        of = self.clusters.of_cell
        W = self._sums(V)
        share = V / np.where(W > 0, W, 1.0)[:, of]
        mean = self._sums(share * dz)
        return np.asarray(share * respond(W, mean)[:, of] + V * (dz - mean[:, of]))

    def outputs(self, t: ArrayLike, x: Array) -> Array:
        """Return V, exact to rounding."""
        return self.flat(self.amplify(t, x))

    def rhs(self, t: ArrayLike, x: Array) -> Array:
        """Return du/dt without noise."""
        return (self.flat(self.force(t, self.amplify(t, x))) - x) / self.tau

    def jacobian(self, t: float, x: Array) -> Array:
        """Return d(du/dt)/du, dense."""
        V = self.amplify(t, x)
        each = np.eye(self.size).reshape(-1, self.units, self.slots)
        response = self._respond(np.broadcast_to(V, each.shape), each) / float(self.temperature.value(t))
        pull = float(self.self_coupling.value(t)) * response - self.gradient(response)
        return np.asarray((self.flat(pull) - np.eye(self.size)) / self.tau)

    @property
    def _moving(self) -> Signals:
        return Signals((self.temperature, self.self_coupling))

    def frozen_at(self, t: float) -> Chains:
        """Return this circuit with its parameters frozen at their values at time `t`, without noise."""
        T, g = (Constant(float(f.value(t))) for f in (self.temperature, self.self_coupling))
        return replace(self, temperature=T, self_coupling=g, sigma=None)

    def parts(self, t: ArrayLike, V: Array) -> Mapping[str, Array]:
        """Return the parts of the energy at outputs `V` (members, units, slots), each (members,)."""
        g, T = self.self_coupling.value(t), self.temperature.value(t)
        return {
            "coupling": 0.5 * np.sum(V * self.gradient(V), axis=(1, 2)),
            "bias": -np.sum(V * self.bias, axis=(1, 2)),
            "self-coupling": -0.5 * g * np.sum(V * V, axis=(1, 2)),
            "entropy": T * negative_entropy(V),
        }

    def energy(self, t: ArrayLike, x: Array) -> Mapping[str, Array]:
        """Return the coupling, bias, self-coupling and entropy parts of the energy, each (members,)."""
        return self.parts(t, self.amplify(t, x))

    def flow(self, t: ArrayLike, x: Array) -> Flow:
        """Return du/dt, the dissipated power tau u'.J u', and the power supplied by the schedules."""
        u, T = self.grid(x), self._at(self.temperature, t)
        V = self.amplify(t, x)
        excess = self.force(t, V) - u  # = tau du/dt
        response = self._respond(V, excess / T)
        # At fixed u the outputs change by -J u dT/T, against the force tau du/dt; T also scales the entropy.
        swing = np.sum(u * response, axis=(1, 2)) / self.temperature.value(t) + negative_entropy(V)
        supplied = self.temperature.rate(t) * swing
        supplied = supplied - 0.5 * self.self_coupling.rate(t) * np.sum(V * V, axis=(1, 2))
        dissipated = np.sum(excess * response, axis=(1, 2)) / self.tau
        return Flow(self.flat(excess) / self.tau, dissipated, np.asarray(supplied))
