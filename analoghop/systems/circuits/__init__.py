"""Circuits of amplifiers, resistors and capacitors, as equations."""
