"""Letters recalled from damaged cues by the circuit and by the binary model. Writes memory_recall.png."""

from pathlib import Path

from analoghop.memory import Memory, MemoryRecipe, compare, correction, make_cues
from analoghop.plotting import memory_correction, save_figure

LETTERS = Path(__file__).parent / "patterns" / "letters.txt"

if __name__ == "__main__":
    memory = Memory.read(LETTERS).take(range(12))
    models = MemoryRecipe("pseudo-inverse", temperature=0.05).side_by_side(memory)
    cues = make_cues(memory, noise=0.15)
    for recall in compare(models, cues):
        print(f"{recall.model}: {recall.correct_rate:.0%} of {cues.members} letters")
        for one in recall.judgements:
            if not one.correct:
                print("  letter", one.wanted + 1, "became", one.message)
    runs = {model.name: correction(model, cues) for model in models[:2]}
    save_figure(memory_correction(runs, memory.shape), "memory_recall.png")
