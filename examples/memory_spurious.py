"""Spurious states are identified; Morita's amplifier rejects unknown cues. Writes memory_spurious.png."""

import numpy as np
from matplotlib.figure import Figure

from analoghop import simulate_many
from analoghop.memory import Memory, MemoryRecipe, given_cues
from analoghop.plotting import save_figure


def show(name, memory, amplifier, kinds):
    """Print the results of the recall from the cues of each of `kinds`."""
    for kind, values in kinds.items():
        print(f"{name}, load {memory.load:.2g}, {amplifier}, {kind}:")
        for one in memory.recall(given_cues(memory, values), amplifier=amplifier).judgements:
            print(f"  {one.message}")


if __name__ == "__main__":
    rng = np.random.default_rng(0)
    few = Memory.random(400, 6, seed=1)
    X = few.patterns
    mixed = np.sign([X[0] + X[1] + X[2], X[1] - X[3] + X[5]]).T
    show("few patterns", few, "tanh", {"mixtures": mixed, "an inverse": -X[3:4].T})

    many = Memory.random(400, 120, seed=1)
    spoilt = many.patterns[:2].T * np.where(rng.random((400, 2)) < 0.2, -1.0, 1.0)
    mixture = np.sign(many.patterns[:3].sum(axis=0))
    kinds = {"spoilt patterns": spoilt, "a mixture": mixture, "a stranger": rng.choice([-1.0, 1.0], 400)}
    kinds = {kind: np.reshape(values, (400, -1)) for kind, values in kinds.items()}
    show("many patterns", many, "tanh", kinds)
    show("many patterns", many, "morita", kinds)

    figure = Figure(figsize=(7, 5), layout="constrained")
    cues = np.concatenate(list(kinds.values()), axis=1)[:, [0, 2, 3]]
    panels = figure.subplots(2, 1, sharex=True, sharey=True)
    for axes, amplifier in zip(panels, ("tanh", "morita"), strict=True):
        circuit = MemoryRecipe(amplifier=amplifier).build(many).circuit
        run = simulate_many(circuit.system, x0=circuit.begin(cues), tstop=0.06, traces=400, settle=False)
        for k, kind in enumerate(("a damaged pattern", "a mixture", "an unknown pattern")):
            nearest = np.abs(many.overlaps(np.sign(run.traces[k].T))).max(axis=0)
            axes.plot(run.trace_times * 1e3, nearest, label=f"cue: {kind}")
        axes.set(title=f"{amplifier} amplifiers, 120 patterns in 400 neurons", ylabel="largest overlap")
    panels[1].set_xlabel("time (ms)")
    panels[0].legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1))
    save_figure(figure, "memory_spurious.png")
