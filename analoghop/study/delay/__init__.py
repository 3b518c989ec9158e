"""Delays and poles: when amplifiers that are not immediate make a network swing."""

from __future__ import annotations

from analoghop.study.delay.delayed import DelayedRun as DelayedRun
from analoghop.study.delay.delayed import simulate_delayed as simulate_delayed
from analoghop.study.delay.lags import pole_threshold as pole_threshold
from analoghop.study.delay.lags import poles as poles
from analoghop.study.delay.scan import delay as delay
from analoghop.study.delay.scan import measured_delay as measured_delay
from analoghop.study.delay.thresholds import high_gain_delay as high_gain_delay
from analoghop.study.delay.thresholds import hopf_delay as hopf_delay

__all__ = [
    "DelayedRun",
    "delay",
    "high_gain_delay",
    "hopf_delay",
    "measured_delay",
    "pole_threshold",
    "poles",
    "simulate_delayed",
]
