"""Solve times against ngspice at equal deviation: python benchmarks/speed/circuits.py [--sizes 2,16,100]

Random symmetric networks, synthesised as decks. Both programs are held against our own run at rtol 1e-11:
ngspice runs at tight settings, ours at the loosest tolerance that deviates no more than it does. Times are
warm: the solve alone here, the ngspice process there.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path

import numpy as np

from analoghop.activations import Tanh
from analoghop.amplifiers import Amplifiers
from analoghop.circuit import netlist
from analoghop.circuit.ngspice import run_ngspice
from analoghop.circuit.reduction.compile import compile_circuit
from analoghop.circuit.requests import Tran
from analoghop.circuit.synthesis.synthesize import synthesize
from analoghop.engines import ScipyIVP
from analoghop.systems.circuits.network import Network

STOP = 1e-4  # ten time constants


def deck(n: int) -> str:
    rng = np.random.default_rng(n)
    T = rng.normal(size=(n, n)) / np.sqrt(n)
    T = 1e-4 * (T + T.T) / 2
    np.fill_diagonal(T, 0.0)
    leak = 2.0 * float(np.abs(T).sum(axis=1).max())
    network = Network(T, Amplifiers.uniform(Tanh(), n, gain=20.0), C=1e-5 * leak, G=leak)
    start = rng.uniform(-0.05, 0.05, n)
    return netlist.format(synthesize(network, start=start, tran=Tran(STOP / 200, STOP, uic=True)).circuit)


def measured(n: int) -> dict[str, object]:
    text = deck(n)
    lure = compile_circuit(netlist.parse(text))
    names = [name for name in lure.signal_names if name.startswith("v(u")]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "network.cir"
        path.write_text(text)
        begin = time.perf_counter()
        theirs = run_ngspice(path, tight=True, timeout=3000)
        process = time.perf_counter() - begin
    grid = theirs["time"]
    times = np.concatenate([[0.0], grid])
    exact = observed(ScipyIVP("DOP853", rtol=1e-12, atol=1e-14, audit=False), lure, times, names)[0]
    reference = np.stack([theirs[name] for name in names])
    allowed = float(np.abs(reference - exact).max())
    for rtol in (1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9):
        values, _ = observed(ScipyIVP(rtol=rtol, audit=False), lure, times, names)
        reached = float(np.abs(values - exact).max())
        if reached <= allowed:
            break
    bare = min(observed(ScipyIVP(rtol=rtol, audit=False), lure, times, names)[1] for _ in range(5))
    audited = min(observed(ScipyIVP(rtol=rtol), lure, times, names)[1] for _ in range(5))
    return {
        "amplifiers": n,
        "resistors": text.count("\nr"),
        "ngspice_process_s": round(process, 4),
        "ngspice_deviation_v": allowed,
        "rtol": rtol,
        "deviation_v": reached,
        "solve_s": round(bare, 5),
        "solve_with_audit_s": round(audited, 5),
        "ratio": round(process / bare, 1),
        "ratio_with_audit": round(process / audited, 1),
    }


def observed(engine: ScipyIVP, lure, times, names):
    begin = time.perf_counter()
    solution = engine.integrate(lure, lure.start, times)
    elapsed = time.perf_counter() - begin
    return np.stack([solution[name] for name in names])[:, 1:], elapsed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="2,16,100")
    sizes = parser.parse_args().sizes
    print(json.dumps([measured(int(n)) for n in sizes.split(",")], indent=2))


if __name__ == "__main__":
    main()
