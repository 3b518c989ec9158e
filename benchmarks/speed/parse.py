"""How many lines a second the parser reads: decks of resistors, of a dense network, and of subcircuits."""

import json
import sys
import time
from collections.abc import Callable

from analoghop.circuit import netlist


def resistors(count: int) -> str:
    lines = [f"r{k} n{k % 100} n{(k * 7 + 1) % 100} {1000 + k}" for k in range(count)]
    return "\n".join(["resistors", *lines, "rg n0 0 1k", ".end", ""])


def suffixed(count: int) -> str:
    lines = [f"r{k} n{k % 100} n{(k * 7 + 1) % 100} {1 + k % 97}.{k % 10}k" for k in range(count)]
    return "\n".join(["resistors with suffixes", *lines, "rg n0 0 1k", ".end", ""])


def dense(size: int) -> str:
    lines = [f"c{i} u{i} 0 1n" for i in range(size)] + [f"r{i} u{i} 0 1k" for i in range(size)]
    lines += [f"b{i} v{i} 0 V=tanh(5*V(u{i}))" for i in range(size)]
    lines += [f"r{i}_{j} v{j} u{i} {1e3 + i + j!r}" for i in range(size) for j in range(size)]
    return "\n".join(["dense network", *lines, ".tran 1n 1u uic", ".end", ""])


def amplifiers(count: int) -> str:
    body = [".subckt amp in out gain=5 vsat=1", "e1 out 0 VALUE={vsat*tanh(gain*V(in)/vsat)}", "r1 in 0 1k"]
    lines = [f"x{k} u{k} v{k} amp gain={1 + k % 7}" for k in range(count)]
    return "\n".join(["amplifiers", *body, "c1 in 0 1n", ".ends", *lines, ".tran 1n 1u uic", ".end", ""])


def measured(build: Callable[[int], str], size: int, repeats: int = 3) -> dict[str, object]:
    text = build(size)
    best = float("inf")
    for _ in range(repeats):
        start = time.perf_counter()
        circuit = netlist.parse(text)
        best = min(best, time.perf_counter() - start)
    start = time.perf_counter()
    written = netlist.format(circuit)
    writing = time.perf_counter() - start
    lines = text.count("\n")
    return {
        "deck": build.__name__,
        "lines": lines,
        "elements": len(circuit.elements),
        "seconds": best,
        "lines_per_second": lines / best,
        "write_seconds": writing,
        "written_lines": written.count("\n"),
    }


def main() -> None:
    large = 900 if "--large" in sys.argv else 300
    cases = [(resistors, 10_000), (suffixed, 10_000), (dense, large), (amplifiers, 2_000)]
    print(json.dumps([measured(build, size) for build, size in cases], indent=2))


if __name__ == "__main__":
    main()
