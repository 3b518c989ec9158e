"""Patterns that call each other: slow couplings pull towards the next. Writes memory_sequence.png."""

from pathlib import Path

from analoghop.memory.circuits.heteroassociation import sequence_circuit
from analoghop.memory.patterns import Memory
from analoghop.memory.studies.sequence import visits
from analoghop.plotting import save_figure
from analoghop.plotting.memories.recalls import sequence

DIGITS = Path(__file__).parent / "patterns" / "digits.txt"

if __name__ == "__main__":
    # The digits resemble each other: too strong a pull would skip some of them.
    circuit = sequence_circuit(Memory.read(DIGITS), strength=1.3)
    print("the energy may rise:", circuit.system.theorem.reason)
    found = visits(circuit)
    for visit in found.visits:
        print(f"digit {visit.pattern} from {visit.begin * 1e3:.0f} to {visit.end * 1e3:.0f} ms")
    save_figure(sequence(found).get_figure(root=True), "memory_sequence.png")
