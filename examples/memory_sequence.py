"""A sequence of patterns: delayed couplings lead from each to the next. Writes memory_sequence.png."""

from pathlib import Path

from analoghop.memory import Memory, sequence_circuit, visits
from analoghop.plotting import memory_sequence, save_figure

DIGITS = Path(__file__).parent / "patterns" / "digits.txt"

if __name__ == "__main__":
    # The digits resemble each other: too strong a coupling to the next one would skip some of them.
    circuit = sequence_circuit(Memory.read(DIGITS), strength=1.3)
    print("the energy may rise:", circuit.system.theorem.reason)
    found = visits(circuit)
    for visit in found.visits:
        print(f"digit {visit.pattern} from {visit.begin * 1e3:.0f} to {visit.end * 1e3:.0f} ms")
    save_figure(memory_sequence(found).get_figure(root=True), "memory_sequence.png")
