"""Cases of the regression test; `python -m tests.regression.cases --write` writes their answers anew."""

from __future__ import annotations

import argparse
import io
import json
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from analoghop.cli import main
from tests.regression.comparison import kept
from tests.regression.library import FUNCTIONS

ANSWERS = Path(__file__).with_name("answers.json")
PLACES = {"decks": Path(__file__).parents[2] / "circuits", "data": Path(__file__).parents[1] / "data"}

SUDOKU = "53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79"
CHAIN = "4 5\n1 2 1\n2 3 -1\n3 4 2\n1 1 0.5\n4 4 -1\n"
RC = """Step into R and C
.param r=1k
V1 in 0 PULSE(0 1 0.1m 1u 1u 1 2)
R1 in a {r}
C1 a 0 100n
.tran 10u 1m uic
.meas tran half WHEN v(a)=0.5
.end
"""

RUN = {
    "flipflop": "flipflop.cir",
    "adc4": "adc4.cir",
    "australia": "australia.cir",
    "general": "general.cir",
    "hopfield_tank10": "hopfield_tank10.cir",
    "letters": "letters.cir",
    "linear_program": "linear_program.cir",
    "ring_oscillator": "ring_oscillator.cir",
    "signal_decomposition": "signal_decomposition.cir",
    "winner_take_all": "winner_take_all.cir",
    "rc": "{made}/rc.cir",
    "noise": "noise.cir --seed 3 --tstop 20m",
    "noise euler": "noise.cir --seed 4 --tstop 10m --method euler",
    "settle": "winner_take_all.cir --settle --rtol 1e-7",
    "never settles": "ring_oscillator.cir --settle --tstop 0.3m",
    "BDF": "general.cir --method BDF --rtol 1e-5",
    "sweep": "flipflop.cir --sweep gain=500m,2,5",
    "sweep twice": "{made}/rc.cir --sweep r=1k,2k --sweep C1=50n,100n --tstop 0.5m",
    "starts": "flipflop.cir --starts 60 --seed 7",
    "starts sweep": "flipflop.cir --starts 30 --seed 2 --sweep gain=1.5,3",
    "starts adc4": "adc4.cir --starts 60 --seed 1 --set x=9.5",
    "starts fused": "letters.cir --starts 40 --seed 3 --engine fused",
    "starts ensemble": "letters.cir --starts 40 --seed 3 --engine ensemble",
    "starts BS23": "winner_take_all.cir --starts 20 --seed 5 --engine ensemble --method BS23",
    "starts exponential": "flipflop.cir --starts 20 --seed 5 --method exponential",
    "starts scipy": "linear_program.cir --starts 4 --seed 5 --engine scipy",
    "starts noise": "noise.cir --starts 20 --seed 3",
    "starts australia": "australia.cir --starts 40 --seed 6",
}
"""Words after `run`, where decks of the repository are meant without a folder."""

OP = {name: f"{name}.cir" for name in ("flipflop", "adc4", "letters", "linear_program", "ring_oscillator")}

