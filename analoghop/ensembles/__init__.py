"""Ensembles, many trajectories of one system: starts, noise streams, solutions and attractors."""

from analoghop.ensembles.attractors import Attractor, Attractors
from analoghop.ensembles.solution import EnsembleSolution
from analoghop.ensembles.starts import GivenStarts, RandomStarts, Starts, random_starts

__all__ = [
    "Attractor",
    "Attractors",
    "EnsembleSolution",
    "GivenStarts",
    "RandomStarts",
    "Starts",
    "random_starts",
]
