"""`joint`: amplifiers that oppose each other through resistors, as the function that solves their loop."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from analoghop.activations import Activation, FunctionActivation
from analoghop.arrays import Array, Indices, frozen

_ROUNDS = 100  # Newton steps
_HALVINGS = 80  # of a line search; an exponential is left from 1e60 times too far off
_ENOUGH = 0.1  # of the force along a step; an exponential far off falls by e in each Newton step
_CLOSE = 1e-9  # of a Newton step, relative to the inputs: the error behind it is the square of that
_SYMMETRIC = 1e-9  # of the couplings, relative to the largest
_FLOOR = 1e-6  # of what steps are relative to
_LEAST = 1e-60  # of a slope and of a stiffness
_RIGID = 1e-14  # modes that are this much softer than the softest do not give way at all


@dataclass(frozen=True, eq=False)
class LoopPart:
    """One amplifier of a loop: its rows among the inputs, of which the loop acts on the first alone.

    `sign` is that of the slope along that input u. The output of the part is phi(u) - `aid` (u - `rest`): the
    circuit has a resistor beside the amplifier, without which a node would hang on amplifiers alone, and the
    amplifier takes its current away again.
    """

    activation: Activation
    inputs: Indices
    sign: float
    aid: float = 0.0
    rest: float = 0.0

    @cached_property
    def value(self) -> Callable[[Array], Array]:
        """The output of inputs (rows, members), (members,) or (1, members), without a check of shapes."""
        own = self.activation
        return own.value_fn if isinstance(own, FunctionActivation) else own.value

    @cached_property
    def slopes(self) -> Callable[[Array], Array]:
        """The slopes along the inputs, in any shape of (rows, members)."""
        own = self.activation
        return own.jacobian_fn if isinstance(own, FunctionActivation) else own.jacobian


def part_of(activation: Activation, inputs: Indices, aid: float = 0.0, rest: float = 0.0) -> LoopPart | None:
    """Return an amplifier as a part of a loop; None where its slope along its first input is not known."""
    if activation.scalar and activation.monotone:
        return LoopPart(activation, inputs, 1.0, aid, rest)
    if not isinstance(activation, FunctionActivation) or activation.outputs != 1:
        return None
    if activation.scalar and activation.falling:
        return LoopPart(activation, inputs, -1.0, aid, rest)
    return LoopPart(activation, inputs, 1.0, aid, rest) if activation.proportional else None


def joint(parts: Sequence[LoopPart], coupling: Array, name: str) -> FunctionActivation | None:
    """Return psi with psi(s) = y(u), u = s + `coupling` y(u); None where nothing shows one solution.

    y are the outputs of the `parts`. `coupling` (k, k) is the feedback on the first input of each of the k
    parts, in their order; the other inputs are free. It is shown for amplifiers that never fall, turned by
    their signs, and a coupling that becomes symmetric and negative semidefinite where its rows are multiplied
    by positive numbers, the units of the outputs: u is then the minimum of a convex function, the content of
    the circuit (Millar, Phil. Mag. 42, 1150 (1951)).
    """
    signs = np.array([part.sign for part in parts])
    weights = _balancing(coupling * signs)
    if weights is None:
        return None
    root = np.sqrt(weights)
    K = -(root[:, None] * (coupling * signs) / root)
    largest = np.abs(K).max(initial=0.0)
    if not np.isfinite(largest) or np.abs(K - K.T).max(initial=0.0) > _SYMMETRIC * largest:
        return None
    soft, modes = np.linalg.eigh(0.5 * (K + K.T))
    if soft[0] < -_SYMMETRIC * largest:
        return None
    kept = soft > _RIGID * largest
    aid = signs * np.array([part.aid for part in parts])
    if not kept.any() or (aid < 0).any():
        return None
    modes = modes[:, kept] * np.sqrt(soft[kept])
    stiff, turned = np.linalg.eigh(np.eye(modes.shape[1]) - modes.T @ (aid[:, None] * modes))
    if stiff[0] < -_SYMMETRIC:
        return None
    arrays = (root * signs, root, modes @ turned, np.maximum(stiff, 0.0), aid)
    return _JointLoop(tuple(parts), *map(frozen, arrays)).activation(coupling, name)


def _balancing(matrix: Array) -> Array | None:
    """Return w > 0 with w_i M_ij = w_j M_ji along the strongest entries; None where there is none.

    Whether the other entries agree is left to the caller.
    """
    size = len(matrix)
    weights, reached = np.ones(size), np.arange(size) == 0
    own = np.abs(matrix.diagonal())
    own = np.where(own > 0, own, 1.0)
    strength = np.sqrt(np.abs(matrix * matrix.T)) / np.sqrt(own[:, None] * own)
    for _ in range(size - 1):
        edges = np.where(reached[:, None] & ~reached, strength, -1.0)
        i, j = np.unravel_index(int(edges.argmax()), edges.shape)
        ratio = matrix[i, j] / matrix[j, i] if matrix[j, i] else np.inf
        if not (edges[i, j] > 0 and 0 < ratio < np.inf):
            return None
        weights[j], reached[j] = weights[i] * ratio, True
    return weights


@dataclass(frozen=True, eq=False)
class _JointLoop:
    """The loop in coordinates in which its coupling is symmetric.

    Times `inward`, the first inputs are U = S + `modes` d, the outputs phi times `outward`. d (m,) minimises
    sum `stiff` d^2/2 - `aid` (S - rest) . `modes` d + F(U), where F is the potential of phi.
    """

    parts: tuple[LoopPart, ...]
    outward: Array
    inward: Array
    modes: Array
    stiff: Array
    aid: Array

    @cached_property
    def first(self) -> Indices:
        """The first input of each part."""
        return np.array([part.inputs[0] for part in self.parts])

    def outputs(self, u: Array) -> Array:
        """Return phi (k, members) at all inputs u (rows, members)."""
        found = np.empty((len(self.parts), u.shape[1]))
        for row, part in zip(found, self.parts, strict=True):
            row[...] = part.value(u[part.inputs])
        return found

    def slopes(self, u: Array) -> list[Array]:
        """Return the slopes of each part along its inputs, (inputs, members)."""
        return [part.slopes(u[part.inputs]).reshape(len(part.inputs), -1) for part in self.parts]

    def at(self, s: Array, d: Array) -> Array:
        """Return all inputs where the modes are `d`."""
        u = s.copy()
        u[self.first] += (self.modes @ d) / self.inward[:, None]
        return u

    def pull(self, s: Array) -> Array:
        """Return the part of the force that does not depend on d, (m, members)."""
        rest = np.array([part.rest for part in self.parts])[:, None]
        return np.asarray(-self.modes.T @ ((self.aid * self.inward)[:, None] * (s[self.first] - rest)))

    def force(self, s: Array, d: Array) -> Array:
        """Return the derivative by d of what is minimised, (m, members)."""
        y = self.outputs(self.at(s, d)) * self.outward[:, None]
        return np.asarray(self.stiff[:, None] * d + self.pull(s) + self.modes.T @ y)

    def solve(self, s: Array) -> Array:
        """Return all inputs at the solution for the inputs `s` (rows, members) without the loop."""
        d = -self._inverse @ (s[self.first] * self.inward[:, None])  # where the inputs are next to nothing
        force = self.force(s, d)
        active = np.ones(s.shape[1], dtype=bool)
        for _ in range(_ROUNDS):
            here, rest = s[:, active], d[:, active]
            u = self.at(here, rest)
            step = self._newton(u, rest, self.pull(here))
            moved = np.abs(self.modes @ step) / self.inward[:, None]
            reach = _FLOOR + np.abs(u[self.first]) + np.abs(here[self.first])
            left = (moved > _CLOSE * reach.max(axis=0)).any(axis=0)
            if left.any():
                far = here[:, left], rest[:, left], step[:, left]
                step[:, left] *= self._length(*far, force[:, active][:, left])
            d[:, active] = rest + step
            active[np.flatnonzero(active)[~left]] = False
            if not left.any():
                break
            force[:, active] = self.force(s[:, active], d[:, active])
        return self.at(s, d)

    @cached_property
    def _inverse(self) -> Array:
        return np.asarray(np.linalg.pinv(self.modes))

    def _newton(self, u: Array, d: Array, pull: Array) -> Array:
        """Return the Newton step of d: the least squares of rows whose weights lie 1e100 apart.

        Householder's method keeps the light rows where the heavy ones come first (Powell & Reid 1969).
        """
        slopes = np.stack([rows[0] for rows in self.slopes(u)]) * (self.outward / self.inward)[:, None]
        heavy = np.sqrt(np.maximum(slopes, _LEAST)).T  # (members, k)
        size = len(self.stiff)
        light = np.broadcast_to(np.sqrt(np.maximum(self.stiff, _LEAST)), (len(heavy), size))
        y = (self.outputs(u) * self.outward[:, None]).T
        weights = np.concatenate([heavy, light], axis=1)
        rows = np.concatenate([self.modes, np.eye(size)]) * weights[:, :, None]
        right = -np.concatenate([y / heavy, light * d.T + pull.T / light], axis=1)
        order = np.argsort(-weights, axis=1)
        rows = np.take_along_axis(rows, order[:, :, None], axis=1)
        right = np.take_along_axis(right, order, axis=1)
        Q, R = np.linalg.qr(rows)
        return np.asarray(np.linalg.solve(R, np.swapaxes(Q, 1, 2) @ right[:, :, None])[:, :, 0].T)

    def _length(self, s: Array, d: Array, step: Array, force: Array) -> Array:
        """Return the length of each step: 1 where that is well, else where the force along it has gone.

        The force along a step never falls: where its sign changes, the minimum lies between two lengths.
        """

        def along(length: Array) -> Array:
            return np.asarray((self.force(s, d + length * step) * step).sum(axis=0))

        begin = (force * step).sum(axis=0)
        low, high = np.zeros_like(begin), np.ones_like(begin)
        after = along(high)
        fine = ~(np.abs(after) > _ENOUGH * np.abs(begin))
        if fine.all():
            return np.asarray(high)
        chosen = np.where(fine, 1.0, 0.0)
        for _ in range(_HALVINGS):
            short = ~fine & (after < 0)
            low = np.where(short, high, low)
            if not short.any():
                break
            high = np.where(short, 2.0 * high, high)
            after = np.where(short, along(high), after)
        for _ in range(_HALVINGS):
            middle = np.where(low > 0, 0.5 * (low + high), high / 16.0)
            value = along(middle)
            good = ~fine & (np.abs(value) <= _ENOUGH * np.abs(begin))
            chosen, fine = np.where(good, middle, chosen), fine | good
            if fine.all():
                break
            low, high = np.where(value < 0, middle, low), np.where(value < 0, high, middle)
        return np.asarray(np.where(fine, chosen, low))

    def activation(self, coupling: Array, name: str) -> FunctionActivation:
        """Return the function of the inputs without the loop; `coupling` as in `joint`."""
        rows = int(sum(len(part.inputs) for part in self.parts))
        count = len(self.parts)
        aid, rest = np.array([(part.aid, part.rest) for part in self.parts]).T

        def value(z: Array) -> Array:
            with np.errstate(all="ignore"):
                u = self.solve(np.asarray(z, dtype=np.float64))
                return np.asarray(self.outputs(u) - aid[:, None] * (u[self.first] - rest[:, None]))

        def jacobian(z: Array) -> Array:
            with np.errstate(all="ignore"):
                slopes = self.slopes(self.solve(np.asarray(z, dtype=np.float64)))
                J = np.zeros((z.shape[1], count, rows))
                for k, (part, own) in enumerate(zip(self.parts, slopes, strict=True)):
                    J[:, k, part.inputs] = own.T
                    J[:, k, part.inputs[0]] -= part.aid
                open_loop = np.eye(count) - J[:, :, self.first] @ coupling
                return np.asarray(np.moveaxis(np.linalg.solve(open_loop, J), 0, -1))

        def switches(z: Array) -> Array:
            u = self.solve(np.asarray(z, dtype=np.float64))
            found = [part.activation.switches(u[part.inputs]) for part in self.parts]
            return np.concatenate([np.reshape(f, (-1, u.shape[1])) for f in found if f is not None])

        cornered = any(
            part.activation.switches(np.zeros((len(part.inputs), 1))) is not None for part in self.parts
        )
        return FunctionActivation(
            rows, count, value, jacobian, name,
            smooth=all(part.activation.smooth for part in self.parts),
            switch_fn=switches if cornered else None,
        )  # fmt: skip
