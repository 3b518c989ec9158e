"""`batch`: many points of a deck integrated together, as one family of circuits."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from analoghop.amplifiers import Amplifiers
from analoghop.arrays import Array
from analoghop.circuit.circuit import Circuit
from analoghop.circuit.members import family_of
from analoghop.engines.ensemble.ensemble import Ensemble
from analoghop.engines.fused.fused import Fused
from analoghop.ensembles.solution import STATUSES, EnsembleSolution
from analoghop.ensembles.starts import GivenStarts
from analoghop.ensembles.streams import uniform
from analoghop.errors import AnalogHopError
from analoghop.experiments.models.base import Computed, Job
from analoghop.experiments.models.readings import bits, code_of, plain
from analoghop.experiments.plan.scatter import Scatter
from analoghop.experiments.plan.study import Study
from analoghop.experiments.plan.tables import a_number
from analoghop.experiments.scattering.parts import chosen, devices, scattered_bank, scattered_values
from analoghop.experiments.store.point_result import PointResult
from analoghop.limits import Limits
from analoghop.simulate import end_of
from analoghop.solution import Status
from analoghop.systems.circuits.family import Family

_BROKEN = "the state is no longer a number, or steps become too short"
RTOL = 1e-6
"""Relative tolerance where the study says none: that of a single run."""


def batch(
    study: Study, jobs: Sequence[Job], circuits: Sequence[Circuit], limits: Limits, expect: Any = None
) -> list[Computed] | None:
    """Return the results of some points of a deck, `circuits` are theirs as designed; [] if cut short.

    `expect` judges (status, signal -> value at the end). None where the points do not form one family: the
    circuits differ in their structure, in their end, or a part of it has no equations; they are then to be
    computed one by one.
    """
    began, cpu = time.monotonic(), time.process_time()
    try:
        family = _family(study, jobs, circuits, limits)
    except AnalogHopError:
        return None
    ends = {circuit.tran.stop if circuit.tran else None for circuit in circuits}
    if len(ends) > 1 or family.noise is not None:
        return None
    given = study.engine.get("tstop", ends.pop())
    tstop = None if given is None else a_number(given, "`engine.tstop`")
    end = end_of(family, tstop, True, "the deck never settles: give `engine.tstop`")
    rtol, atol = (study.engine.get(name) for name in ("rtol", "atol"))
    kind = Fused if study.engine.get("name") == "fused" else Ensemble
    engine = kind(
        rtol=RTOL if rtol is None else a_number(rtol, "`engine.rtol`"),
        atol=None if atol is None else a_number(atol, "`engine.atol`"),
        settle=bool(study.engine.get("settle", True)),
    )
    within = limits if study.wall is None else limits.until(began + float(study.wall) * len(jobs))
    run = engine.integrate_many(family, GivenStarts(_starts(study, jobs, family)), [0.0, end], None, within)
    if run.unfinished and limits.over:
        return []
    share = (time.process_time() - cpu) / len(jobs), (time.monotonic() - began) / len(jobs)
    return _rows(study, jobs, family, run, share, expect)


def _family(study: Study, jobs: Sequence[Job], circuits: Sequence[Circuit], limits: Limits) -> Family:
    distinct: dict[int, int] = {}
    of_member = np.array([distinct.setdefault(id(c), len(distinct)) for c in circuits], dtype=np.intp)
    first = [circuits[int(np.argmax(of_member == k))] for k in range(len(distinct))]
    values: dict[str, Array] = {}
    if study.scatter is not None:
        drawn = [
            _part(circuit, study.scatter.at(point.values), study.drawn.seed, point.part)
            for (_, point), circuit in zip(jobs, circuits, strict=True)
        ]
        names = dict.fromkeys(name for part in drawn for name in part)
        designed = [{e.name: getattr(e, "value", 0.0) for e in c.elements} for c in first]
        values = {
            name: np.array([p.get(name, designed[of_member[k]][name]) for k, p in enumerate(drawn)])
            for name in names
        }
    family = family_of(first, of_member, values, limits)
    if study.scatter is None or not any(
        study.scatter.at(p.values).alters_amplifiers and p.part is not None for _, p in jobs
    ):
        return family
    return _with_amplifiers(study, jobs, family)


def _part(circuit: Circuit, scatter: Scatter, seed: int, part: int | None) -> Mapping[str, float]:
    elements = chosen(circuit, scatter)
    values = scattered_values(elements, scatter, seed, part).tolist()
    return dict(zip((e.name for e in elements), values, strict=True))


def _with_amplifiers(study: Study, jobs: Sequence[Job], family: Family) -> Family:
    """Return the family with the amplifiers of each part."""
    assert study.scatter is not None, "parts need a scatter"
    template, names = family.template, ("gain", "offset", "scale", "base")
    units = devices(template)
    wide = [np.broadcast_to(family.columns[n], (len(family.columns[n]), family.count)) for n in names]
    banks = []
    for k, (_, point) in enumerate(jobs):
        bank = Amplifiers(template.amplifiers.blocks, *(values[:, k] for values in wide))
        if point.part is not None:
            scatter = study.scatter.at(point.values)
            bank = scattered_bank(bank, units, scatter, study.drawn.seed, point.part)
        banks.append(bank)
    columns = {name: np.concatenate([getattr(bank, name) for bank in banks], axis=1) for name in names}
    return replace(family, columns={**family.columns, **columns}, make=None)


def _starts(study: Study, jobs: Sequence[Job], family: Family) -> Array:
    """Return the start of each point: the deck's own, or the random one of its number."""
    x0, drawn = family.starts, study.drawn
    for k, (_, point) in enumerate(jobs):
        if point.start is not None:
            share = uniform(drawn.seed, point.start, 1, family.size)[:, 0]
            x0[:, k] = family.thresholds[:, k] + drawn.scale * family.input_scale[:, k] * share
    return x0


