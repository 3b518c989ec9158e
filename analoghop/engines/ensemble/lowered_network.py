"""`LoweredNetwork`: Hopfield's circuit for many members, with all constants folded into its matrix.

`lower` prepares a system of any kind.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from analoghop.amplifiers.units import Rows
from analoghop.arrays import Array, Integers
from analoghop.couplings import Coupling, Dense, Sparse, best
from analoghop.engines.ensemble.amplifier_functions import Function, kernel
from analoghop.engines.ensemble.backend import Backend
from analoghop.engines.ensemble.lowered import Increment, Lowered, LoweredFamily, LoweredSystem
from analoghop.engines.ensemble.products import Bind, dense_product, sparse_product, structured_product
from analoghop.schedules import Signal
from analoghop.systems.base import System
from analoghop.systems.circuits.network import Network


class LoweredNetwork(Lowered):
    """`dy/ds = kappa M F + N e(t) - d y` with F = f(gamma (p y - q)): one product, one amplifier pass.

    The states are scaled so that an amplifier of one kind reads its state directly (p = 1), and time so that
    d = 1 where all nodes have one time constant. Constant currents and moving inputs are further rows e of
    the outputs, so that the same product adds them.
    """

    def __init__(self, network: Network, backend: Backend) -> None:
        self.system, self.backend, self._network = network, backend, network
        bank, n = network.amplifiers, network.size
        slope, weight, base = np.ones((n, 1)), np.array(bank.scale), np.array(bank.base)
        self._kinds = []
        for group in bank.kinds.groups:
            function, group_slope, scale, centre = kernel(group, backend)
            self._kinds.append((function, group.inputs, group.outputs))
            slope[group.inputs] = group_slope
            base[group.outputs] += weight[group.outputs] * centre
            weight[group.outputs] *= scale

        self.scale = 1.0 / (slope * np.abs(bank.gain))
        self.input_unit = self._folded(slope)
        decay = network.G / network.C
        self.unit = float(1.0 / decay.max()) if decay.max() > 0 else float(network.time_constants.min())
        self._decay = self._folded(decay * self.unit)
        self._sign = self._folded(np.sign(bank.gain))
        shift = bank.gain * slope * bank.offset
        self._shift = self._folded(shift) if shift.any() else None
        self._gamma, self._kappa = network.gain_factor, network.coupling_factor
        self.moving = bool(len(network.signals) or self._gamma or self._kappa)

        per_current = self.unit / (network.C * self.scale)
        steady = network.T @ base if base.any() else np.zeros((n, 1))
        sources: list[tuple[Signal | None, Array]] = []
        if self._kappa is None:
            sources.append((None, per_current * (steady + network.bias)))
        else:
            sources += [(self._kappa, per_current * steady), (None, per_current * network.bias)]
        sources = [(signal, part) for signal, part in sources if part.any()]
        sources += zip(network.signals.signals, (per_current * network.S).T[:, :, None], strict=True)
        self._signals = [signal for signal, _ in sources]
        self._fold(best(network.T), per_current, weight, [part for _, part in sources])

    def _folded(self, values: Array) -> Any:
        """Return a column as a number if all its rows are equal."""
        first = float(values[0, 0])
        return first if (values == first).all() else self.backend.array(values)

    def _fold(self, T: Coupling, per_current: Array, weight: Array, sources: list[Array]) -> None:
        """Prepare kappa M F + N e, as one product if the matrix is stored entry by entry."""
        self._product: Bind
        self._stored = isinstance(T, Dense | Sparse)
        self._injected: Any = None
        self._weight: Any = 1.0
        self._per_current: Any = 1.0
        if isinstance(T, Dense):
            self._product = dense_product(
                np.hstack([per_current * T.matrix * weight[:, 0], *sources]), self.backend
            )
            return
        if isinstance(T, Sparse):
            from scipy import sparse

            matrix = sparse.diags_array(per_current[:, 0]) @ T.matrix @ sparse.diags_array(weight[:, 0])
            blocks: list[Any] = [matrix, *sources]
            self._product = sparse_product(sparse.hstack(blocks, format="csr"), self.backend)
            return
        alike = (per_current == per_current[0]).all(), (weight == weight[0]).all()
        factor = (float(per_current[0, 0]) if alike[0] else 1.0) * (float(weight[0, 0]) if alike[1] else 1.0)
        self._per_current = 1.0 if alike[0] else self.backend.array(per_current)
        self._weight = 1.0 if alike[1] else self.backend.array(weight)
        constant = 0.0
        if alike[0] and self._signals == [None] and (sources[0] == sources[0][0]).all():
            constant = float(sources[0][0, 0])
        elif sources:
            self._injected = self.backend.array(np.hstack(sources))
        self._product = structured_product(T * factor, constant, self.backend)

    def bind(self, width: int, members: Integers | None = None) -> Increment:
        """Return the rate function of `width` members."""
        backend, n = self.backend, self._network.size
        xp = backend.xp
        rows = n + len(self._signals)
        V = backend.empty(rows * width).reshape(rows, width)
        V[n:] = 1.0
        argument, update, couple = self._argument(width), self._update(V), self._coupling(V)
        amplifiers = [_amplifier(backend, *kind, V) for kind in self._kinds]
        decay = self._decay
        leak = None if _is_one(decay) else backend.empty(n * width).reshape(n, width)

        def increment(t: Any, h: Any, y: Any, out: Any) -> None:
            z = argument(t, y)
            for amplify in amplifiers:
                amplify(z)
            update(t)
            couple(out)
            if leak is None:
                out -= y
            else:
                xp.multiply(y, decay, out=leak)
                out -= leak
            out *= h

        return increment

    def _argument(self, width: int) -> Callable[[Any, Any], Any]:
        """Return the function (t, y) that computes the inputs of the amplifiers."""
        backend, gamma, sign, shift = self.backend, self._gamma, self._sign, self._shift
        if _is_one(sign) and shift is None and gamma is None:
            return lambda t, y: y
        xp = backend.xp
        z = backend.empty(self._network.size * width).reshape(-1, width)

        def argument(t: Any, y: Any) -> Any:
            xp.multiply(y, sign, out=z)
            if shift is not None:
                xp.subtract(z, shift, out=z)
            if gamma is not None:
                xp.multiply(z, backend.array(gamma.value(backend.numpy(t))), out=z)
            return z

        return argument

    def _update(self, V: Any) -> Callable[[Any], None]:
        """Return the function of t that scales the outputs `V` and updates the rows of inputs below them."""
        backend, n, kappa = self.backend, self._network.size, self._kappa
        moving = [(n + row, signal) for row, signal in enumerate(self._signals) if signal is not None]
        if kappa is None and not moving:
            return lambda t: None

        def update(t: Any) -> None:
            times = backend.numpy(t)
            for row, signal in moving:
                V[row] = backend.array(signal.value(times))
            if kappa is not None:
                V[:n] *= backend.array(kappa.value(times))

        return update

    def _coupling(self, V: Any) -> Callable[[Any], None]:
        """Return the function that writes kappa M F + N e to its argument `out`."""
        product, weight, per_current = self._product(V.shape[1]), self._weight, self._per_current
        injected, xp = self._injected, self.backend.xp
        if self._stored:
            return lambda out: product(V, out)
        F, e = V[: self._network.size], V[self._network.size :]
        steady = self._signals == [None]

        def couple(out: Any) -> None:
            if not isinstance(weight, float):
                xp.multiply(F, weight, out=F)
            product(F, out)
            if not isinstance(per_current, float):
                out *= per_current
            if injected is not None:
                out += injected if steady else injected @ e

        return couple


def _amplifier(
    backend: Backend, function: Function, inputs: Rows, outputs: Rows, V: Any
) -> Callable[[Any], None]:
    """Return the function that writes the outputs of the amplifiers of one kind to `V`, given all inputs."""
    xp = backend.xp
    if isinstance(inputs, slice) and isinstance(outputs, slice):
        place = V[outputs]
        return lambda z: function(xp, z[inputs], place)
    width = V.shape[1]
    rows = outputs.stop - outputs.start if isinstance(outputs, slice) else len(outputs)
    values = backend.empty(rows * width).reshape(rows, width)

    def amplify(z: Any) -> None:
        function(xp, z[inputs], values)
        V[outputs] = values

    return amplify


def _is_one(value: Any) -> bool:
    return isinstance(value, float) and value == 1.0


def lower(system: System, backend: Backend) -> Lowered:
    """Return `system` prepared for `backend`. Raises `InputError` if the backend cannot run it."""
    if system.members is not None:
        return LoweredFamily(system, backend)
    network = system.network
    return LoweredSystem(system, backend) if network is None else LoweredNetwork(network, backend)
