"""The verbs of the analyses at a standstill: `dc`, `ac`, `noise`."""
