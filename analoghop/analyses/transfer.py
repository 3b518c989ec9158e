"""`dc`: transfer curves, by following the equilibrium of a circuit up and down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analoghop.analyses.following import LATE, Continuation
from analoghop.analyses.standstill import bias, circuit_of, is_stable, observed
from analoghop.analyses.sweeping import Sweeping, SweptAxis, axes_of
from analoghop.arrays import Array, frozen, readonly_fields
from analoghop.circuit.circuit import Circuit
from analoghop.circuit.measure import SignalValues, measured_from, measured_signals
from analoghop.errors import InputError, NumericalError
from analoghop.formats.waveforms.files import write_table_file
from analoghop.formats.waveforms.table import AnalysisTable
from analoghop.limits import Limits, limited

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Direction = Literal["forward", "backward"]


class Fold(NamedTuple):
    """At `value` of the swept quantity an equilibrium ends, or loses its stability, on the way there or back.

    `row` is the place of the second quantity's value.
    """

    direction: Direction
    value: float
    row: int


@dataclass(frozen=True, eq=False)
class TransferCurve:
    """All signals of a circuit at rest, while one quantity goes to its last value and back again.

    `axes` are the swept quantities with their values: the first one (k values) is swept for each of the m
    values of the second, m = 1 without one. `forward` and `backward` (m, signals, k) are volts and amperes at
    the values of the first axis, in its order, on the way there and back; not a number where no equilibrium
    was reached. `forward_states` and `backward_states` (m, n, k) are the states. `stable` (2, m, k) is 1 for
    a stable equilibrium, 0 for an unstable one, not a number where that is not known. `folds` are the values
    at which an equilibrium ended, or lost its stability, and the circuit went elsewhere. `measurements` are
    those of `.meas dc`, taken on the way there, of the first row. `message` says where the sweep ended early,
    "" where it is complete.

    `curve["v(out)"]` is a signal on the way there, (k,), or (m, k) with a second axis.
    """

    title: str
    axes: tuple[SweptAxis, ...]
    signals: tuple[str, ...]
    forward: Array
    backward: Array
    forward_states: Array
    backward_states: Array
    stable: Array
    folds: tuple[Fold, ...]
    measurements: Mapping[str, float | None]
    message: str = ""
    record: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        names = ("forward", "backward", "forward_states", "backward_states", "stable")
        readonly_fields(self, **{name: frozen(getattr(self, name)) for name in names})

    @property
    def values(self) -> Array:
        """The values of the first axis, (k,)."""
        return self.axes[0].values

    def _row(self, name: str) -> int:
        wanted = "".join(name.lower().split())
        for known in (wanted, f"v({wanted})"):
            if known in self.signals:
                return self.signals.index(known)
        raise InputError(f"there is no signal {name!r} among the {len(self.signals)} here")

    def __getitem__(self, name: str) -> Array:
        return self.branch(name)

    def branch(self, name: str, direction: Direction = "forward") -> Array:
        """Return a signal on the way there ("forward") or back, (k,), or (m, k) with a second axis."""
        rows = (self.forward if direction == "forward" else self.backward)[:, self._row(name)]
        return np.asarray(rows if len(self.axes) > 1 else rows[0])

    def hysteresis(self, name: str) -> float:
        """Return the largest difference of a signal between the ways there and back, in its unit."""
        row = self._row(name)
        return float(np.nanmax(np.abs(self.forward[:, row] - self.backward[:, row]), initial=0.0))

    @property
    def table(self) -> AnalysisTable:
        """The curves as columns: for each value of the second axis, the way there, then the way back."""
        first, rest = self.axes[0], self.axes[1:]
        one = np.concatenate([first.values, first.values[::-1]])
        rows = [np.tile(one, len(self.forward))]
        rows += [np.repeat(axis.values, len(one)) for axis in rest]
        both = np.concatenate([self.forward, self.backward[:, :, ::-1]], axis=2)
        data = np.concatenate([rows, both.transpose(1, 0, 2).reshape(len(self.signals), -1)])
        kinds = ["current" if name.startswith("i(") else "voltage" for name in self.signals]
        return AnalysisTable(
            "DC transfer characteristic",
            (first.scale, *(f"{axis.scale}-2" for axis in rest), *self.signals),
            (*(axis.kind for axis in self.axes), *kinds),
            data,
            self.title,
            {**self.record, "swept": [axis.name for axis in self.axes]},
        )

    def save(self, path: str | Path) -> None:
        """Write `table` to a `.raw`, `.csv` or `.npz` file; raises `InputError` for another suffix."""
        write_table_file(path, self.table)

    def plot(self, *signals: str, ax: Axes | None = None) -> Axes:
        """Draw `signals`, by default up to seven voltages, over the first axis; return the axes."""
        from analoghop.plotting.runs.transfer import Branches, transfer

        names = signals or tuple(name for name in self.signals if name.startswith("v("))[:7]
        curves = []
        for name in names:
            for j in range(len(self.forward)):
                label = name if len(self.axes) == 1 else f"{name}, {self.axes[1].at(j)}"
                row = self._row(name)
                curves.append(Branches(label, self.forward[j, row], self.backward[j, row]))
        axis = self.axes[0]
        unit = "A" if all(name.startswith("i(") for name in names) else "V"
        folds = [fold.value for fold in self.folds]
        return transfer(axis.values, curves, axis.label, axis.unit, unit, folds, ax, self.title)


def dc(
    source: Circuit | str | Path,
    swept: Mapping[str, ArrayLike] | None = None,
    *,
    backward: bool = True,
    parameters: Mapping[str, str | float] | None = None,
    time_limit: float | None = None,
    limits: Limits | None = None,
) -> TransferCurve:
    """Return the transfer curves of a circuit, or of the deck in the file `source`.

    `swept` has one or two quantities with their values, the first one swept for each value of the second: a
    voltage or current source, the value of another element, or for a deck a parameter; by default those of
    the deck's `.dc`. The equilibrium is followed from value to value, first in the order that is given,
    then, with `backward`, in the other one: where the circuit has a memory the two ways differ. See
    `Continuation`. The sweep begins at the equilibrium that `bias` describes, and for the next value of the
    second quantity where the way back has ended.

    Other sources have their levels. Within the `limits`, or `time_limit` seconds, what was reached is
    returned, and `message` says so. Raises `InputError` for a name that is neither and for values that are
    not finite, and `NumericalError` where the circuit has no equilibrium to begin with.
    """
    given = dict(parameters or {})
    circuit = circuit_of(source, given)
    axes = axes_of(circuit, swept)

    def reread(values: Mapping[str, float]) -> Circuit:
        assert not isinstance(source, Circuit), "only decks have parameters"
        return circuit_of(source, {**given, **values})

    with limited(limits, time_limit=time_limit) as within:
        sweeping = Sweeping(circuit, axes, None if isinstance(source, Circuit) else reread)
        return swept_curve(sweeping, within, backward)


def swept_curve(sweeping: Sweeping, limits: Limits, backward: bool = True) -> TransferCurve:
    """Return the transfer curves of a prepared sweep; see `dc`."""
    run = _Sweep(sweeping, limits, backward)
    message = run.follow()
    curve = run.forward[0]
    circuit = sweeping.circuit
    names = measured_signals(circuit.dc_measures)
    for name in names:
        if name not in run.signals:
            raise InputError(f"a .meas dc line asks for {name}, which the circuit does not have")
    rows = {name: curve[run.signals.index(name)] for name in names}
    known = np.isfinite(curve).all(axis=0)
    measured: dict[str, float | None] = {measure.name: None for measure in circuit.dc_measures}
    if known.any():
        at = SignalValues(sweeping.axes[0].values[known], {name: row[known] for name, row in rows.items()})
        measured = measured_from(circuit.dc_measures, at)
    return TransferCurve(
        circuit.title,
        sweeping.axes,
        run.signals,
        run.forward,
        run.backward,
        run.states[0],
        run.states[1],
        run.stable,
        tuple(run.folds),
        measured,
        message,
        {"title": circuit.title},
    )


class _Sweep:
    """The state of one sweep: what has been reached so far."""

    def __init__(self, sweeping: Sweeping, limits: Limits, backward: bool) -> None:
        self.sweeping, self.limits, self.both = sweeping, limits, backward
        self.inner = sweeping.axes[0].values
        self.outer = sweeping.axes[1].values if len(sweeping.axes) > 1 else np.zeros(1)
        at = sweeping.at(0, 0)
        lure, t = at(float(self.inner[0]))
        assert lure.observation is not None, "compiled circuits have one"
        self.signals = lure.observation.signal_names
        self.start = bias(sweeping.circuit, lure, t, limits).state
        m, k, n = len(self.outer), len(self.inner), lure.size
        self.forward = np.full((m, len(self.signals), k), np.nan)
        self.backward = self.forward.copy()
        self.states = np.full((2, m, n, k), np.nan)
        self.stable: NDArray[np.float64] = np.full((2, m, k), np.nan)
        self.folds: list[Fold] = []

    def follow(self) -> str:
        """Sweep; return why it ended early, "" where it did not."""
        message = LATE  # also of an interrupt, which ends the block
        with self.limits.heed():
            try:
                self._both_ways()
                message = ""
            except NumericalError as failure:
                message = str(failure)
        return message

    def _both_ways(self) -> None:
        x = self.start
        for j, value in enumerate(self.outer):
            if j:
                follower = Continuation(self.sweeping.at(1, 0), self.limits)
                x = follower.move(x, float(self.outer[j - 1]), float(value)).state
            there = self._way("forward", x, j)
            back = self._way("backward", there, j) if self.both else None
            x = self.states[0, j, :, 0] if back is None else back

    def _way(self, direction: Direction, x: Array, j: int) -> Array:
        """Follow the first axis one way; return the last state."""
        follower = Continuation(self.sweeping.at(0, j), self.limits)
        there = direction == "forward"
        order = range(len(self.inner)) if there else reversed(range(len(self.inner)))
        before: float | None = None
        for k in order:
            if self.limits.over:
                raise NumericalError(LATE)
            value = float(self.inner[k])
            if before is not None:
                x, jump = follower.move(x, before, value)
                if jump is not None:
                    self.folds.append(Fold(direction, jump.value, j))
            before = value
            lure, t = follower.at(value)
            (self.forward if there else self.backward)[j, :, k] = observed(lure, t, x)
            self.states[0 if there else 1, j, :, k] = x
            stable = is_stable(lure, t, x)
            self.stable[0 if there else 1, j, k] = np.nan if stable is None else float(stable)
        return x