SOLVE = {
    "tsp potts": "tsp {data}/ht10.csv --formulation potts --starts 8",
    "tsp potts att48": "tsp {data}/att48.tsp --formulation potts --starts 6 --set steps=100",
    "tsp potts gr17": "tsp {data}/gr17.tsp --formulation potts --starts 4",
    "tsp potts steps": "tsp {data}/berlin52.tsp --formulation potts --starts 3 --set steps=400",
    "tsp potts without kernel": "tsp {data}/ht10.csv --formulation potts --starts 4 --set kernel=no",
    "tsp potts one-way": "tsp {made}/one_way.csv --formulation potts --starts 6 --set steps=200",
    "tsp potts start": "tsp {data}/fri26.tsp --formulation potts --starts 2 --start {data}/fri26.opt.tour",
    "tsp hopfield-tank": "tsp {data}/ht10.csv --formulation hopfield-tank --starts 30",
    "tsp guaranteed": "tsp {data}/ht10.csv --formulation guaranteed --starts 8",
    "tsp subspace": "tsp {data}/burma14.tsp --formulation subspace --starts 4",
    "tsp elastic": "tsp {data}/att48.tsp --formulation elastic --starts 3 --set steps=300",
    "tsp 2opt": "tsp {data}/bays29.tsp --formulation potts --starts 4 --polish 2opt --set steps=50",
    "tsp oropt": "tsp {data}/fri26.tsp --formulation potts --starts 4 --polish oropt --set steps=50",
    "tsp 2opt+oropt": "tsp {data}/bayg29.tsp --formulation potts "
    "--starts 4 --polish 2opt+oropt --set steps=50",
    "tsp chains": "tsp {data}/att48.tsp --formulation potts --search chains --starts 3 --set steps=50",
    "tsp chains bays29": "tsp {data}/bays29.tsp --formulation potts "
    "--search chains --starts 2 --target 1 --set steps=400",
    "tsp chains one-way": "tsp {made}/one_way.csv --formulation potts "
    "--search chains --starts 2 --target 1 --set steps=200",
    "tsp chains berlin52": "tsp {data}/berlin52.tsp --formulation potts "
    "--search chains --starts 3 --set steps=50",
    "tsp restarts": "tsp {made}/seven.csv --formulation potts --search restarts --starts 2 --target 0",
    "qap potts": "qap {data}/nug12.dat --starts 4",
    "qap 2-swap": "qap {data}/chr12a.dat --starts 4 --set steps=500 --polish 2-swap",
    "qap restarts": "qap {data}/tai12a.dat --starts 2 --set steps=200 --search restarts --target 0",
    "colouring memristive": "colouring {data}/myciel3.col --colours 4 --starts 8",
    "colouring queens": "colouring {data}/queen5_5.col --colours 5 --starts 8",
    "colouring binary": "colouring {data}/myciel3.col --colours 4 --formulation binary --starts 4",
    "colouring fewest": "colouring {data}/queen5_5.col --starts 4",
    "colouring too few": "colouring {data}/myciel3.col --colours 3 --starts 4 --set cycles=1",
    "maxcut automatic": "maxcut {data}/g05_60.0 --starts 8",
    "maxcut inertial": "maxcut {data}/g05_60.0 --machine inertial --starts 12 --set steps=80",
    "maxcut amplitude": "maxcut {data}/g05_60.0 --machine amplitude --starts 12 --set steps=80",
    "maxcut gain": "maxcut {data}/g05_60.0 --machine gain --starts 12 --set steps=80",
    "maxcut noise": "maxcut {data}/g05_60.0 --machine noise --starts 12 --set steps=80",
    "maxcut weights": "maxcut {made}/weights.txt --starts 12 --set steps=40",
    "ising chain": "ising {made}/chain.ising --starts 8",
    "ising automatic": "ising {made}/glass.ising --starts 12 --set steps=60",
    "ising inertial": "ising {made}/glass.ising --machine inertial --starts 12 --set comparator=no",
    "ising amplitude": "ising {made}/glass.ising --machine amplitude --starts 12 --set steps=60",
    "ising gain": "ising {made}/glass.ising --machine gain --starts 12 --set steps=60",
    "ising noise": "ising {made}/glass.ising --machine noise --starts 12 --set steps=60",
    "qubo automatic": "qubo {data}/bqp50-1.sparse --starts 12 --set steps=60",
    "qubo inertial": "qubo {data}/bqp50-1.sparse --machine inertial --starts 12 --set steps=60",
    "qubo amplitude": "qubo {data}/bqp50-1.sparse --machine amplitude --starts 12 --set steps=60",
    "qubo gain": "qubo {data}/bqp50-1.sparse --machine gain --starts 12 --set steps=60",
    "qubo noise": "qubo {data}/bqp50-1.sparse --machine noise --starts 12 --set steps=60",
    "independent-set memristive": "independent-set {data}/g05_60.0 --starts 8 --set duration=40",
    "independent-set penalty": "independent-set {data}/g05_60.0 --machine penalty --starts 8 --set steps=100",
    "vertex-cover memristive": "vertex-cover {data}/g05_60.0 --starts 8 --set duration=40",
    "vertex-cover penalty": "vertex-cover {data}/g05_60.0 --formulation penalty --starts 8 --set steps=100",
    "partition penalty": "partition {data}/g05_60.0 --starts 8 --set steps=100",
    "queens memristive": "queens 8 --starts 8",
    "sudoku memristive": f"sudoku {SUDOKU} --starts 3",
    "sat clauses": "sat {data}/uf20-01.cnf --starts 8 --set others=0",
    "sat by turns": "sat {data}/uf20-01.cnf --starts 8",
    "sat satisfaction": "sat {data}/uf20-01.cnf --formulation satisfaction --starts 4",
    "sat satisfaction cut": "sat {data}/uf20-01.cnf --formulation satisfaction --starts 6 --set duration=500",
}

