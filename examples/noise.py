"""Noise: fluctuations grow towards the critical gain, and a circuit is certified as a Gaussian sampler.

Writes noise.png and sampler.png.
"""

import numpy as np

from analoghop import Amplifiers, Network, Tanh
from analoghop.plotting import save_figure
from analoghop.study import critical_gain, noise, sample_circuit

T = np.array([[1.0, 0.2], [0.2, 1.0]])  # siemens

if __name__ == "__main__":
    bank = Amplifiers.uniform(Tanh(), 2)
    g_c = critical_gain(Network(T, bank))
    for share in (0.5, 0.8):
        amplifiers = Amplifiers.uniform(Tanh(), 2, gain=share * g_c)
        found = noise(Network(T, amplifiers, noise_density=1e-3), members=500)
        print(f"{share:g} of the critical gain: {found.lines[1]}")
    save_figure(found.plot(), "noise.png")
    for density in (1e-3, 0.6):
        circuit = Network(T, Amplifiers.uniform(Tanh(), 2, gain=0.6), noise_density=density)
        certificate = sample_circuit(circuit, chains=40, steps=30)
        print(f"noise {density:g}: {certificate.message}")
    save_figure(certificate.plot(), "sampler.png")
