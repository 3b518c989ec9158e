"""`analoghop compare DECK`: a deck run by analoghop and by ngspice, compared signal by signal."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from analoghop.cli import options
from analoghop.cli.analyses import comparing
from analoghop.cli.console import about
from analoghop.cli.decks.opening import open_deck, overrides
from analoghop.cli.outputs import check_overwriting, check_picture
from analoghop.cli.text import si, table
from analoghop.cli.verb import Exit, Verb
from analoghop.errors import InputError, shown

if TYPE_CHECKING:
    from analoghop.arrays import Array, Indices
    from analoghop.circuit.circuit import Circuit
    from analoghop.cli.console import Console
    from analoghop.formats.waveforms.waveforms import Waveforms
    from analoghop.limits import Limits
    from analoghop.solution import Solution

_ALIKE = 1e-4  # of the range of a signal: what deviates more may have edges at other times
_RTOL = 1e-9  # far below ngspice's own error, which then dominates the deviation


def configure(parser: ArgumentParser) -> None:
    """Add the options of `compare`."""
    options.add_deck(parser)
    parser.add_argument(
        "--tstop", type=options.number, metavar="T", help="end of the run in s (default: that of .tran)"
    )
    parser.add_argument(
        "--loose", dest="tight", action="store_false", help="leave ngspice's tolerances as the deck has them"
    )
    parser.add_argument("--plot", metavar="FILE", help="draw the deviations into a .png, .svg or .pdf file")
    options.add_force(parser)
    options.add_common(parser)


def execute(arguments: Namespace, console: Console) -> Exit:
    """Run the deck twice, compare at ngspice's own times, and report."""
    check_picture(arguments.plot)
    if arguments.tstop is not None and arguments.tstop <= 0:
        raise InputError(f"the end of a run is {arguments.tstop:g} s, expected a positive time")
    limits = options.limits(arguments, console)
    given = open_deck(arguments, console)
    check_overwriting([arguments.plot], arguments.force)
    if given.tran is None and comparing.asked(given):
        return _analyses_alone(arguments, console, given, limits)
    circuit = _without_noise(given, arguments, console)
    before = _children_s()
    theirs = _in_ngspice(arguments, circuit, limits, console)
    ngspice_s = _children_s() - before
    with limits:
        solution, rows = _here(arguments, circuit, theirs, console, limits)
    comparison = compared(theirs, solution, rows)
    if comparison.unknown:
        console.notice(f"ngspice alone knows {', '.join(comparison.unknown)}")
    with limits:
        found = comparing.agreements(given, limits)
    with limits.heed():
        for line in report(circuit, theirs, solution, comparison, ngspice_s):
            console.line(line)
        for line in comparing.report(found):
            console.line(line)
        if arguments.plot:
            from analoghop.plotting import save_figure
            from analoghop.plotting.runs.deviations import deviations

            ax = deviations(comparison.times, comparison.deviations, title=circuit.title)
            figure = ax.get_figure(root=True)
            assert figure is not None, "axes are drawn in a figure"
            save_figure(
                figure, arguments.plot, {"title": circuit.title, "deck": arguments.deck, **theirs.record}
            )
            console.line(f"  wrote {arguments.plot}")
        told = about(arguments, solution.ran, interrupted=limits.interrupted)
        analyses = {"analyses": comparing.summary(found)}
        console.result({**summary(arguments.deck, solution, comparison, ngspice_s), **analyses, **told})
    if comparison.points < len(theirs.times):
        console.error(f"{arguments.deck}: not compared to the end: {solution.message}")
        return Exit.INCOMPLETE
    return Exit.DONE


def _analyses_alone(arguments: Namespace, console: Console, circuit: Circuit, limits: Limits) -> Exit:
    """Compare the analyses of a deck without a transient."""
    import time

    before, begun = _children_s(), time.process_time()
    with limits:
        found = comparing.agreements(circuit, limits)
    console.line(circuit.title.strip() or "(no title)")
    for line in comparing.report(found):
        console.line(line)
    times = {"ngspice_s": _children_s() - before, "analoghop_s": time.process_time() - begun}
    nothing = {"deck": arguments.deck, "signals": {}, "largest": None, "points": 0, "edges": {}}
    told = about(arguments, interrupted=limits.interrupted)
    console.result({**nothing, **times, "analyses": comparing.summary(found), **told})
    return Exit.DONE


def _without_noise(circuit: Circuit, arguments: Namespace, console: Console) -> Circuit:
    """Return the circuit without thermal noise, as ngspice runs it; `InputError` for noise sources."""
    from analoghop.circuit.transient_noise import TransientNoise

    for element in circuit.elements:
        if isinstance(getattr(element, "signal", None), TransientNoise):
            reason = "is a source of noise, another one in every run: there is nothing to compare"
            raise InputError(
                f"{circuit.locations.get(element.name, arguments.deck)}: {element.name} {reason}"
            )
    if circuit.johnson is not None:
        console.notice(f"{arguments.deck}: compared without the noise of the resistors, which ngspice lacks")
    return replace(circuit, johnson=None)


@dataclass(frozen=True, eq=False)
class Comparison:
    """`times` (k,) in s; for each signal ours minus ngspice's (k,); `unknown`: signals of ngspice alone.

    `edges` has, for the signals that agree to 1e-4 of their range but for the times of their edges, how far
    apart these lie in s.
    """

    times: Array
    deviations: dict[str, Array]
    unknown: tuple[str, ...]
    edges: dict[str, float]

    @property
    def points(self) -> int:
        """Number of times at which the signals were compared."""
        return len(self.times)

    def largest(self, name: str) -> tuple[float, float]:
        """Return the largest deviation of a signal and its time."""
        deviation = abs(self.deviations[name])
        worst = int(deviation.argmax())
        return float(deviation[worst]), float(self.times[worst])

    @property
    def worst(self) -> str | None:
        """The voltage, or if there is none the current, that deviates most."""
        voltages = [name for name in self.deviations if name.startswith("v(")]
        return max(voltages or self.deviations, key=lambda name: self.largest(name)[0], default=None)


