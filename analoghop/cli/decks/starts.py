"""`analoghop run DECK --starts M`: the statistics of a deck from random initial voltages."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from analoghop.cli import options
from analoghop.cli.decks.interest import of_interest
from analoghop.cli.text import counted, si, table, unit_of
from analoghop.cli.verb import UsageError
from analoghop.errors import InputError

if TYPE_CHECKING:
    from analoghop.circuit.circuit import Circuit
    from analoghop.engines import Engine
    from analoghop.engines.ensemble.ensemble import Method
    from analoghop.ensembles import EnsembleSolution
    from analoghop.limits import Limits
    from analoghop.workers import Sharing

SHOWN = 16
"""Number of printed attractors; JSON has all of them."""

SIGNALS = 4
"""Number of printed final signals of each attractor."""


def check_starts(arguments: Namespace) -> None:
    """Raise `InputError` or `UsageError` for options that do not fit a run of many starts."""
    if arguments.starts < 1:
        raise InputError(f"`--starts` is {arguments.starts}, expected 1 or more")
    if arguments.out is not None and not arguments.out.endswith(".npz"):
        raise InputError(f"many runs are written to .npz, not to {arguments.out}")
    engine = arguments.engine if arguments.engine != "auto" else "ensemble"
    allowed = {
        "scipy": options.METHODS,
        "ensemble": ("auto", *options.MANY_METHODS, *options.NOISE_METHODS),
        "fused": ("auto", "DOPRI5"),
    }[engine]
    if arguments.method not in allowed:
        raise UsageError(
            f"`--method {arguments.method}` is not a method of the engine {engine}: {', '.join(allowed)}"
        )
    if arguments.engine != "scipy" and arguments.atol is not None:
        raise UsageError("`--atol` is for `--engine scipy`: here tolerances are in units of 1/gain")
    if arguments.engine == "scipy" and arguments.threads not in (None, 1):
        raise UsageError("`--threads` does not fit `--engine scipy`, which runs one start after the other")


def run_starts(
    circuit: Circuit,
    arguments: Namespace,
    limits: Limits,
    record: dict[str, object],
    workers: Sharing = 1,
) -> EnsembleSolution:
    """Return the runs of the circuit from `--starts` random voltages, each until it settles or its end.

    `record` is added to the record of the run; `workers` share the starts. Raises `InputError` for a circuit
    without capacitors, and `UsageError` for a run without an end.
    """
    from dataclasses import replace

    from analoghop.circuit.reduction.compile import compile_circuit
    from analoghop.simulate_many import simulate_many

    lure = compile_circuit(circuit)
    if not lure.size:
        raise InputError(f"{arguments.deck}: the circuit has no capacitor whose voltage could be random")
    if lure.noise is not None:
        options.check_single(arguments, noisy=True)
    tstop = arguments.tstop
    if tstop is None and circuit.tran is not None:
        tstop = circuit.tran.stop
    if tstop is None and not (arguments.settle or circuit.op):
        raise UsageError("the deck has no .tran line: give `--tstop T`, or `--settle`")
    run = simulate_many(
        lure,
        arguments.starts,
        tstop=tstop,
        seed=arguments.seed or 0,
        noise_seed=arguments.seed or 0,
        engine=_engine(arguments, lure.noise is not None),
        rtol=None if arguments.engine == "scipy" else arguments.rtol,
        limits=limits,
        workers=workers,
    )
    return replace(run, record={**record, **run.record})


def _engine(arguments: Namespace, noisy: bool) -> Engine | Literal["auto", "fused"]:
    from analoghop.engines import Ensemble, ScipyIVP

    if arguments.engine == "scipy":
        rtol = 1e-6 if arguments.rtol is None else arguments.rtol
        return ScipyIVP(arguments.method, rtol=rtol, atol=arguments.atol, audit=False)
    if arguments.engine == "fused":
        options.check_engine(arguments.engine)
        return "fused"
    if arguments.engine == "auto" and arguments.method == "auto":
        return "auto"
    fitting: Method = "exponential" if noisy else "DOPRI5"
    method: Method = fitting if arguments.method == "auto" else arguments.method
    return Ensemble(method)


def summary(deck: str, circuit: Circuit, run: EnsembleSolution) -> dict[str, Any]:
    """Return the value that `run --starts --json` prints; its keys are a contract with other programs."""
    return {"deck": deck, **run.to_dict(signals=saved(circuit, run))}


def saved(circuit: Circuit, run: EnsembleSolution) -> tuple[str, ...]:
    """Return the signals of the deck's `.save`, all signals without `.save`."""
    known = run.system.signal_names
    return tuple(name for name in circuit.saves if name in known) or known