MEMORY = {
    "recall": "recall {made}/four.txt --noise 20",
    "recall binary": "recall {made}/four.txt --model binary --noise 20",
    "recall binary sync": "recall {made}/four.txt --model binary --update sync --noise 20",
    "recall binary fixed": "recall {made}/four.txt --model binary --order fixed --noise 25",
    "recall stochastic": "recall {made}/four.txt --model stochastic --noise 20",
    "recall cooling": "recall --random 80,4 --model stochastic --temperature 1:0.1",
    "recall overload": "recall --random 60,15 --noise 15",
    "recall erase": "recall {made}/four.txt --rule pseudo-inverse --erase 30",
    "recall blur": "recall {made}/four.txt --rule storkey --blur 0.8",
    "recall covariance": "recall {made}/four.txt --rule covariance --units binary",
    "recall morita": "recall --random 60,12 --amplifier morita --noise 20",
    "recall krauth-minsky": "recall --random 40,16 --rule krauth-minsky --model binary",
    "recall perceptron": "recall --random 40,10 --rule perceptron --model binary",
    "recall daydreaming": "recall --random 40,10 --rule daydreaming --model binary",
    "recall unlearning": "recall --random 40,6 --rule unlearning --model binary",
    "recall answers": "recall {made}/two.txt --answers {made}/others.txt",
    "recall bidirectional": "recall {made}/two.txt --answers {made}/others.txt --rule bidirectional",
    "recall modern": "recall --random 40,12 --rule modern --noise 20",
    "recall modern two layers": "recall --random 40,12 --rule modern --layers 2 --noise 20",
    "recall modern binary": "recall --random 40,12 --rule modern --model binary --noise 20",
    "recall polynomial": "recall --random 40,12 --rule polynomial --degree 3 --noise 20",
    "recall polynomial stochastic": "recall --random 40,8 --rule polynomial --model stochastic",
    "compare": "compare {made}/four.txt --noise 25",
    "compare modern": "compare --random 40,12 --rule modern --noise 20",
    "correction": "correction {made}/four.txt --noise 25",
    "sequence": "sequence --random 60,3 --first 2 --strength 1.4",
    "capacity": "capacity --random 60,12 --points 3 --trials 10 --noise 10",
    "capacity binary": "capacity --random 60,12 --points 3 --trials 10 --model binary",
    "basin": "basin --random 60,6 --points 2 --trials 5",
    "gain": "gain --random 60,6 --gains 1,5,20 --trials 5",
    "heat": "heat --random 60,3 --temperatures 0.2,0.6,1.2 --trials 8 --sweeps 20",
    "faults": "faults --random 60,4 --fractions 0,0.3 --trials 5 --kind dead",
}

LINES = {
    **{f"run {name}": f"run {words}" for name, words in RUN.items()},
    **{f"op {name}": f"op {words}" for name, words in OP.items()},
    **{f"solve {name}": f"solve {words} --seed 1" for name, words in SOLVE.items()},
    **{f"memory {name}": f"memory {words} --seed 1" for name, words in MEMORY.items()},
}

