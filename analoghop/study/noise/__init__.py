"""Noise: fluctuations around an equilibrium, escapes from wells, certificates of samplers."""

from __future__ import annotations

from analoghop.study.noise.certificates import boltzmann_law as boltzmann_law
from analoghop.study.noise.certificates import certify_boltzmann as certify_boltzmann
from analoghop.study.noise.certificates import certify_gaussian as certify_gaussian
from analoghop.study.noise.certificates import effective_samples as effective_samples
from analoghop.study.noise.covariance import noise as noise
from analoghop.study.noise.covariance import power_spectrum as power_spectrum
from analoghop.study.noise.covariance import stationary_covariance as stationary_covariance
from analoghop.study.noise.sampler import sample_circuit as sample_circuit
from analoghop.study.noise.sampler import sample_stochastic as sample_stochastic
from analoghop.study.noise.wells import escape as escape
from analoghop.study.noise.wells import first_passage as first_passage

__all__ = [
    "boltzmann_law",
    "certify_boltzmann",
    "certify_gaussian",
    "effective_samples",
    "escape",
    "first_passage",
    "noise",
    "power_spectrum",
    "sample_circuit",
    "sample_stochastic",
    "stationary_covariance",
]