def lines(circuit: Circuit, run: EnsembleSolution) -> Iterator[str]:
    """Yield the text report of many runs."""
    results = run.to_dict(signals=_candidates(circuit, run))
    ends = ", ".join(f"{count} {status}" for status, count in results["statuses"].items())
    yield circuit.title.strip() or "(no title)"
    yield f"  {counted(run.system.size, 'state')}; {counted(run.starts.count, 'start')}: {ends}"
    if run.unfinished:
        yield (
            f"  {counted(run.unfinished, 'start')} had not ended: shares and times are those of the "
            f"{run.starts.count - run.unfinished} that had, in which early ends are over-represented"
        )
    when = results["settling_time"]
    if when["mean"] is not None:
        bounds = when["mean_interval"]
        near = "" if bounds is None else f" (95 % interval {si(bounds[0], 's')} to {si(bounds[1], 's')})"
        yield (
            f"  settling time of {counted(when['count'], 'start')}: {si(when['mean'], 's')} on average"
            f"{near}, {si(when['median'], 's')} in the median, {si(when['max'], 's')} at most"
        )
    if results["settled_rate"] is not None:
        low, high = (100 * bound for bound in results["settled_interval"])
        yield (
            f"  settled: {100 * results['settled_rate']:.3g} % of {len(run)} that ended "
            f"(95 % interval {low:.3g} to {high:.3g} %)"
        )
    found = results["attractors"]
    shares = ", with shares of the starts and their 95 % intervals:"
    yield f"  {counted(len(found), 'attractor')}{shares if found else ': no start has settled'}"
    names = _distinguishing(found[:SHOWN])
    rows = [_row(number, one, names) for number, one in enumerate(found[:SHOWN], 1)]
    if rows:
        yield from table(rows)
    if len(found) > SHOWN:
        yield f"    ... and {len(found) - SHOWN} more: --json shows everything"
    work = int(run.evaluations.sum())
    yield f"  {counted(work, 'evaluation')}, {si(run.cpu_s, 's', 3)} of computing, seed {results['seed']}"


def _candidates(circuit: Circuit, run: EnsembleSolution) -> tuple[str, ...]:
    names = saved(circuit, run)
    if not circuit.saves:
        names = of_interest(names, run.system, circuit.expected)
    return names


def _distinguishing(found: list[dict[str, Any]]) -> list[str]:
    """Return the few signals in which the attractors differ most, in the order of the deck.

    Of two signals with opposite signs, such as an amplifier's two outputs, only the first.
    """
    values = {
        name: np.array([one["final"][name] or 0.0 for one in found])
        for name in (found[0]["final"] if found else ())
    }
    names = list(values)

    def spread(name: str) -> float:
        return float(f"{np.ptp(values[name]):.2g}")

    chosen: list[str] = []
    for name in sorted(names, key=lambda name: (-spread(name), names.index(name))):
        mirrored = [np.allclose(values[name], -values[other], atol=1e-3) for other in chosen]
        if not any(mirrored) and len(chosen) < SIGNALS:
            chosen.append(name)
    return sorted(chosen, key=names.index)


def _row(number: int, one: dict[str, Any], names: list[str]) -> list[str]:
    low, high = one["interval"]
    final = [f"{name} = {si(one['final'][name], unit_of(name), 4)}" for name in names]
    return [
        f"  {number:4d}",
        f"{100 * one['fraction']:.1f} %",
        f"({100 * low:.1f} to {100 * high:.1f})",
        "" if one["energy"] is None else f"E = {si(one['energy'], 'W', 6)}",
        *final,
    ]
