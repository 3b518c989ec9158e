"""`Solution`: waveforms, status and energy record of one run of a system."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from analoghop.arrays import Array
from analoghop.audits import DeckAudit, Samples
from analoghop.display import as_html, picture
from analoghop.errors import InputError, MissingProgram
from analoghop.records import Brief
from analoghop.systems.base import System

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from analoghop.formats.waveforms.waveforms import Waveforms


class Status(Enum):
    """The status of a run at its end; the value is the printed text."""

    SETTLED = "settled"
    TIME_UP = "time up"
    TIME_LIMIT = "time limit"
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(frozen=True)
class Ran:
    """The engine that computed a result: `name`, whether its code was compiled, and `precision`."""

    name: str
    compiled: bool = False
    precision: str = "float64"

    @staticmethod
    def of(record: Mapping[str, object]) -> Ran:
        """Return the engine that the `record` of a run names; the name is "unknown" if it names none."""
        engine = str(record.get("engine", "unknown"))
        name = {"ScipyIVP": "scipy"}.get(engine, engine.lower())
        return Ran(name, bool(record.get("compiled")), str(record.get("precision", "float64")))

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as plain values for JSON."""
        return {"name": self.name, "compiled": self.compiled, "precision": self.precision}


@dataclass(frozen=True)
class EnergyRecord(Brief):
    """The energy of a run and its audit.

    `times` (k,) are the accepted steps, evenly thinned beyond a million; `parts` maps coupling, amplifier,
    bias ... to traces (k,); `dissipated` and `supplied` (k,) are the integrals up to each time.
    The three numbers are taken over all accepted steps k: `largest_rise` = max_k (E_k - min_{j<=k} E_j);
    `drop` = E_0 - min_k E_k; `balance_error` = max_k |E_0 - E_k + supplied_k - dissipated_k| divided by the
    largest of max_k |dissipated_k|, max_k |supplied_k|, the spread max E - min E, and the floor
    1e-8 max_k sum |parts_k| (a run that starts at rest has nothing else to compare rounding with), and the
    change of E where the first or the last state moves by the root of rtol, relative to itself. So for a
    circuit under a theorem it is relative to the drop, and for one that is driven or oscillates, relative to
    the energy that has gone through it. It is 0 where all of these are 0.
    `guaranteed`: a theorem promises that the energy never rises, and it has not risen beyond the tolerance of
    the run; otherwise `reason` says why there is no guarantee.
    """

    times: Array
    parts: Mapping[str, Array]
    dissipated: Array
    supplied: Array
    largest_rise: float
    drop: float
    balance_error: float
    guaranteed: bool
    reason: str | None

    @property
    def total(self) -> Array:
        """The energy at `times`."""
        return np.asarray(np.sum(list(self.parts.values()), axis=0))


@dataclass(frozen=True)
class Counts:
    """Numbers of states, amplifier outputs, accepted steps, evaluations of the rate and of the Jacobian."""

    states: int
    amplifiers: int
    steps: int
    evaluations: int
    jacobians: int


