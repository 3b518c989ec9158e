"""Analog, continuous-time circuit simulator for Hopfield networks."""

__version__ = "0.1.0"
