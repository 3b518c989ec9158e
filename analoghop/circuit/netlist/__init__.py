"""Decks: the dialect of ngspice in and out of a `Circuit`."""

from analoghop.circuit.netlist.format import format_circuit as format
from analoghop.circuit.netlist.parse import parse, read

__all__ = ["format", "parse", "read"]