def _rows(
    study: Study,
    jobs: Sequence[Job],
    family: Family,
    run: EnsembleSolution,
    share: tuple[float, float],
    expect: Any,
) -> list[Computed]:
    place = {int(k): m for m, k in enumerate(run.place)}
    outputs, final = run.outputs, _finals(study, run, expect)
    rails = _rails(family.of(run.place))
    rows = []
    for k, (key, point) in enumerate(jobs):
        member = place.get(k)
        status = Status.TIME_LIMIT if member is None else STATUSES[int(run.codes[member])]
        metrics: dict[str, Any] = dict.fromkeys(study.metrics)
        if member is not None and status is not Status.FAILED:
            signals = {name: plain(values[member]) for name, values in final.items()}
            for name in study.metrics:
                metrics[name] = _metric(name.lower(), run, member, (outputs, rails), signals, status, expect)
        if "status" in metrics:
            metrics["status"] = status.value
        error = (
            "the state is no longer a number, or steps become too short" if status is Status.FAILED else None
        )
        rows.append(Computed(PointResult(key, point, status.value, metrics, error, None, *share)))
    return rows


def _finals(study: Study, run: EnsembleSolution, expect: Any) -> dict[str, Array]:
    """Return the signals at the end that the metrics and expectations name, each (members,)."""
    known = run.system.signal_names
    wanted = [n.lower() for n in study.metrics if n.lower() in known]
    if expect is not None:
        wanted += [name for name in expect.signals if name in known]
    names = list(dict.fromkeys(wanted))
    if not names:
        return {}
    states = np.asarray(run.states, dtype=np.float64)
    values = run.system.of(run.place).observe(run.times, states, names)
    return dict(zip(names, values, strict=True))


def _rails(family: Family) -> Array:
    """Return the ends of the outputs of all members, (outputs, 2, members)."""
    bank = family.template.amplifiers
    ends = np.array([unit.range for unit in bank.activations], dtype=np.float64).reshape(-1, 2)
    ends = ends[bank.unit_of_output]
    ends = np.where(np.isfinite(ends).all(axis=1, keepdims=True), ends, 0.0)
    scale, base = (
        np.broadcast_to(family.columns[n], (bank.outputs, family.count)) for n in ("scale", "base")
    )
    return np.asarray(base[:, None] + scale[:, None] * ends[:, :, None])


def _metric(
    name: str,
    run: EnsembleSolution,
    member: int,
    ends: tuple[Array, Array],
    signals: Mapping[str, Any],
    status: Status,
    expect: Any,
) -> Any:
    if name in signals:
        return signals[name]
    if name == "t_settle":
        return plain(run.settled_at[member])
    if name == "expect":
        return expect.met(status.value, signals)
    if name in ("code", "digits"):
        outputs, rails = ends
        found = bits(rails[:, :, member], outputs[:, member])
        return code_of(found) if name == "code" else "".join(map(str, found))
    return None
