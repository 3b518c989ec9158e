"""TSPLIB files: instances and tours, Reinelt, ORSA J. Computing 3 (1991) 376."""

from analoghop.formats.tsplib.distances import DISTANCES, distance_matrix
from analoghop.formats.tsplib.instance import EUCLIDEAN, EXPLICIT, GREAT_CIRCLE, LARGEST, Cities
from analoghop.formats.tsplib.layouts import LAYOUTS
from analoghop.formats.tsplib.reading import read_tsplib
from analoghop.formats.tsplib.tour import Tour, read_order, read_tour, write_tour
from analoghop.formats.tsplib.writing import write_tsplib

__all__ = [
    "DISTANCES",
    "EUCLIDEAN",
    "EXPLICIT",
    "GREAT_CIRCLE",
    "LARGEST",
    "LAYOUTS",
    "Cities",
    "Tour",
    "distance_matrix",
    "read_order",
    "read_tour",
    "read_tsplib",
    "write_tour",
    "write_tsplib",
]
