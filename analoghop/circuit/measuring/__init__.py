"""`.meas` results from the dense output of a solver's steps, taken while the run goes on."""

from analoghop.circuit.measuring.follower import Measuring

__all__ = ["Measuring"]