@dataclass(frozen=True, eq=False, repr=False)
class Solution:
    """The result of a run: waveforms (k times), status, energy record and electrical balance.

    `states` (n, k). `solution[name]` is a signal (k,), e.g. `solution["v(u1)"]`; case does not matter.
    `joules` maps the system's meters (sources, heat) and stored (the change) to joules; empty where unknown.
    `settled_at` is the time since which the circuit has been at rest, None if it has not settled. `record` is
    the metadata of the run, which files carry: program, version, engine, settings, seeds; "interrupted" is
    True where Ctrl-C ended it. `ran` is the engine. `audit` holds the run of a deck against the deck's own
    elements, None for other systems. `samples` are steps for such an audit, None where it has been made.
    """

    system: System
    times: Array
    states: Array
    status: Status
    message: str
    counts: Counts
    energy: EnergyRecord | None
    joules: Mapping[str, float]
    cpu_s: float
    wall_s: float
    settled_at: float | None = None
    record: Mapping[str, object] = field(default_factory=dict)
    audit: DeckAudit | None = None
    samples: Samples | None = None

    @property
    def ran(self) -> Ran:
        """The engine."""
        return Ran.of(self.record)

    @property
    def signals(self) -> tuple[str, ...]:
        """Names of all signals."""
        return self.system.signal_names

    @cached_property
    def _spelling(self) -> dict[str, str]:
        return {name.lower(): name for name in self.signals}

    def observe(self, names: Sequence[str]) -> Array:
        """Return several signals, (len(names), k).

        Raises `KeyError`, listing similar names, for an unknown name, `InputError` for a value that is not a
        string.
        """
        found = []
        asked: Sequence[object] = (names,) if isinstance(names, str) else names
        for name in asked:
            if not isinstance(name, str):
                example = next(iter(self.signals), "v(a)")
                raise InputError(f"a signal is selected by its name, such as {example!r}, not by {name!r}")
            spelt = self._spelling.get("".join(name.lower().split()))
            if spelt is None:
                import difflib

                close = difflib.get_close_matches(name.lower(), self._spelling, n=3, cutoff=0.5)
                hint = f"; close to it: {', '.join(close)}" if close else ""
                raise KeyError(f"there is no signal {name!r} among the {len(self.signals)} signals{hint}")
            found.append(spelt)
        return self.system.observe(self.times, self.states, found)

    def __getitem__(self, name: str) -> Array:
        signal: Array = self.observe([name])[0]
        return signal

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and "".join(name.lower().split()) in self._spelling

    @cached_property
    def outputs(self) -> Array:
        """The amplifier outputs at the recorded times, (n_outputs, k)."""
        return self.system.outputs(self.times, self.states)

    @cached_property
    def final(self) -> dict[str, float]:
        """Every signal at the end of the run."""
        values = self.system.observe(self.times[-1:], self.states[:, -1:], self.signals)[:, 0]
        return dict(zip(self.signals, values.tolist(), strict=True))

    def to_dict(self) -> dict[str, Any]:
        """Return the summary of the run as plain values for JSON: SI units, None for values not finite."""
        energy = self.energy
        summary = {
            "status": self.status.value,
            "message": self.message,
            "t_end": float(self.times[-1]),
            "settled_at": self.settled_at,
            "final": self.final,
            "energy": None
            if energy is None
            else {
                "initial": float(energy.total[0]),
                "final": float(energy.total[-1]),
                "drop": energy.drop,
                "largest_rise": energy.largest_rise,
                "balance_error": energy.balance_error,
                "guaranteed": energy.guaranteed,
                "reason": energy.reason,
            },
            "audit": None if self.audit is None else self.audit.to_dict(),
            "power": {f"{name}_j": value for name, value in self.joules.items()} or None,
            "counts": {
                "states": self.counts.states,
                "amplifiers": self.counts.amplifiers,
                "steps": self.counts.steps,
                "evaluations": self.counts.evaluations,
                "jacobians": self.counts.jacobians,
            },
            "cpu_s": self.cpu_s,
            "wall_s": self.wall_s,
            "engine": self.ran.to_dict(),
            "interrupted": bool(self.record.get("interrupted")),
        }
        plain: dict[str, Any] = _finite(summary)
        return plain

    def to_waveforms(self, names: Sequence[str] | None = None, title: str = "") -> Waveforms:
        """Return the signals `names` (None: all) as plain waveforms; their record describes the run."""
        from analoghop.formats.waveforms.waveforms import Waveforms

        chosen = self.signals if names is None else tuple(names)
        kinds = ["current" if name.lower().startswith("i(") else "voltage" for name in chosen]
        summary = self.to_dict()
        del summary["final"], summary["engine"]
        return Waveforms(
            names=("time", *chosen),
            kinds=("time", *kinds),
            data=np.concatenate([self.times[None], self.observe(chosen)]),
            title=title or str(self.record.get("title", "analoghop")),
            record={**self.record, **summary},
        )

    def save(self, path: str | Path, names: Sequence[str] | None = None) -> None:
        """Write the signals `names` (None: all) to a `.raw` (ngspice binary), `.csv` or `.npz` file.

        The file is written completely or not at all; `read_waveforms` of `analoghop.formats.waveforms` reads
        it. Raises `InputError` for another suffix or a path that cannot be written.
        """
        from analoghop.formats.waveforms.files import write_waveforms

        write_waveforms(path, self.to_waveforms(names))

    def to_xarray(self) -> Any:
        """Return an `xarray.Dataset` with one variable per signal over the coordinate "time".

        Its attributes are texts and numbers, so that `to_netcdf` writes it. Raises `MissingProgram` if xarray
        is not installed.
        """
        try:
            import xarray
        except ImportError as error:
            raise MissingProgram("xarray is not installed: get it with `pip install xarray`") from error
        waveforms = self.to_waveforms()
        units = {"voltage": "V", "current": "A"}
        variables = {
            name: ("time", row, {"units": units[kind]})
            for name, kind, row in zip(
                waveforms.names[1:], waveforms.kinds[1:], waveforms.data[1:], strict=True
            )
        }
        time = ("time", waveforms.times, {"units": "s"})
        return xarray.Dataset(variables, coords={"time": time}, attrs=_attributes(waveforms.record))

    def plot(self, **options: Any) -> Figure:
        """Return a figure of the run, see `plotting.overview` with its options."""
        return picture("overview", self, **options)

    def _repr_html_(self) -> str:
        energy = self.energy
        rows = {
            "status": f"{self.status.value} at t = {self.times[-1]:g} s",
            "size": f"{self.counts.states} states, {self.counts.amplifiers} amplifiers",
            "energy": "none" if energy is None else f"{energy.total[0]:.4g} W to {energy.total[-1]:.4g} W",
            "engine": f"{self.record.get('engine')}, {self.record.get('method')}, {self.counts.steps} steps",
        }
        return as_html(str(self.record.get("title", "run")), rows, self.plot)

    def __repr__(self) -> str:
        parts = [
            f"{self.status.value} at t = {self.times[-1]:g} s",
            f"{self.counts.states} states",
            f"{self.counts.steps} steps",
        ]
        if self.energy is not None:
            energy = self.energy.total
            parts.append(
                f"energy {energy[0]:.4g} to {energy[-1]:.4g} (balance {self.energy.balance_error:.0e})"
            )
        return f"Solution({', '.join(parts)})"


def _finite(value: Any) -> Any:
    """Return `value` with None for every number that is not finite."""
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _attributes(record: Mapping[str, Any]) -> dict[str, str | int | float]:
    """Return a record as attributes that netCDF can hold: what is neither text nor number is JSON."""
    kept = {name: value for name, value in record.items() if value is not None}
    plain = {
        k: v if isinstance(v, str | int | float) else json.dumps(v, default=str) for k, v in kept.items()
    }
    return {name: int(value) if isinstance(value, bool) else value for name, value in plain.items()}
