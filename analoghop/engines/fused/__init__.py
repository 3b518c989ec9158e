"""Compiled integration of many trajectories (extra `fast`: numba)."""

from analoghop.engines.fused.fused import Fused, fused_available

__all__ = ["Fused", "fused_available"]
