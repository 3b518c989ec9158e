"""Recall against load: Hebb's rule fails at the load of the theory. Writes memory_capacity.png."""

from analoghop.memory import MemoryRecipe, PatternSource, capacity
from analoghop.plotting import memory_study, save_figure

if __name__ == "__main__":
    counts = [15, 30, 40, 50, 60, 75]
    columns = capacity(MemoryRecipe(), PatternSource(300), counts, trials=20)
    for load, overlap, rate in zip(columns["load"], columns["overlap"], columns["correct"], strict=True):
        print(f"load {load:.3f}: overlap {overlap:.3f}, {rate:.0%} recalled")
    save_figure(memory_study(columns).figure, "memory_capacity.png", columns.record)
