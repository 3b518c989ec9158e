"""Banks of amplifiers with their own gains, offsets and rails."""

from analoghop.amplifiers.bank import Amplifiers

__all__ = ["Amplifiers"]
