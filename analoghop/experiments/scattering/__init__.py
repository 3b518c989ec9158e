"""Scatter of parts: keyed draws, E-series, quantised weights, broken parts."""
