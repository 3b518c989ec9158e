"""The report of a run: the JSON value with its fixed keys, and the lines of text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from analoghop.cli.decks.equations import theorem_lines
from analoghop.cli.decks.interest import of_interest
from analoghop.cli.text import counted, si, table, unit_of

if TYPE_CHECKING:
    from analoghop.audits import DeckAudit
    from analoghop.circuit.circuit import Circuit
    from analoghop.solution import EnergyRecord, Solution

SHOWN = 16
"""Number of printed final signals; JSON has all of them."""

Measured = Mapping[str, float | None]


def summary(deck: str, circuit: Circuit, solution: Solution, measured: Measured) -> dict[str, Any]:
    """Return the value that `run --json` prints; its keys are a contract with other programs."""
    results = solution.to_dict()
    energy, power = results["energy"], results["power"] or {}
    return {
        "deck": deck,
        "title": circuit.title,
        "status": _status(solution),
        "t_end": results["t_end"],
        "final": {name: results["final"][name] for name in saved(circuit, solution)},
        "energy": energy
        and {
            key: energy[key]
            for key in ("initial", "final", "largest_rise", "balance_error", "guaranteed", "reason")
        },
        "audit": results["audit"],
        "power": {key: power.get(key) for key in ("sources_j", "heat_j", "stored_j")},
        "measurements": dict(measured),
        "counts": {key: results["counts"][key] for key in ("states", "amplifiers", "steps", "evaluations")},
        "cpu_s": results["cpu_s"],
        "wall_s": results["wall_s"],
    }


def _status(solution: Solution) -> str:
    """Return the status; a run that ended otherwise well but contradicts its deck has failed its audit."""
    from analoghop.solution import Status

    audit = solution.audit
    wrong = audit is not None and audit.reason is not None
    return "failed audit" if wrong and solution.status is not Status.FAILED else solution.status.value


def unsolved(deck: str, circuit: Circuit) -> dict[str, Any]:
    """Return the value for a run that could not begin, with all results unknown."""
    return {
        "deck": deck,
        "title": circuit.title,
        "status": "failed",
        "t_end": None,
        "final": {},
        "energy": None,
        "audit": None,
        "power": dict.fromkeys(("sources_j", "heat_j", "stored_j")),
        "measurements": {measure.name: None for measure in circuit.measures},
        "counts": dict.fromkeys(("states", "amplifiers", "steps", "evaluations")),
        "cpu_s": None,
        "wall_s": None,
    }


def saved(circuit: Circuit, solution: Solution) -> tuple[str, ...]:
    """Return the signals of the deck's `.save`, all signals without `.save`."""
    return tuple(name for name in circuit.saves if name in solution) or solution.signals


def lines(circuit: Circuit, solution: Solution, measured: Measured) -> Iterator[str]:
    """Yield the text report of one run."""
    counts = solution.counts
    yield circuit.title.strip() or "(no title)"
    size = f"{counted(counts.states, 'state')}, {counted(counts.amplifiers, 'amplifier')}"
    yield f"  {size}; {_outcome(solution)}"
    energy = solution.energy
    if solution.system.theorem.applies and energy is not None and not energy.guaranteed:
        yield f"  energy: may rise: {energy.reason}"
    else:
        yield from (f"  {line}" for line in theorem_lines(solution.system))
    if energy is not None:
        yield f"  {_energy(energy)}"
    if solution.joules:
        parts = {name: si(value, "J") for name, value in solution.joules.items()}
        known = {
            "sources": "from the sources",
            "heat": "dissipated as heat",
            "stored": "stored",
        }
        yield "  power: " + ", ".join(
            f"{parts[name]} {words}" for name, words in known.items() if name in parts
        )
    if solution.audit is not None:
        yield f"  {_audit(solution.audit)}"
    yield from _measured(measured)
    yield from _final(circuit, solution)
    yield (
        f"  {counted(counts.steps, 'step')}, {counted(counts.evaluations, 'evaluation')}"
        f" ({solution.record.get('method', '')}), {si(solution.cpu_s, 's', 3)} of computing"
    )


def _outcome(solution: Solution) -> str:
    end = si(float(solution.times[-1]), "s")
    if solution.settled_at is not None:
        return f"settled since {si(solution.settled_at, 's')}, ran to {end}"
    return f"{solution.status.value} at {end}"


def _energy(energy: EnergyRecord) -> str:
    total = energy.total
    rise = f"largest rise {si(energy.largest_rise, 'W', 3)}" if energy.largest_rise else "no rise"
    return (
        f"E from {si(float(total[0]), 'W', 6)} to {si(float(total[-1]), 'W', 6)}, "
        f"{rise}, balance error {energy.balance_error:.1g}"
    )


def _audit(audit: DeckAudit) -> str:
    if audit.reason is not None:
        return f"failed audit: {audit.reason}"
    return (
        f"audit against the deck at {counted(audit.times, 'time')}: "
        f"relative errors of currents {audit.current_error:.1g}, of voltages {audit.voltage_error:.1g}"
    )


def _measured(measured: Measured) -> Iterator[str]:
    if measured:
        rows = [
            (f"  {name}", "=", "failed" if value is None else f"{value:.9g}")
            for name, value in measured.items()
        ]
        yield from table(rows, left=3)


def _final(circuit: Circuit, solution: Solution) -> Iterator[str]:
    names = saved(circuit, solution)
    if not circuit.saves:
        names = of_interest(names, solution.system, circuit.expected)
    yield f"  at the end, {min(len(names), SHOWN)} of {counted(len(solution.signals), 'signal')}:"
    rows = [(f"    {name}", si(solution.final[name], unit_of(name), 6)) for name in names[:SHOWN]]
    if rows:
        yield from table(rows)
    if len(names) > SHOWN:
        yield "    --json shows all of them"
