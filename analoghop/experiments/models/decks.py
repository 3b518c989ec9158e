"""`DeckSubject`: a deck at the points of a study."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from analoghop.circuit.circuit import Circuit
from analoghop.circuit.elements import Switch
from analoghop.circuit.netlist.template import DeckTemplate
from analoghop.circuit.reduction.compile import compile_circuit
from analoghop.circuit.transient import Transient, transient
from analoghop.engines.choice import engine_of, with_options
from analoghop.ensembles.starts import random_starts
from analoghop.errors import AnalogHopError, InputError, nearest
from analoghop.experiments.models.base import Computed, Job, Subject, one_by_one
from analoghop.experiments.models.deck_batches import batch
from analoghop.experiments.models.expectations import EndOfRun, Expected, expected, met
from analoghop.experiments.models.readings import bits, code_of, plain, rails_of
from analoghop.experiments.plan.points import Point
from analoghop.experiments.plan.scatter import sets_scatter
from analoghop.experiments.plan.study import Study
from analoghop.experiments.plan.tables import a_number
from analoghop.experiments.scattering.parts import (
    chosen,
    devices,
    group_of,
    quantiser_scale,
    with_amplifiers,
    with_elements,
)
from analoghop.limits import Limits
from analoghop.simulate import run_measured
from analoghop.systems.circuits.lure import Lure

if TYPE_CHECKING:
    from analoghop.engines.base import Engine
    from analoghop.solution import Solution

FACTS = ("status", "t_settle", "t_end", "energy", "code", "digits", "expect", "heat_j", "sources_j")
"""Metrics beside the signals at the end and the names of `.meas` lines."""
BATCHED = ("status", "t_settle", "code", "digits")
"""Metrics that a batch knows, beside voltages at the end and expectations about them."""
_CHUNK = 25  # single runs of some 40 ms
_NARROWEST, _WIDEST, _NUMBERS = 16, 1024, 1 << 22  # points and numbers of a batch


class DeckSubject(Subject):
    """A deck; axes are its parameters and the values of its elements.

    Metrics: those of `FACTS`, signals at the end such as `v(x)`, and names of `.meas` lines. `digits` are the
    amplifiers' outputs as bits, the first amplifier of the deck first, and `code` the number whose lowest bit
    is the first. Where the metrics are of the end alone, many points are integrated together, see `batch`;
    `.meas` lines, energies, waveforms and noise need runs one by one.
    """

    def __init__(self, study: Study) -> None:
        assert isinstance(study.model, Mapping), "the model of a deck is a table"
        self._study, model = study, study.model
        folders = [study.directory / Path(f) for f in _words(model.get("include_dirs", []))]
        self._template = DeckTemplate.read(Path(study.directory) / str(model["deck"]), folders)
        self._set = dict(model.get("set", {}))
        self.identity = {"deck": self._template.texts, "set": self._set}

    @property
    def chunk(self) -> int:
        """Number of points that are computed together."""
        return self._width or _CHUNK

    @property
    def notes(self) -> tuple[str, ...]:
        """The scale of the quantiser of the weights, where these have few bits."""
        scatter = self._study.scatter
        if scatter is None:
            return ()
        scatter = scatter.at(self._first)
        elements = chosen(self._template.circuit(self._values(self._first)), scatter)
        scale = quantiser_scale(elements, scatter)
        if scale is None:
            return ()
        step = scale / (2 ** (scatter.bits or 1) - 1)
        words = (
            f"weights of {scatter.bits} bits: conductances are multiples of {step:.4g} S up to {scale:.4g} S"
        )
        return (words,)

    def parts(self) -> dict[str, list[str]]:
        """Return the elements and amplifiers that scatter."""
        scatter = self._study.scatter
        if scatter is None:
            return {}
        circuit = self._template.circuit(self._values(self._first))
        names = [group_of(e.name, scatter.groups) for e in chosen(circuit, scatter)]
        found = {"value": list(dict.fromkeys(names))}
        units = list(dict.fromkeys(devices(compile_circuit(circuit))))
        return found | {s: units for s in ("offset", "gain", "rails") if getattr(scatter, s)}

    @cached_property
    def _width(self) -> int:
        """Number of points that are integrated together, 0 where they are run one by one."""
        study, model = self._study, self._study.metrics
        ended = {*BATCHED, *(["expect"] if all(e.at_end for e in self._expected) else [])}
        if study.engine.get("name", "auto") not in ("auto", "ensemble", "fused") or study.waveforms != "none":
            return 0
        if not all(name.lower() in ended or name.lower().startswith("v(") for name in model):
            return 0
        if study.drawn.noise or study.count < 2:
            return 0
        size = len(self._template.circuit(self._values(self._first)).nodes)
        return max(_NARROWEST, min(_WIDEST, _NUMBERS // max(size, 1) ** 2))

    @property
    def _first(self) -> dict[str, Any]:
        return {n: v for one in self._study.axes for n, v in zip(one.names, one.values[0], strict=True)}

    @cached_property
    def _expected(self) -> tuple[Expected, ...]:
        return expected(self._template.texts)

    def check(self) -> None:
        """Raise `InputError` for axes that are neither parameters nor elements, and for unknown metrics."""
        study = self._study
        first = self._first
        values = self._values(first)
        circuit = self._template.circuit(values)
        lure = compile_circuit(circuit)
        known = [*FACTS, *(m.name for m in circuit.measures), *lure.signal_names]
        for name in study.metrics:
            if name.lower() not in known:
                raise InputError(f"the deck has no metric `{name}`{nearest(name, known)}")
        for name in values:
            self._template.circuit({name: values[name]})
        if study.scatter is not None and study.drawn.parts:
            with_elements(circuit, study.scatter.at(first), study.drawn.seed, 0)
        if "expect" in study.metrics and not self._expected:
            raise InputError("the metric `expect` needs `* expect` lines, and the deck has none")
        self._engine(lure)

    def compute(self, jobs: Sequence[Job], limits: Limits) -> list[Computed]:
        """Run the deck at each point."""
        if self._width and len(jobs) > 1:
            found = self._together(jobs, limits)
            if found is not None:
                return found
        return one_by_one(jobs, limits, self._study.wall, self._one)  # type: ignore[arg-type]

    def _together(self, jobs: Sequence[Job], limits: Limits) -> list[Computed] | None:
        """Return the results of the points in one batch, None where they do not form one."""
        circuits: dict[int, Circuit] = {}
        for _, point in jobs:
            if id(point.values) not in circuits:
                try:
                    circuits[id(point.values)] = self._template.circuit(self._values(point.values))
                except AnalogHopError:
                    return None
        judge = EndOfRun(self._expected) if "expect" in self._study.metrics else None
        if any(
            isinstance(e, Switch) and e.model.hysteresis for e in circuits[id(jobs[0][1].values)].elements
        ):
            return None  # a switch that remembers changes too fast for the methods of batches
        return batch(self._study, jobs, [circuits[id(p.values)] for _, p in jobs], limits, judge)

    def _values(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return the values of parameters and elements at a point."""
        given = {**self._set, **{n: v for n, v in values.items() if not sets_scatter(n)}}
        for name, value in given.items():
            if isinstance(value, bool):
                raise InputError(f"`{name}` is {value}, expected a number")
        return given

    def circuit_at(self, point: Point) -> Circuit:
        """Return the circuit at a point, with the values of its part."""
        circuit = self._template.circuit(self._values(point.values))
        study = self._study
        if study.scatter is None:
            return circuit
        return with_elements(circuit, study.scatter.at(point.values), study.drawn.seed, point.part)

    def system_at(self, point: Point, circuit: Circuit) -> Lure:
        """Return the reduced circuit at a point, with the amplifiers of its part."""
        lure, study = compile_circuit(circuit), self._study
        if study.scatter is None or point.part is None:
            return lure
        return with_amplifiers(lure, study.scatter.at(point.values), study.drawn.seed, point.part)

    def _engine(self, lure: Lure, endless: bool = False) -> Engine:
        options = dict(self._study.engine)
        name = options.get("name", "auto")
        # Compiled code is for batches; a point that has to run alone takes the same method in NumPy.
        chosen = engine_of("ensemble" if name == "fused" else name, lure)
        numbers = {
            key: a_number(options[key], f"`engine.{key}`", above=0.0) if key in options else None
            for key in ("rtol", "atol")
        }
        # A run that ends at rest would miss measurements after it: only where nothing else ends it.
        return with_options(chosen, settle=options.get("settle", endless) or None, **numbers)

    def _one(self, point: Point, limits: Limits) -> tuple[str, dict[str, Any], Any]:
        study = self._study
        circuit = self.circuit_at(point)
        lure = self.system_at(point, circuit)
        engine = self._engine(lure, circuit.tran is None and "tstop" not in study.engine)
        if point.noise is not None and lure.noise is not None:
            engine = with_options(engine, noise_seed=_seed(study.drawn.seed, point.noise))
        plan = self._plan(circuit, lure, point, limits)
        own = study.scatter is None or point.part is None or not study.scatter.alters_amplifiers
        run, measured = run_measured(circuit, lure, plan, engine, None, limits, audited_against=own)
        metrics = self._metrics(run, measured)
        keep = study.waveforms == "all" or (study.waveforms == "failed" and run.status.value == "failed")
        return run.status.value, metrics, run.to_waveforms() if keep else None

    def _plan(self, circuit: Circuit, lure: Lure, point: Point, limits: Limits) -> Transient:
        given = self._study.engine.get("tstop")
        stop = None if given is None else a_number(given, "`engine.tstop`", above=0.0)
        settle = circuit.tran is None and stop is None
        plan = transient(circuit, lure, stop, settle, limits)
        if point.start is None:
            return plan
        drawn = self._study.drawn
        starts = random_starts(lure, 1, drawn.seed, drawn.scale, first=point.start)
        return Transient(plan.times, starts.array()[:, 0], plan.shown_from, plan.max_step, plan.notices)

    def _metrics(self, run: Solution, measured: Mapping[str, float | None]) -> dict[str, Any]:
        finals: dict[str, Any] = {}
        for name in self._study.metrics:
            word = name.lower()
            if word in measured:
                finals[name] = measured[word]
            elif word in FACTS:
                finals[name] = self._fact(word, run, measured)
            else:
                finals[name] = plain(run.observe([word])[0, -1])
        return finals

    def _fact(self, name: str, run: Solution, measured: Mapping[str, float | None]) -> Any:
        if name == "status":
            return run.status.value
        if name == "t_settle":
            return run.settled_at
        if name == "t_end":
            return float(run.times[-1])
        if name == "energy":
            return None if run.energy is None else plain(run.energy.total[-1])
        if name in ("heat_j", "sources_j"):
            return plain(run.joules.get({"heat_j": "heat", "sources_j": "sources"}[name], np.nan))
        if name == "expect":
            return self._meets(run, measured)
        assert run.system.bank is not None, "a deck has a bank of amplifiers"
        found = bits(rails_of(run.system.bank), run.outputs[:, -1])
        return "".join(map(str, found)) if name == "digits" else code_of(found)

    def _meets(self, run: Solution, measured: Mapping[str, float | None]) -> bool:
        energy = run.energy
        facts = {
            "status": run.status.value,
            "energy": "none" if energy is None else "guaranteed" if energy.guaranteed else "not guaranteed",
            **{f"measure {name}": value for name, value in measured.items()},
        }
        signals: dict[Any, float | None] = {}
        for one in self._expected:
            if one.kind == "signal":
                values = run.observe([one.subject])[0]
                at = run.times[-1] if one.time is None else one.time
                inside = run.times[0] <= at <= run.times[-1]
                signals[one.subject, one.time] = float(np.interp(at, run.times, values)) if inside else None
        return met(self._expected, facts, signals)


def _words(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _seed(seed: int, number: int) -> int:
    from analoghop.memory.studies.trials import mixed

    return mixed(seed, 3, number)
