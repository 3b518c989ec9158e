"""`EnsembleSolution`: the end states, statuses and waveforms of many trajectories of one system."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Array, Integers, Mask
from analoghop.display import as_html, picture
from analoghop.ensembles.attractors import Attractors, cells, clustered, ranked
from analoghop.ensembles.starts import Starts
from analoghop.errors import InputError, shown
from analoghop.formats.files import replacing
from analoghop.intervals import mean_interval, wilson_interval
from analoghop.solution import Ran, Status
from analoghop.systems.base import System

if TYPE_CHECKING:
    from matplotlib.figure import Figure

STATUSES = tuple(Status)
_CHUNK = 1024  # members whose outputs are computed at once


@dataclass(frozen=True, eq=False, repr=False)
class EnsembleSolution:
    """The ends of m trajectories of `system`, out of the `starts.count` requested ones.

    `place` (m,) are the indices of their starts, increasing: all starts, unless the run ended early. `states`
    (n, m) are the last states, reached at `times` (m,); `codes` (m,) number the statuses in `STATUSES`.
    `settled_at` (m,) is the time since which a trajectory has been at rest, nan if it has not settled.
    `steps`, `rejected` and `evaluations` (m,) count the work. `energies` (m,) are the energies of the last
    states, with the parameters at these times, nan if a state is not finite; None without an energy.
    `trace_times` (k,) and `traces` (m, k, n) are waveforms, if requested: a trajectory that ended earlier
    keeps its last state. `record` is the metadata of the run, which files carry: program, version, engine,
    settings, seeds; "interrupted" is True where Ctrl-C ended it. `ran` is the engine.
    """

    system: System
    starts: Starts
    place: Integers
    states: Array
    times: Array
    codes: NDArray[np.uint8]
    settled_at: Array
    steps: Integers
    rejected: Integers
    evaluations: Integers
    energies: Array | None
    cpu_s: float
    wall_s: float
    trace_times: Array | None = None
    traces: Array | None = None
    record: Mapping[str, object] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.place)

    def __getitem__(self, key: object) -> NoReturn:
        """Raise `InputError`: many runs have no single waveform."""
        raise InputError(
            f"an ensemble has no item {shown(repr(key), 60)}: take columns of `states` (n, m) or `outputs`, "
            "`traces`, `attractors()`, or one run by `simulate`"
        )

    @property
    def ran(self) -> Ran:
        """The engine."""
        return Ran.of(self.record)

    @property
    def unfinished(self) -> int:
        """Number of requested trajectories that have not finished."""
        return self.starts.count - len(self)

    def has(self, status: Status) -> Mask:
        """Return the mask of the trajectories that have ended with `status`, (m,)."""
        return np.asarray(self.codes == STATUSES.index(status))

    @cached_property
    def statuses(self) -> dict[Status, int]:
        """The number of trajectories per status; unfinished ones count as "time limit"."""
        counts = np.bincount(self.codes, minlength=len(STATUSES))
        counts[STATUSES.index(Status.TIME_LIMIT)] += self.unfinished
        return {status: int(count) for status, count in zip(STATUSES, counts, strict=True) if count}

    def outputs_of(self, members: Integers) -> Array:
        """Return the last amplifier outputs of the trajectories `members`, (n_outputs, len(members))."""
        system = self.system.of(self.place[members])
        return system.outputs(self.times[members], self._states_of(members))

    def _states_of(self, members: Integers) -> Array:
        return np.asarray(self.states[:, members], dtype=np.float64)

    @property
    def outputs(self) -> Array:
        """The last amplifier outputs of all trajectories, (n_outputs, m), computed at every call."""
        outputs = np.empty((self.system.n_outputs, len(self)))
        for members in self._chunks(np.arange(len(self))):
            outputs[:, members] = self.outputs_of(members)
        return outputs

    @staticmethod
    def _chunks(members: Integers) -> list[Integers]:
        return np.array_split(members, max(1, -(-len(members) // _CHUNK)))

    def attractors(self, tol: float = 0.01, *, unsettled: bool = False) -> Attractors:
        """Return the distinct attractors with their basin fractions, of all trajectories that have finished.

        Only settled trajectories have an attractor; with `unsettled` the last states of the others, unless
        they have failed, are classified as well. Trajectories share an attractor if their last outputs differ
        by less than about `tol` of the range of each output (the distance of the rails; of an amplifier
        without rails, the largest output, or its change by one input scale): outputs are rounded to a grid of
        that width, with the rails in the middle of cells, and neighbouring cells are joined (if there are up
        to 2000). Raises `InputError` for a `tol` outside 0..1.
        """
        if not 0 < tol <= 1:
            raise InputError(f"`tol` is {tol}, expected a fraction of the outputs' range, 0 to 1")
        wanted = ~self.has(Status.FAILED) if unsettled else self.has(Status.SETTLED)
        alive = np.flatnonzero(wanted & np.isfinite(self.states).all(axis=0))
        if not len(alive):
            return ranked(alive, alive, self._states_of, self.outputs_of, self.energies, len(self))
        low, width = self._range(alive)
        parts = [cells(self.outputs_of(part) - low, tol * width) for part in self._chunks(alive)]
        labels = clustered(np.concatenate(parts), lambda k: self.outputs_of(alive[k]), tol * width)
        return ranked(labels, alive, self._states_of, self.outputs_of, self.energies, len(self))

    def _range(self, alive: Integers) -> tuple[Array, Array]:
        """Return the lower rail and the distance of the rails of every output, (n_outputs, 1)."""
        low, width = _rails(self.system)
        open_ = ~(np.isfinite(low) & np.isfinite(width))
        if open_.any():
            tops = [np.abs(self.outputs_of(part)).max(axis=1, keepdims=True) for part in self._chunks(alive)]
            top = np.maximum(np.max(tops, axis=0), _swing(self.system))
            low, width = np.where(open_, 0.0, low), np.where(open_, top, width)
        return low, np.where(width > 0, width, 1.0)

    def to_dict(self, tol: float = 0.01, signals: Sequence[str] | None = None) -> dict[str, Any]:
        """Return the statistics as plain values for JSON: SI units, None for values not finite.

        `tol` is that of `attractors`; `signals` (None: all) are listed for each attractor.
        """
        times = self.settled_at[~np.isnan(self.settled_at)]
        found = self.attractors(tol)
        bounds = mean_interval(times.tolist())
        settled = self.statuses.get(Status.SETTLED, 0)
        names = self.system.signal_names if signals is None else tuple(signals)
        return {
            "starts": self.starts.count,
            "seed": self.record.get("seed"),
            "statuses": {status.value: count for status, count in self.statuses.items()},
            "attractors": [
                {
                    "final": self._observed(one.member, names),
                    "energy": _number(one.energy),
                    "count": one.count,
                    "fraction": one.fraction,
                    "interval": list(one.interval),
                }
                for one in found
            ],
            "settling_time": {
                "mean": float(times.mean()) if len(times) else None,
                "median": float(np.median(times)) if len(times) else None,
                "max": float(times.max()) if len(times) else None,
                "mean_interval": bounds and list(bounds),
                "count": len(times),
            },
            "settled_rate": settled / len(self) if len(self) else None,
            "settled_interval": list(wilson_interval(settled, len(self))),
            "cpu_s": self.cpu_s,
            "wall_s": self.wall_s,
            "engine": self.ran.to_dict(),
            "finished": len(self),
            "unfinished": self.unfinished,
            "interrupted": bool(self.record.get("interrupted")),
        }

    def _observed(self, member: int, names: tuple[str, ...]) -> dict[str, float | None]:
        one = np.array([member])
        system = self.system.of(self.place[one])
        values = system.observe(self.times[one], self._states_of(one), names)[:, 0]
        return {name: _number(float(value)) for name, value in zip(names, values, strict=True)}

    def save(self, path: str | Path) -> None:
        """Write everything but the system to a `.npz` archive, completely or not at all.

        Raises `InputError` for another suffix or a path that cannot be written.
        """
        if Path(path).suffix != ".npz":
            raise InputError(f"an ensemble is written to .npz, not to {path}")
        arrays = {
            name: getattr(self, name)
            for name in ("place", "states", "times", "settled_at", "steps", "rejected", "evaluations")
        }
        optional = {"energies": self.energies, "trace_times": self.trace_times, "traces": self.traces}
        arrays |= {name: values for name, values in optional.items() if values is not None}
        words = np.array([status.value for status in STATUSES])
        record = {"requested": self.starts.count, "cpu_s": self.cpu_s, "wall_s": self.wall_s, **self.record}
        with replacing(path) as handle:
            np.savez(
                handle,
                signals=np.array(self.system.signal_names),
                status=words[self.codes],
                record=np.array(json.dumps(record, default=str)),
                **arrays,
            )

    def plot(self, **options: Any) -> Figure:
        """Return a figure of all starts, see `plotting.ensemble` with its options."""
        return picture("ensemble", self, **options)

    def _repr_html_(self) -> str:
        rows = {status.value: str(count) for status, count in self.statuses.items()}
        rows["engine"] = str(self.record.get("engine"))
        return as_html(f"{self.starts.count} starts", rows, self.plot)

    def __repr__(self) -> str:
        ends = ", ".join(f"{count} {status.value}" for status, count in self.statuses.items())
        return (
            f"EnsembleSolution({self.starts.count} starts: {ends}; {int(self.evaluations.sum())} evaluations)"
        )


def _rails(system: System) -> tuple[Array, Array]:
    """Return the lower rail of every output and its distance to the upper, (n_outputs, 1); nan: unknown."""
    bank = system.bank
    if bank is None:
        unknown = np.full((system.n_outputs, 1), np.nan)
        return unknown, unknown
    ends = np.array([unit.range for unit in bank.activations]).reshape(-1, 2)[bank.unit_of_output]
    with np.errstate(invalid="ignore"):
        rails = bank.base + bank.scale * ends
        return rails.min(axis=1, keepdims=True), np.abs(np.diff(rails, axis=1))


def _swing(system: System) -> Array | float:
    """Return the change of each output by one input scale, nan if unknown."""
    return 0.0 if system.bank is None else np.abs(system.bank.scale)


def _number(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
