"""Large and stiff circuits: python benchmarks/speed/sizes.py [--only ring,ladder] [--ngspice] [--scipy]

Each circuit runs in a process of its own, with one thread: CPU seconds for parsing, reducing and solving,
with the audit, and the largest memory of the process. Beside: ngspice on the same deck, and SciPy's BDF with
our rate and sparse Jacobian. Growth is the exponent of the total between a size and the one before. With
`--memory` the largest allocations of the run are listed by the line that made them.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

TIMEOUT = 600.0  # s for one circuit


def ring(n: int) -> Iterator[str]:
    """Yield the cards of n amplifiers that each read four neighbours; tau is 1 s over the conductances."""
    yield "ring"
    rng = np.random.default_rng(n)
    start = rng.uniform(-0.1, 0.1, n)
    for k in range(n):
        yield f"c{k} u{k} 0 1u ic={start[k]:.6g}"
        yield f"r{k} u{k} 0 100k"
        for j, value in ((-2, "300k"), (-1, "200k"), (1, "200k"), (2, "300k")):
            yield f"r{k}_{j % 7} v{(k + j) % n} u{k} {value}"
        yield f"b{k} v{k} 0 v=tanh(5*v(u{k}))"
    yield ".tran 2m 1 uic"
    yield ".end"


def ladder(n: int) -> Iterator[str]:
    """Yield an RC ladder of n nodes with one amplifier that drives its head from its tail."""
    yield "ladder"
    for k in range(n):
        yield f"r{k} n{k} n{k + 1} 1k"
        yield f"c{k} n{k + 1} 0 1n"
    yield f"b1 n0 0 v=tanh(5*v(n{n}))+1"
    yield f".tran {1e-6 * n / 20:.6g} {1e-6 * n * 25:.6g} uic"
    yield ".end"


def grid(n: int) -> Iterator[str]:
    """Yield a square RC grid of about n nodes with ten amplifiers."""
    side = math.isqrt(n)
    yield "grid"
    for i in range(side):
        for j in range(side):
            yield f"c{i}_{j} n{i}_{j} 0 1n"
            if i:
                yield f"rv{i}_{j} n{i}_{j} n{i - 1}_{j} 1k"
            if j:
                yield f"rh{i}_{j} n{i}_{j} n{i}_{j - 1} 1k"
    yield "rg n0_0 0 1k"
    rng = np.random.default_rng(n)
    for k in range(10):
        a, b = rng.integers(0, side, 2), rng.integers(0, side, 2)
        yield f"b{k} o{k} 0 v=tanh(5*v(n{a[0]}_{a[1]})-0.1)"
        yield f"ro{k} o{k} n{b[0]}_{b[1]} 1k"
    yield f".tran {1e-6 * n / 10:.6g} {1e-6 * n * 2:.6g} uic"
    yield ".end"


def dense(n: int) -> Iterator[str]:
    """Yield n amplifiers with a resistor between any two."""
    yield "dense"
    rng = np.random.default_rng(n)
    start = rng.uniform(-0.1, 0.1, n)
    weights = rng.uniform(0.1, 1.0, (n, n))
    weights = (weights + weights.T) / 2
    signs = np.where(rng.random((n, n)) < 0.5, 1, -1)
    signs = np.triu(signs, 1) + np.triu(signs, 1).T
    for k in range(n):
        yield f"c{k} u{k} 0 1u ic={start[k]:.6g}"
        yield f"b{k} v{k} 0 v=tanh(20*v(u{k}))"
        yield f"e{k} w{k} 0 0 v{k} 1"
        for j in range(n):
            if j != k:
                yield f"r{k}_{j} {'v' if signs[k, j] > 0 else 'w'}{j} u{k} {1e6 / weights[k, j]:.6g}"
    yield f".tran {0.02 / n * 10:.6g} {2.0 / n * 10:.6g} uic"
    yield ".end"


def cells(n: int) -> Iterator[str]:
    """Yield cells of an amplifier behind two time constants whose ratio is n."""
    yield "stiff"
    for k in range(4):
        yield f"b{k} v{k} 0 v=tanh(3*v(s{k}))"
        yield f"r{k} v{(k + 1) % 4} s{k} 1k"
        yield f"c{k} s{k} 0 1u ic={0.1 * (k + 1)}"
        yield f"rf{k} s{k} f{k} 1k"
        yield f"cf{k} f{k} 0 {1e-6 / n:.6g}"
    yield ".tran 1m 50m uic"
    yield ".end"


def comparator(n: int) -> Iterator[str]:
    """Yield a relaxation oscillator: a comparator of gain n in a loop with two poles."""
    yield "comparator"
    yield f"b1 o1 0 v=5*tanh({n}*(v(h)-v(c)))"
    yield "r3 o1 out 10"
    yield "c2 out 0 1n"
    yield "r1 out h 10k"
    yield "r2 h 0 10k"
    yield "rc out c 10k"
    yield "c1 c 0 100n ic=0.1"
    yield ".tran 10u 10m uic"
    yield ".end"


CIRCUITS: dict[str, tuple[Callable[[int], Iterator[str]], tuple[int, ...]]] = {
    "ring": (ring, (1000, 10_000, 100_000)),
    "ladder": (ladder, (2000, 20_000)),
    "grid": (grid, (1024, 10_000)),
    "dense": (dense, (100, 300, 1000)),
    "stiff": (cells, (10**6, 10**9, 10**12)),
    "comparator": (comparator, (10**4, 6 * 10**6)),
}


def measured(name: str, size: int, memory: bool = False) -> dict[str, object]:
    """Run one circuit in this process; CPU seconds, peak memory in MB, and how the run ended."""
    text = "\n".join(CIRCUITS[name][0](size))
    import scipy.integrate
    import scipy.sparse.csgraph
    import scipy.sparse.linalg  # noqa: F401  -- loading is not the subject

    from analoghop.circuit import netlist
    from analoghop.circuit.reduction.compile import compile_circuit
    from analoghop.simulate import simulate

    if memory:
        import tracemalloc

        tracemalloc.start()
    marks = [time.process_time()]
    circuit = netlist.parse(text)
    marks.append(time.process_time())
    compile_circuit(circuit)
    marks.append(time.process_time())
    solution = simulate(circuit, time_limit=TIMEOUT)  # reduces again: taken out below
    marks.append(time.process_time())
    parse, reduce, both = np.diff(marks)
    row: dict[str, object] = {
        "parse": round(parse, 3),
        "reduce": round(reduce, 3),
        "solve": round(both - reduce, 3),
        "total": round(parse + both, 3),
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "status": solution.status.name,
        "method": solution.record["method"],
        "steps": solution.counts.steps,
    }
    if memory:
        top = tracemalloc.take_snapshot().statistics("lineno")[:8]
        places = [(s.size >> 20, Path(s.traceback[0].filename), s.traceback[0].lineno) for s in top]
        row["largest"] = [f"{size} MB {path.parent.name}/{path.name}:{line}" for size, path, line in places]
    return row


def recalled(size: int) -> dict[str, object]:
    """Recall 1000 damaged patterns at load 0.05 in a continuous memory of `size` neurons."""
    from analoghop.memory.cues import make_cues
    from analoghop.memory.patterns import Memory

    memory = Memory.random(size, round(0.05 * size), 1)
    cues = make_cues(memory, np.arange(1000) % memory.count, noise=0.1)
    begin = time.process_time()
    found = memory.recall(cues)
    return {
        "total": round(time.process_time() - begin, 3),
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "correct": float(found.correct.mean()),
    }


def scipy_alone(name: str, size: int) -> dict[str, object]:
    """Return the CPU seconds of SciPy's BDF with our rate and Jacobian, to the same end."""
    from scipy.integrate import solve_ivp

    from analoghop.circuit import netlist
    from analoghop.circuit.reduction.compile import compile_circuit

    circuit = netlist.parse("\n".join(CIRCUITS[name][0](size)))
    system = compile_circuit(circuit)
    rate, scale = system.bind(), system.input_scale[:, 0]
    begin = time.process_time()
    run = solve_ivp(
        rate, (0.0, circuit.tran.stop), system.start[:, 0], "BDF", rtol=1e-6, atol=1e-8 * scale,
        jac=lambda t, x: system.jacobian(t, x[:, None]),
    )  # fmt: skip
    return {"bdf": round(time.process_time() - begin, 3), "bdf_steps": len(run.t)}


