"""`Audit`: the energy of a run, and the integrals of the powers that change it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from analoghop.arrays import Array
from analoghop.engines.trajectory.thinning import ThinnedTrace
from analoghop.solution import EnergyRecord
from analoghop.systems.base import System

_TRACE = 1_000_000  # accepted steps whose energies are all kept; beyond, evenly thinned
_ROUNDING = 1e-12  # of the sum of |parts|: what rounding leaves of their difference
_LEAST = (
    1e-9  # of the spread of the energy: a rise that is not larger is one of the numbers, not of the circuit
)
_FLOOR = 1e-8  # of the largest sum of |parts|: what rounding leaves of their difference is 1e-7 of it


class Audit:
    """Integrates dissipated and supplied power and the system's meters over the accepted steps of one run.

    The powers are integrated with the quadrature of the steps, from states inside them: no state is added to
    the system, so the error control is the same with and without. `rtol` is that of the run: a rise of the
    energy beyond rtol of its spread takes back what a theorem has promised.
    """

    def __init__(self, system: System, rtol: float) -> None:
        self._system = system
        self._tolerance, self._rtol = max(rtol, _LEAST), rtol
        self._has_energy = system.has_energy
        self._metered = bool(system.meters)
        self._names: tuple[str, ...] = ()
        self._trace: ThinnedTrace | None = None
        self._dissipated = self._supplied = 0.0
        self._first = self._lowest = self._highest = 0.0
        self._rise = self._residual = self._through = self._floor = 0.0
        self._risen_at = self._allowed = 0.0
        self._joules = np.zeros(len(system.meters))
        self._stored: float | None = None

    @property
    def wanted(self) -> bool:
        """Whether the system has an energy or meters to integrate."""
        return self._has_energy or self._metered

    def start(self, t: float, x: Array) -> None:
        """Begin at the state `x` (n,) at `t`; it is recorded when it is added as a step of zero length."""
        if self._metered:
            stored = self._system.stored(t, x[:, None])
            self._stored = None if stored is None else float(stored[0])
        if not self._has_energy:
            return
        parts = self._system.energy(t, x[:, None])
        self._names = tuple(parts)
        values = np.array([part[0] for part in parts.values()])
        self._first = self._lowest = self._highest = float(values.sum())
        self._floor = float(np.abs(values).sum())
        self._allowed = self._moved(t, x)
        self._trace = ThinnedTrace(3 + len(parts), _TRACE)
        self._end = t, x

    def add(
        self,
        t: Array,
        x: Array,
        node_t: Array,
        node_x: Array,
        lengths: Array,
        weights: Array,
        times: Array | None = None,
    ) -> None:
        """Add accepted steps that end at `t` (k,) in `x` (n, k), each of `lengths` (k,) seconds.

        `node_t` (k q,) and `node_x` (n, k q) are the nodes of the steps' quadrature, `weights` its weights,
        (q,), or (k, q) for those of each step. `t` of a step that ends at a corner lies just before it;
        `times` (k,) are recorded, by default `t`.
        """

        def integral(power: Array) -> Array:
            return np.asarray((power.reshape(len(t), -1) * weights).sum(axis=1) * lengths)

        if self._metered:
            for row, power in enumerate(self._system.meter(node_t, node_x)):
                self._joules[row] += integral(power).sum()
        if self._has_energy:
            flow = self._system.flow(node_t, node_x)
            dissipated = self._dissipated + np.cumsum(integral(flow.dissipated))
            supplied = self._supplied + np.cumsum(integral(flow.supplied))
            self._account(t, x, dissipated, supplied, t if times is None else times)
            self._end = float(t[-1]), x[:, -1].copy()

    def _account(self, t: Array, x: Array, dissipated: Array, supplied: Array, times: Array) -> None:
        parts = np.array(list(self._system.energy(t, x).values()))
        energy = parts.sum(axis=0)
        lowest = np.minimum(np.minimum.accumulate(energy), self._lowest)
        rises = energy - lowest
        highest = int(rises.argmax())
        if rises[highest] > self._rise:
            self._rise, self._risen_at = float(rises[highest]), float(t[highest])
        self._lowest = float(lowest[-1])
        self._highest = max(self._highest, float(energy.max()))
        residual = np.abs(self._first - energy + supplied - dissipated)
        self._residual = max(self._residual, float(residual.max()))
        self._through = max(self._through, float(np.abs(dissipated).max()), float(np.abs(supplied).max()))
        self._floor = max(self._floor, float(np.abs(parts).sum(axis=0).max()))
        self._dissipated, self._supplied = float(dissipated[-1]), float(supplied[-1])
        assert self._trace is not None, "`start` must precede `add`"
        self._trace.extend(np.vstack([times, dissipated, supplied, parts]))

    def jump(self, before: float, after: float, x: Array) -> None:
        """Add the energy that a jump of the inputs at a corner supplies at the fixed state `x` (n,)."""
        if self._has_energy:
            low = sum(float(part[0]) for part in self._system.energy(before, x[:, None]).values())
            high = sum(float(part[0]) for part in self._system.energy(after, x[:, None]).values())
            self._supplied += high - low

    def record(self) -> EnergyRecord | None:
        """Return the energy record up to now, None for a system without energy."""
        if self._trace is None:
            return None
        columns = self._trace.columns()
        allowed = max(self._allowed, self._moved(*self._end))
        scale = max(self._through, self._highest - self._lowest, _FLOOR * self._floor, allowed)
        reason = self._withdrawn()
        return EnergyRecord(
            times=columns[0],
            parts=dict(zip(self._names, columns[3:], strict=True)),
            dissipated=columns[1],
            supplied=columns[2],
            largest_rise=self._rise,
            drop=self._first - self._lowest,
            balance_error=self._residual / scale if scale > 0 else 0.0,
            guaranteed=reason is None,
            reason=reason,
        )

    def _moved(self, t: float, x: Array) -> float:
        """Return the change of the energy where every state moves by the root of rtol.

        A run that moves the energy by less hovers at a rest, perhaps at a corner, where all that is left of
        its powers is the error of the method.
        """
        step = np.sqrt(self._rtol) * (np.abs(x) + 0.01 * self._system.input_scale[:, 0])
        ends = np.stack([x, x + step, x - step], axis=1)
        energy = np.sum(list(self._system.energy(t, ends).values()), axis=0)
        return float(np.abs(energy[1:] - energy[0]).max())

    def _withdrawn(self) -> str | None:
        """Return why the energy is not guaranteed never to rise: no theorem applies, or it has risen."""
        theorem, spread = self._system.theorem, self._highest - self._lowest
        if not theorem.applies:
            return theorem.reason or "no theorem applies"
        if self._rise <= self._tolerance * spread + _ROUNDING * self._floor:
            return None
        promise = f"although it should never ({theorem.name})"
        return f"the energy rose by {self._rise:.3g} W until t = {self._risen_at:.6g} s, {promise}"

    def joules(self, t: float, x: Array) -> Mapping[str, float]:
        """Return the integrals of the meters and the change of the stored electrical energy, in joules."""
        if not self._metered:
            return {}
        joules = dict(zip(self._system.meters, map(float, self._joules), strict=True))
        stored = self._system.stored(t, x[:, None])
        if stored is not None and self._stored is not None:
            joules["stored"] = float(stored[0]) - self._stored
        return joules
