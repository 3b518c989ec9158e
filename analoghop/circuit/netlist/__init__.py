"""Decks: the dialect of ngspice in and out of a `Circuit`."""

from analoghop.circuit.netlist.reading import parse, read
from analoghop.circuit.netlist.writing import format_circuit as format

__all__ = ["format", "parse", "read"]
