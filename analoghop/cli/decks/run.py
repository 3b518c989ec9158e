"""`analoghop run DECK`: simulate a deck, once or for every point of a sweep."""

from __future__ import annotations

import math
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, Any

from analoghop.cli import options
from analoghop.cli.console import about
from analoghop.cli.decks.opening import Point, open_deck, overrides, sweep_points
from analoghop.cli.outputs import (
    check_overwriting,
    check_picture,
    check_place,
    check_waveforms,
    is_film,
    named,
)
from analoghop.cli.verb import Exit, UsageError, Verb
from analoghop.errors import InputError
from analoghop.workers import Sharing, sharing

if TYPE_CHECKING:
    from analoghop.circuit.circuit import Circuit
    from analoghop.cli.console import Console
    from analoghop.engines import Engine
    from analoghop.engines.ensemble.ensemble import Method
    from analoghop.solution import Solution


def configure(parser: ArgumentParser) -> None:
    """Add the options of `run`."""
    options.add_deck(parser)
    parser.add_argument(
        "--tstop", type=options.number, metavar="T", help="end of the run in s (default: that of .tran)"
    )
    parser.add_argument("--settle", action="store_true", help="end the run when the circuit has settled")
    parser.add_argument(
        "--sweep",
        type=options.sweep,
        action="append",
        default=[],
        metavar="NAME=a,b,c",
        help="run for each value of a parameter; given several times: for every combination",
    )
    parser.add_argument(
        "--starts",
        type=options.whole,
        metavar="M",
        help="run from M random initial voltages, each until it settles, and report the statistics",
    )
    options.add_solver(parser)
    options.add_workers(parser)
    parser.add_argument("--out", metavar="FILE", help="write the signals to a .raw, .csv or .npz file")
    parser.add_argument(
        "--plot", metavar="FILE", help="draw the run into a .png, .svg or .pdf file, a film of it into a .gif"
    )
    options.add_force(parser)
    options.add_common(parser)


def execute(arguments: Namespace, console: Console) -> Exit:
    """Run the deck and report; the exit code is that of the worst point of a sweep."""
    if arguments.starts is not None:
        from analoghop.cli.decks.starts import check_starts

        check_starts(arguments)
    elif arguments.jobs is not None or arguments.dask is not None:
        raise UsageError("`-j` and `--dask` share starts: give `--starts M`; `sweep run` shares a sweep")
    with sharing(options.workers(arguments), arguments.time_limit or math.inf) as workers:
        return _Runs(arguments, console, workers or 1).execute()


