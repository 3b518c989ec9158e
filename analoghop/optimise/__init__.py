"""`solve`: from a problem to answers, with all the numbers needed to judge them."""

from analoghop.optimise.catalogue import ALIASES, PROBLEMS, CatalogueEntry, entry, entry_of
from analoghop.optimise.settings import with_settings
from analoghop.optimise.solving import solve
from analoghop.optimise.tracing import Trace, trace

__all__ = [
    "ALIASES",
    "PROBLEMS",
    "CatalogueEntry",
    "Trace",
    "entry",
    "entry_of",
    "solve",
    "trace",
    "with_settings",
]
