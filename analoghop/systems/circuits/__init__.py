"""Equations of circuits of amplifiers, resistors and capacitors."""