class _Runs:
    """One command: the requested runs and their results so far."""

    def __init__(self, arguments: Namespace, console: Console, workers: Sharing) -> None:
        self.arguments, self.console, self.workers = arguments, console, workers
        self.code = Exit.DONE
        self.summaries: list[dict[str, Any]] = []
        self.limits = options.limits(arguments, console)
        check_waveforms(arguments.out)
        if is_film(arguments.plot):
            if arguments.starts is not None:
                raise UsageError("a film shows one run: give --plot a .png, .svg or .pdf file")
            check_place(arguments.plot)
        else:
            check_picture(arguments.plot)

    def execute(self) -> Exit:
        # A swept parameter may have no useful value of its own in the deck.
        first = {name: values[0] for name, values in self.arguments.sweep}
        circuit = open_deck(self.arguments, self.console, first)
        points = sweep_points(self.arguments, circuit)
        files = [path for path in (self.arguments.out, self.arguments.plot) if path]
        check_overwriting(
            (named(path, point) for point in points or [{}] for path in files), self.arguments.force
        )
        if not points:
            self.console.result(self._run(circuit, {}))
            return self.code
        try:
            self._sweep(points)
        except KeyboardInterrupt:
            self.code = Exit.INCOMPLETE
            self.console.error(f"interrupted after {len(self.summaries)} of {len(points)} runs")
            self.summaries = self.summaries or [{"set": {}, **about(self.arguments)}]
            self.summaries[-1]["interrupted"] = True
        self.console.result(self.summaries)
        return self.code

    def _sweep(self, points: list[Point]) -> None:
        for k, point in enumerate(points):
            if self.limits.interrupted:
                raise KeyboardInterrupt
            if self.limits.late:
                self.console.notice(f"time limit: {len(points) - k} of {len(points)} runs were not begun")
                return
            circuit = open_deck(self.arguments, self.console, point)
            self.console.line(", ".join(f"{name} = {value.text}" for name, value in point.items()))
            self.summaries.append({"set": _numbers(point), **self._run(circuit, point)})

    def _run(self, circuit: Circuit, point: Point) -> dict[str, Any]:
        """Do one run, write its files, print its report, and return its summary."""
        from analoghop.circuit.operating_point import NoOperatingPoint
        from analoghop.cli.decks import report

        if self.arguments.starts is not None:
            return self._run_starts(circuit, point)
        try:
            solution, measured = self._solve(circuit, point)
        except NoOperatingPoint as failure:
            self._failed(str(failure))
            return {**report.unsolved(self.arguments.deck, circuit), **about(self.arguments)}
        # What has been computed is written, also if Ctrl-C comes now.
        with self.limits.heed():
            return self._reported(circuit, point, solution, measured)
        raise KeyboardInterrupt

    def _reported(
        self, circuit: Circuit, point: Point, solution: Solution, measured: dict[str, float | None]
    ) -> dict[str, Any]:
        """Write the files of a run, print its report, and return its summary."""
        from analoghop.circuit.bases import negative_bases
        from analoghop.cli.decks import report

        self._judge(solution)
        for warning in negative_bases(circuit, solution):
            self.console.notice(warning)
        for line in report.lines(circuit, solution, measured):
            self.console.line(line)
        if self.console.json_wanted and solution.energy is None:
            text = f"no energy is known for this circuit: {solution.system.theorem.reason}"
            if solution.system.noise is not None:
                text = "the energy of a run with noise is not followed"
            self.console.notice(f"{self.arguments.deck}: {text}")
        self._write(circuit, solution, point)
        if circuit.op and not self.limits.interrupted:
            self._operating_point(circuit)
        for name in (name for name in ("dc", "ac", "noise") if getattr(circuit, name)):
            self.console.notice(f"{self.arguments.deck}: `analoghop {name}` runs the .{name} of the deck")
        run_keys = about(self.arguments, solution.ran, interrupted=bool(solution.record.get("interrupted")))
        if solution.system.noise is not None:
            run_keys["seed"] = self.arguments.seed or 0
        return {**report.summary(self.arguments.deck, circuit, solution, measured), **run_keys}

    def _run_starts(self, circuit: Circuit, point: Point) -> dict[str, Any]:
        """Do many runs of one circuit, write their files, print their report, and return their summary."""
        from analoghop.cli.decks import starts
        from analoghop.solution import Status

        with self.limits:
            record = self._record(circuit, point)
            run = starts.run_starts(circuit, self.arguments, self.limits, record, self.workers)
        with self.limits.heed():
            for line in starts.lines(circuit, run):
                self.console.line(line)
            out, plot = self.arguments.out, self.arguments.plot
            if out:
                run.save(named(out, point))
                self.console.line(f"  wrote {named(out, point)}")
            if plot:
                from analoghop.plotting import ensemble, save_figure

                save_figure(ensemble(run), named(plot, point), run.record)
                self.console.line(f"  wrote {named(plot, point)}")
        if run.record.get("interrupted"):
            self._failed(f"interrupted after {len(run)} of {run.starts.count} starts")
        if failures := run.statuses.get(Status.FAILED, 0):
            self._failed(f"the integration failed from {failures} of {run.starts.count} starts")
        elif self.arguments.settle and set(run.statuses) != {Status.SETTLED}:
            settled = run.statuses.get(Status.SETTLED, 0)
            self._failed(f"the circuit has settled from {settled} of {run.starts.count} starts")
        run_keys = about(self.arguments, run.ran, interrupted=bool(run.record.get("interrupted")))
        return {**starts.summary(self.arguments.deck, circuit, run), **run_keys}

    def _solve(self, circuit: Circuit, point: Point) -> tuple[Solution, dict[str, float | None]]:
        """Return the run and the values of the measurements."""
        from analoghop.circuit.measure import measured_signals
        from analoghop.circuit.reduction.compile import compile_circuit
        from analoghop.circuit.transient import transient
        from analoghop.simulate import run_measured

        wanted = self.arguments
        settle = wanted.settle or (circuit.op and circuit.tran is None and wanted.tstop is None)
        if circuit.tran is None and wanted.tstop is None and not settle:
            asked = [name for name in ("dc", "ac", "noise") if getattr(circuit, name)]
            verbs = " and ".join(f"`analoghop {name}` runs its .{name}" for name in asked)
            hint = f"; {verbs}" if asked else ""
            raise UsageError(f"the deck has no .tran line: give `--tstop T`, or `--settle`{hint}")
        lure = compile_circuit(circuit)
        options.check_single(wanted, lure.noise is not None)
        for name in measured_signals(circuit.measures):
            if name not in lure.signal_names:
                raise InputError(
                    f"{wanted.deck}: a .meas line asks for {name}, which the circuit does not have"
                )
        plan = transient(circuit, lure, wanted.tstop, settle, self.limits)
        for notice in plan.notices:
            self.console.notice(f"{wanted.deck}: {notice}")
        engine, record = self._engine(lure.noise is not None, settle), self._record(circuit, point)
        with self.limits as limits:
            return run_measured(circuit, lure, plan, engine, record, limits)

    def _engine(self, noisy: bool, settle: bool) -> Engine:
        from analoghop.engines import Ensemble, ScipyIVP

        wanted = self.arguments
        if noisy and wanted.engine != "scipy":
            method: Method = "exponential" if wanted.method == "auto" else wanted.method
            return Ensemble(method, noise_seed=wanted.seed or 0)
        return ScipyIVP(
            method=wanted.method,
            rtol=1e-6 if wanted.rtol is None else wanted.rtol,
            atol=wanted.atol,
            settle=settle,
        )

    def _record(self, circuit: Circuit, point: Point) -> dict[str, object]:
        wanted = self.arguments
        return {
            "title": circuit.title,
            "deck": wanted.deck,
            "command": wanted.command,
            "set": {**overrides(wanted), **_numbers(point)},
            "seed": wanted.seed,
        }

    def _operating_point(self, circuit: Circuit) -> None:
        """Print a notice about `.op`, which `analoghop op` carries out."""
        if self.console.json_wanted:
            self.console.notice(f"{self.arguments.deck}: `analoghop op --json` prints the result of .op")
            return
        from analoghop.cli.decks import op

        for line in op.report(circuit, op.found(circuit, self.limits.until(math.inf))):
            self.console.line(line)

    def _judge(self, solution: Solution) -> None:
        from analoghop.engines.settling import UNSTABLE
        from analoghop.solution import Status

        moved = abs(solution.states - solution.states[:, :1]) > 1e-9 * solution.system.input_scale
        if solution.message.endswith(UNSTABLE) and not moved.any():
            where = (
                "the start is an unstable equilibrium, where the circuit stays: start beside it (.ic, IC=)"
            )
            self.console.notice(f"{self.arguments.deck}: {where}")
        if solution.record.get("interrupted"):
            self._failed(f"interrupted: {solution.message}")
        elif solution.status is Status.FAILED:
            self._failed(f"the integration failed: {solution.message}")
        elif solution.audit is not None and solution.audit.reason is not None:
            self._failed(f"failed audit: {solution.audit.reason}")
        elif self.arguments.settle and solution.status is not Status.SETTLED:
            self._failed(f"the circuit has not settled: {solution.message}")

    def _failed(self, text: str) -> None:
        self.code = Exit.INCOMPLETE
        self.console.error(f"{self.arguments.deck}: {text}")

    def _write(self, circuit: Circuit, solution: Solution, point: Point) -> None:
        from analoghop.cli.decks import report

        out, plot = self.arguments.out, self.arguments.plot
        if out:
            solution.save(named(out, point), report.saved(circuit, solution))
            self.console.line(f"  wrote {named(out, point)}")
        if is_film(plot):
            from analoghop.plotting import save_animation

            save_animation(named(plot, point), solution)
            self.console.line(f"  wrote {named(plot, point)}")
        elif plot:
            from analoghop.plotting import overview, save_figure

            signals = report.saved(circuit, solution) if circuit.saves else None
            figure = overview(solution, signals=signals, first=circuit.expected)
            save_figure(figure, named(plot, point), solution.record)
            self.console.line(f"  wrote {named(plot, point)}")


def _numbers(point: Point) -> dict[str, float]:
    return {name: value.number for name, value in point.items()}


_EXAMPLES = (
    "analoghop run circuits/flipflop.cir --plot flipflop.png",
    "analoghop run circuits/adc4.cir --sweep vin=0.2,0.4,0.6 --json",
    "analoghop run circuits/flipflop.cir --starts 1000 --settle",
    "analoghop run circuits/flipflop.cir --tstop 20m --out waves.csv",
)

VERB = Verb("run", "simulate a deck", configure, execute, _EXAMPLES)
