"""Number partitioning by an Ising machine as a dimod sampler (extra `dimod`). Writes dimod_sampler.png."""

import dimod
import numpy as np
from matplotlib.figure import Figure

from analoghop.interop.dimod import AnalogSampler
from analoghop.plotting import save_figure

if __name__ == "__main__":
    numbers = np.random.default_rng(7).integers(1, 100, 24)
    # The square of the difference between two sums: (sum of number times spin)^2.
    model = dimod.BinaryQuadraticModel("SPIN")
    model.offset = float((numbers**2).sum())
    for i in range(len(numbers)):
        for j in range(i):
            model.add_quadratic(f"n{i}", f"n{j}", 2.0 * numbers[i] * numbers[j])

    samples = AnalogSampler("amplitude").sample(model, num_reads=64, seed=0)
    print(samples.truncate(3))
    heap = [int(numbers[int(name[1:])]) for name, spin in samples.first.sample.items() if spin > 0]
    print("one heap:", sorted(heap), "sum", sum(heap), "of", numbers.sum())

    figure = Figure(figsize=(7.0, 3.2), dpi=100, layout="constrained")
    ax = figure.subplots()
    ax.hist(np.sqrt(np.maximum(samples.record.energy, 0.0)), bins=30)
    ax.set(xlabel="difference of the two sums", ylabel="reads", title=samples.info["formulation"])
    save_figure(figure, "dimod_sampler.png", samples.info)
