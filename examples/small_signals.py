"""Two filters and an amplifier: response at three levels, noise, and the noise of RC, kT/C.

Writes small_signals.png.
"""

import numpy as np
from matplotlib.figure import Figure

from analoghop import Circuit, ac, noise

DECK = """two filters that an amplifier links
V1 in 0 DC {level} AC 1
R1 in a 10k
R2 a 0 10k
C1 a 0 10n
B1 p 0 V=tanh(4*V(a))
R3 p out 1k
C2 out 0 22n
"""
BOLTZMANN = 1.380649e-23

if __name__ == "__main__":
    f = np.geomspace(1.0, 1e6, 121)
    figure = Figure(figsize=(9, 4), layout="constrained")
    left, right = figure.subplots(1, 2)
    for level in (0.0, 0.3, 0.6):
        circuit = Circuit.parse(DECK.format(level=level))
        response = ac(circuit, f)
        left.semilogx(f, response.db("v(out)"), label=f"at {level} V")
        print(f"at {level} V the gain is {response.db('v(out)')[0]:.3f} dB")
    left.set(xlabel="frequency (Hz)", ylabel="v(out) (dB)")
    left.legend()
    noise(Circuit.parse(DECK.format(level=0.0)), f, output="v(out)", referred_to="v1").plot(ax=right)
    figure.savefig("small_signals.png")

    wide = np.geomspace(1e-3, 1e14, 2000)
    for ohms in ("100", "10k", "1meg"):
        low_pass = Circuit.parse(f"low pass\nV1 in 0 0\nR1 in out {ohms}\nC1 out 0 1n\n")
        found = noise(low_pass, wide, output="v(out)", referred_to="v1")
        print(f"R = {ohms:>4}: {found.output_rms * 1e6:.4f} uV, kT/C is", end=" ")
        print(f"{(BOLTZMANN * 300.15 / 1e-9) ** 0.5 * 1e6:.4f} uV")
