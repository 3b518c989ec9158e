"""Recall against the fraction of faulty elements of a memory. Writes memory_faults.png."""

from matplotlib.figure import Figure

from analoghop.memory import MemoryRecipe, PatternSource, faults
from analoghop.plotting import memory_study, save_figure

if __name__ == "__main__":
    figure = Figure(figsize=(7, 6), layout="constrained")
    for axes, kind in zip(figure.subplots(2, 1), ("cut", "stuck"), strict=True):
        fractions = [0.0, 0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]
        columns = faults(MemoryRecipe(), PatternSource(200), 10, fractions, kind=kind, trials=20)
        half = max(f for f, rate in zip(fractions, columns["correct"], strict=True) if rate >= 0.5)
        print(f"{kind}: half of the cues are still recalled with {half:.0%} broken")
        memory_study(columns, axes)
    save_figure(figure, "memory_faults.png")
