"""From a circuit of parts to a system of equations."""
