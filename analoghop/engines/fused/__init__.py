"""Compiled integration of many trajectories (extra `fast`: numba)."""

from analoghop.engines.fused.fused import Fused

__all__ = ["Fused"]
