"""Learning: a Boltzmann machine beside other memories on damaged digits, and learning around stuck couplings.

Writes memories.png and faults.png.
"""

from pathlib import Path

from analoghop.memory import Memory
from analoghop.plotting import save_figure
from analoghop.study import compare_memories, faults_in_the_loop

DIGITS = Path(__file__).parent / "patterns" / "digits.txt"

if __name__ == "__main__":
    table = compare_memories(Memory.read(DIGITS), cues=40)
    print("\n".join(table.lines))
    save_figure(table.plot(), "memories.png")
    found = faults_in_the_loop(60, 12, [0.0, 0.2, 0.4, 0.6], draws=3)
    print("\n".join(found.lines))
    save_figure(found.plot(), "faults.png")
