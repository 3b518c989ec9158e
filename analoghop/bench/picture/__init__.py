"""The bench as plain values for a page: frames, descriptions of the circuit, answers."""
