"""Learning: Boltzmann machines beside other memories, and memories that learn around faults."""

from __future__ import annotations

from analoghop.study.learning.boltzmann import BoltzmannMachine as BoltzmannMachine
from analoghop.study.learning.boltzmann import learn_boltzmann as learn_boltzmann
from analoghop.study.learning.comparison import compare_memories as compare_memories
from analoghop.study.learning.faults import faults_in_the_loop as faults_in_the_loop
from analoghop.study.learning.restricted import RestrictedBoltzmann as RestrictedBoltzmann
from analoghop.study.learning.restricted import learn_restricted as learn_restricted

__all__ = [
    "BoltzmannMachine",
    "RestrictedBoltzmann",
    "compare_memories",
    "faults_in_the_loop",
    "learn_boltzmann",
    "learn_restricted",
]