def compared(theirs: Waveforms, solution: Solution, rows: Indices) -> Comparison:
    """Return ours minus theirs; `rows` (points,) are the columns of the solution at ngspice's times."""
    rows = rows[rows < len(solution.times)]
    known = [name for name in theirs.signals if name in solution]
    ours = solution.observe(known)[:, rows] if known else ()
    times = theirs.times[: len(rows)]
    both = {name: (own, theirs[name][: len(rows)]) for name, own in zip(known, ours, strict=True)}
    shifts = {name: _shift(times, *pair) for name, pair in both.items()}
    return Comparison(
        times,
        {name: own - other for name, (own, other) in both.items()},
        tuple(name for name in theirs.signals if name not in solution),
        {name: shift for name, shift in shifts.items() if shift},
    )


def _shift(times: Array, ours: Array, theirs: Array) -> float | None:
    from analoghop.analyses.edges import edge_shift

    if len(times) < 2:
        return None
    return edge_shift(times, ours, theirs, _ALIKE * float(theirs.max() - theirs.min()))


def _children_s() -> float:
    """Return the processor time of all child processes that have ended."""
    import resource  # not on every system, and only ngspice needs it

    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _in_ngspice(arguments: Namespace, circuit: Circuit, limits: Limits, console: Console) -> Waveforms:
    from analoghop.circuit.ngspice import run_ngspice_circuit
    from analoghop.circuit.ngspice_deck import foreign_options

    for element in circuit.elements:
        expression = getattr(element, "expression", None)
        if element.name[0] in "eg" and getattr(expression, "function", "") == "pwl":
            console.notice(
                f"{element.name} is compared as a polyline: of a TABLE, ngspice rounds the corners"
            )
    left_out = foreign_options(circuit)
    if left_out:
        names = shown(", ".join(left_out))
        console.notice(f"{arguments.deck}: compared without options that are not numerical: {names}")
    return run_ngspice_circuit(
        circuit,
        tight=arguments.tight,
        stop=arguments.tstop,
        timeout=max(limits.left, 1.0) if limits.limited else 600.0,
        record={"deck": arguments.deck, "overrides": overrides(arguments)},
    )


def _here(
    arguments: Namespace, circuit: Circuit, theirs: Waveforms, console: Console, limits: Limits
) -> tuple[Solution, Indices]:
    """Return our run, recorded at ngspice's times, and the column of each of these times in it."""
    import numpy as np

    from analoghop.circuit.reduction.compile import compile_circuit
    from analoghop.circuit.transient import Transient, initial_state, longest_step
    from analoghop.engines import ScipyIVP
    from analoghop.simulate import run_transient

    lure = compile_circuit(circuit)
    start, notices, waves = initial_state(circuit, lure, limits)
    for notice in notices:
        console.notice(f"{arguments.deck}: {notice}")
    times, rows = np.unique(np.concatenate([[0.0], theirs.times]), return_inverse=True)
    step = circuit.tran.step if circuit.tran else float("inf")
    longest = longest_step(circuit, step, float(times[-1]))
    run = Transient(times, start, max_step=longest, waves=waves)
    solution = run_transient(lure, run, ScipyIVP(rtol=_RTOL), limits=limits)
    return solution, np.asarray(rows[1:], dtype=np.intp)


def summary(deck: str, solution: Solution, comparison: Comparison, ngspice_s: float) -> dict[str, Any]:
    """Return the JSON value: volts, amperes for currents; `largest` is that of the worst voltage."""
    worst = comparison.worst
    return {
        "deck": deck,
        "signals": {name: comparison.largest(name)[0] for name in comparison.deviations},
        "largest": None if worst is None else comparison.largest(worst)[0],
        "points": comparison.points,
        "edges": comparison.edges,
        "ngspice_s": ngspice_s,
        "analoghop_s": solution.cpu_s,
    }


def report(
    circuit: Circuit, theirs: Waveforms, solution: Solution, comparison: Comparison, ngspice_s: float
) -> Iterator[str]:
    """Yield the text report: every signal, the worst one, the processor times."""
    yield circuit.title.strip() or "(no title)"
    program = theirs.record.get("program", "ngspice")
    tight = ", tight tolerances" if theirs.record.get("tight") else ""
    yield f"  largest deviation from {program}{tight}, at {comparison.points} of its own times:"
    rows = []
    for name in comparison.deviations:
        value, when = comparison.largest(name)
        shift = comparison.edges.get(name)
        edges = f"{_ALIKE:g} of its range if edges lie {si(shift, 's', 2)} apart" if shift else ""
        unit = "A" if name.startswith("i(") else "V"
        rows.append((f"    {name}", f"{value:.2g} {unit}", f"at {si(when, 's')}", edges))
    if rows:
        yield from table(rows)
    worst = comparison.worst
    if worst is not None:
        yield f"  worst: {worst}, {comparison.largest(worst)[0]:.2g} {'A' if worst.startswith('i(') else 'V'}"
    yield f"  {program} took {si(ngspice_s, 's', 3)} of computing, analoghop {si(solution.cpu_s, 's', 3)}"


_EXAMPLES = (
    "analoghop compare circuits/flipflop.cir",
    "analoghop compare circuits/adc4.cir --set vin=0.4 --plot both.png",
)

VERB = Verb(
    "compare", "run a deck here and in ngspice, and report the deviations", configure, execute, _EXAMPLES
)