def beside(name: str, size: int) -> dict[str, object]:
    """Return the CPU seconds and the memory of an ngspice process on the same deck."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "deck.cir"
        path.write_text("\n".join(CIRCUITS[name][0](size)) + "\n")
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        try:
            command = ["ngspice", "-n", "-b", "-r", str(Path(folder) / "out.raw"), str(path)]
            subprocess.run(command, capture_output=True, timeout=TIMEOUT, check=False)
        except subprocess.TimeoutExpired:
            return {"ngspice": f"over {TIMEOUT:g}"}
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {"ngspice": round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 2)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default=",".join((*CIRCUITS, "recall")))
    parser.add_argument("--largest", type=int, default=10**13)
    parser.add_argument("--ngspice", action="store_true")
    parser.add_argument("--scipy", action="store_true")
    parser.add_argument("--memory", action="store_true")
    parser.add_argument("--one", nargs=2, metavar=("CIRCUIT", "SIZE"), help="one circuit in this process")
    options = parser.parse_args()
    if options.one:
        name, size = options.one[0], int(options.one[1])
        row = recalled(size) if name == "recall" else measured(name, size, options.memory)
        print(json.dumps(row | (scipy_alone(name, size) if options.scipy and name != "recall" else {})))
        return
    for name in options.only.split(","):
        before: tuple[int, float] | None = None
        for size in (1024, 4096) if name == "recall" else CIRCUITS[name][1]:
            if size > options.largest:
                continue
            command = [sys.executable, __file__, "--one", name, str(size)]
            command += ["--memory"] * options.memory + ["--scipy"] * options.scipy
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                print(name, size, done.stderr.strip().splitlines()[-1:])
                break
            row = json.loads(done.stdout)
            if before:
                row["growth"] = round(math.log(row["total"] / before[1]) / math.log(size / before[0]), 2)
            before = size, row["total"]
            print(
                name,
                size,
                json.dumps(row | (beside(name, size) if options.ngspice and name != "recall" else {})),
                flush=True,
            )


if __name__ == "__main__":
    main()
