"""Cost of the audit of a run against its deck: python benchmarks/speed/audits.py

CPU seconds of reading, of the run without the audit, and of the audit, with its share of the two.
"""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from analoghop.circuit.audit.audit import audited
from analoghop.circuit.circuit import Circuit
from analoghop.circuit.reduction.compile import compile_circuit
from analoghop.circuit.transient import transient
from analoghop.engines import ScipyIVP
from circuits import deck

FLIPFLOP = Path(__file__).parents[2] / "circuits" / "flipflop.cir"


def ring(n: int) -> str:
    """A ring of amplifiers, each of which drives its two neighbours."""
    lines = ["Ring"]
    for k in range(n):
        lines += [
            f"B{k} v{k} 0 V=tanh(5*V(u{k}))",
            f"R{k} v{k} u{(k + 1) % n} 10k",
            f"Rb{k} v{k} u{(k - 1) % n} 20k",
            f"C{k} u{k} 0 10n IC={np.sin(k * k):.3f}",
        ]
    return "\n".join([*lines, ".tran 10u 2m uic", ".end"])


def measured(text: str) -> dict[str, float]:
    ticks = [time.process_time()]
    circuit = Circuit.parse(text)
    ticks.append(time.process_time())
    lure = compile_circuit(circuit)
    plan = transient(circuit, lure)
    solution = ScipyIVP(sampled=True).integrate(lure, plan.start, plan.times)
    ticks.append(time.process_time())
    spent = []
    for _ in range(3):
        begin = time.process_time()
        found = audited(circuit, replace(solution))
        spent.append(time.process_time() - begin)
        assert found.audit is not None
        assert found.audit.reason is None, found.audit.reason
    reading, run = np.diff(ticks)
    audit = min(spent)
    return {
        "elements": len(circuit.elements),
        "read_s": round(float(reading), 4),
        "run_s": round(float(run), 4),
        "engine_s": round(solution.cpu_s, 4),
        "audit_s": round(audit, 4),
        "share": round(audit / float(reading + run), 4),
    }


def main() -> None:
    decks = {"flip-flop": FLIPFLOP.read_text(), "ring of 1000": ring(1000), "dense 1000": deck(1000)}
    print(json.dumps({name: measured(text) for name, text in decks.items()}, indent=2))


if __name__ == "__main__":
    main()