COMPILED = {
    "run starts fused",
    "solve tsp chains",
    "solve tsp chains bays29",
    "solve tsp chains one-way",
    "simulate_many fused float32",
    "simulate_many traces",
}
"""Cases that need numba, for the engine itself or because NumPy takes too long; it gives the same answers."""
UNSURE = {
    "solve colouring binary": {"answer", "evaluations"},
    "solve tsp potts one-way": {"cost_mean", "cost_median", "costs", "tts99", "evaluations"},
}
"""Keys that are not kept of a case, in which rounding decides: the circuit begins on a saddle, or its anneals
are chaotic, and a product of matrices is rounded in another way on each kind of processor."""


def generate(folder: Path) -> None:
    """Write the instances and decks that the repository does not hold."""
    rng = np.random.default_rng(5)
    (folder / "rc.cir").write_text(RC)
    (folder / "chain.ising").write_text(CHAIN)
    cities = rng.uniform(size=(7, 2)).round(3).tolist()
    (folder / "seven.csv").write_text("x,y\n" + "".join(f"{x},{y}\n" for x, y in cities))
    ways = rng.integers(1, 100, size=(24, 24)) * (1 - np.eye(24, dtype=int))
    (folder / "one_way.csv").write_text("".join(",".join(map(str, row)) + "\n" for row in ways.tolist()))
    pairs = [(a, b) for a in range(1, 17) for b in range(a + 1, 17) if (a + b) % 3]
    edges = [f"{a} {b} {weight}\n" for (a, b), weight in zip(pairs, _signs(rng, len(pairs)), strict=True)]
    (folder / "weights.txt").write_text(f"16 {len(edges)}\n" + "".join(edges))
    bonds = [f"{a} {b} {sign}\n" for a in range(1, 41) for b, sign in enumerate(_signs(rng, 40), 1) if b > a]
    (folder / "glass.ising").write_text(f"40 {len(bonds)}\n" + "".join(bonds))
    for name, count in (("four", 4), ("two", 2), ("others", 2)):
        pictures = [
            "".join("".join(".*"[sign > 0] for sign in _signs(rng, 8)) + "\n" for _ in range(6))
            for _ in range(count)
        ]
        (folder / f"{name}.txt").write_text(f"6 8 {count}\n\n" + "\n".join(pictures))


def _signs(rng: np.random.Generator, count: int) -> list[int]:
    signs: list[int] = (2 * rng.integers(0, 2, size=count) - 1).tolist()
    return signs


def command(line: str, threads: int) -> dict[str, Any]:
    """Return what the command line answers to `line`, with its exit code."""
    with TemporaryDirectory() as folder:
        generate(Path(folder))
        words = [word.format(**PLACES, made=folder) for word in line.split()]
        if words[1].endswith(".cir") and "/" not in words[1]:
            words[1] = str(PLACES["decks"] / words[1])
        if threads > 1 and "scipy" not in words:
            words += ["--threads", str(threads)]
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            code = main([*words, "--json", "--quiet"])
    assert out.getvalue(), err.getvalue()
    return {"code": int(code), "value": json.loads(out.getvalue())}


CASES: dict[str, Callable[[int], Any]] = {
    **{name: partial(command, line) for name, line in LINES.items()},
    **FUNCTIONS,
}
"""Every case by name: a function of the number of threads."""
THREADED = [name for name in CASES if name.startswith(("run starts", "solve", "memory", "simulate_many"))]
"""Those that several threads may share."""


def answer(name: str, threads: int = 1) -> Any:
    """Return what is compared of the answer to a case, as JSON gives it back."""
    found = json.loads(json.dumps(kept(CASES[name](threads)), allow_nan=False))
    for key in UNSURE.get(name, ()):
        del found["value"][key]
    return found


def write() -> None:
    """Write the answers of all cases: one line for each."""
    lines = [f"{json.dumps(name)}: {json.dumps(answer(name))}" for name in CASES]
    ANSWERS.write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--write", action="store_true", required=True, help="store the present answers")
    parser.parse_args()
    write()
