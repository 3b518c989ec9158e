"""Patterns that call each other: slow couplings pull towards the next. Writes memory_sequence.png."""

import numpy as np
from matplotlib.figure import Figure

from analoghop import simulate
from analoghop.problems.memory.heteroassociation import sequence_circuit
from analoghop.problems.memory.patterns import Memory

if __name__ == "__main__":
    memory = Memory.random(80, 5, seed=3)
    circuit = sequence_circuit(memory, delay=8.0)
    print("the energy may rise:", circuit.system.theorem.reason)
    run = simulate(circuit.system, x0=circuit.begin(memory.patterns[:1].T)[:, 0], tstop=circuit.duration)
    overlaps = memory.overlaps(run.outputs[:80])
    best = overlaps.argmax(axis=0)[overlaps.max(axis=0) > 0.9]
    print("patterns visited:", [int(k) + 1 for k in best[np.insert(np.diff(best) != 0, 0, True)]])
    figure = Figure(figsize=(7, 3), layout="constrained")
    axes = figure.subplots()
    for k, overlap in enumerate(overlaps):
        axes.plot(run.times * 1e3, overlap, label=f"pattern {k + 1}")
    axes.set(xlabel="time (ms)", ylabel="overlap", title="One pattern calls the next")
    axes.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1))
    figure.savefig("memory_sequence.png", dpi=120)
