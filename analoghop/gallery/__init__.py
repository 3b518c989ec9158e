"""The gallery: classic figures of the field, each computed, checked against its publication and drawn.

    from analoghop.gallery import CLASSICS, classic

    found = classic("hopfield-1984").reproduce(seed=0)     # `Findings`: arrays with units, and facts
    [(fact.name, fact.value, fact.expected, fact.holds) for fact in found.facts]
    found.plot().savefig("hopfield-1984.png")

`CLASSICS` has the names. On the command line: `analoghop gallery`, `analoghop gallery NAME --plot FILE`.

How a figure is added. It is a module in `memories/`, `dynamics/` or `problems/`, called after authors and
year, with two functions and a record:

- `compute(seed, limits)` returns `Findings`: `arrays`, those that are drawn, with `units`; `lines`, the
  report; `facts`, each a published number beside ours, with an absolute tolerance for which there is a reason
  (statistics, digits that are printed, theory). Where a publication does not say enough to reproduce its
  number, the tolerance is None and `note` says what is missing; where it has no number, `expected` is nan.
  Use the doors of the package (`study`, `memory`, `solve`, `simulate_many`, `circuits/`) rather than code of
  your own. Long work passes `limits` down, asks `over` between parts, says by `tell` how far it is, keeps
  complete parts, and sets `interrupted` where some are missing. A figure is a function of the seed alone.
- `draw(found)` returns the picture from the arrays alone, drawn in `plotting.style`. It shows the same as the
  publication, with labels, units and a legend, and published numbers as marks or lines beside ours.
- `CLASSIC = Classic(name, title, source, statement, checked, seconds, compute, draw)`.

Enter its name in `CLASSICS` (`catalogue.py`): then the command line, completion, the benchmark and the site
have it. `tests/gallery/test_figures.py` holds the facts of all figures whose `seconds` are at most `FAST`,
and draws them. `python benchmarks/quality/gallery.py NAME --pictures FOLDER` measures it and prints its
section of `docs/gallery.md`; compare the picture with that of the publication by eye.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analoghop.gallery.catalogue import CLASSICS as CLASSICS
    from analoghop.gallery.catalogue import classic as classic
    from analoghop.gallery.reproduction import Classic as Classic

_HOME = {"CLASSICS": "catalogue", "classic": "catalogue", "Classic": "reproduction"}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
