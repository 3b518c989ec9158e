"""A dense memory of many more patterns than neurons, as one reciprocal layer. Writes memory_modern.png."""

import numpy as np
from matplotlib.figure import Figure

from analoghop import simulate
from analoghop.memory import Memory, OneLayer, TwoLayers, make_cues
from analoghop.plotting import energy, save_figure

if __name__ == "__main__":
    memory = Memory.random(64, 1000, seed=0)
    cue = make_cues(memory, [7], noise=0.2).values
    for form in (OneLayer(), TwoLayers()):
        circuit = form.encode(memory)
        run = simulate(circuit.system, x0=circuit.begin(cue)[:, 0], tstop=15 * circuit.tau)
        overlap = memory.overlaps(circuit.signs(run.states[:, -1:]))[7, 0]
        print(f"{form.name}: {circuit.system.size} states, {circuit.system.theorem.name},", end=" ")
        print(f"overlap {1 - 2 * 0.2:.1f} -> {overlap:.2f}, E rises by {run.energy.largest_rise:.1g}")
        if form.name == "one-layer":
            figure = Figure(figsize=(7, 5), layout="constrained")
            upper, lower = figure.subplots(2, 1, sharex=True)
            energy(run, upper)
            bits = (np.sign(run.states) != memory.patterns[7][:, None]).sum(axis=0)
            lower.step(run.times, bits, where="post")
            upper.set_xlabel("")
            lower.set(xlabel="time (ms)", ylabel="wrong bits")
            save_figure(figure, "memory_modern.png")
