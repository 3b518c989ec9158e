"""`equilibria`: all equilibria of a small circuit, their stability, and whether the set can be complete."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Array, Integers, Mask, check_number
from analoghop.circuit.circuit import Circuit
from analoghop.circuit.source import OpenCircuit, source_of
from analoghop.engines.settling import dense_jacobian
from analoghop.ensembles.streams import check_seed
from analoghop.errors import InputError
from analoghop.limits import Limits, limited
from analoghop.records import Brief
from analoghop.study.deflation import ROUNDS, Deflation
from analoghop.study.findings import Fact, Findings
from analoghop.study.resting import quiet_time
from analoghop.systems.base import System

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LARGEST = 64
"""States of the largest circuit whose equilibria are sought."""
_FLAT = 1e-9  # of the Jacobian's norm: an eigenvalue that is smaller may have either sign


@dataclass(frozen=True, eq=False)
class Equilibria(Brief):
    """The equilibria that were found, in the order of their energies, or of their indices without one.

    `states` (n, k) in V, `outputs` (m, k), `eigenvalues` (k, n) of the Jacobians in 1/s, rightmost first;
    `indices` (k,) count those with a positive real part, so that 0 is stable; `energies` (k,) in W, None
    without an energy. `names` (n,) are those of the states. `searches` is the number of Newton searches, and
    `interrupted` is True if a limit ended them. `shares` (k,) of random starts that end in each, None where
    no runs were made (`with_shares`).

    `index_sum` is the sum of (-1)^index. Over all equilibria of a circuit whose states stay bounded it is +1
    (Poincare and Hopf), if none is degenerate: where it is another number, some are missing. That it is 1
    does not prove that all have been found.
    """

    states: Array
    outputs: Array
    eigenvalues: NDArray[np.complex128]
    indices: Integers
    degenerate: Mask
    energies: Array | None
    names: tuple[str, ...]
    searches: int
    interrupted: bool = False
    shares: Array | None = None

    def __len__(self) -> int:
        return int(self.states.shape[1])

    @property
    def stable(self) -> int:
        """Number of stable equilibria."""
        return int(np.count_nonzero(self.indices == 0))

    @cached_property
    def index_sum(self) -> int:
        """The sum of (-1)^index."""
        return int(np.sum(1 - 2 * (self.indices % 2)))

    @property
    def message(self) -> str:
        """The result as a sentence."""
        words = f"{len(self)} equilibria, {self.stable} stable"
        if self.degenerate.any():
            return f"{words}; at least one is degenerate: an eigenvalue is zero to rounding"
        if self.index_sum != 1:
            return f"{words}; incomplete: the indices sum to {self.index_sum}, those of all would to 1"
        return f"{words}; the indices sum to 1, as those of all do"

    def findings(self) -> Findings:
        """Return the equilibria as the findings of a study, one row for each."""
        rows = [
            f"{'stable' if k == 0 else f'index {k}'}: rightmost eigenvalue {value.real:.6g}/s"
            + ("" if energy is None else f", energy {energy:.6g} W")
            + ("" if share is None or k else f", {share:.1%} of the starts")
            for k, value, energy, share in zip(
                self.indices.tolist(),
                self.eigenvalues[:, 0].tolist(),
                [None] * len(self) if self.energies is None else self.energies.tolist(),
                [None] * len(self) if self.shares is None else self.shares.tolist(),
                strict=True,
            )
        ]
        arrays: dict[str, Any] = {
            "states": self.states.T,
            "outputs": self.outputs.T,
            "indices": self.indices,
            "eigenvalues": self.eigenvalues,
            "degenerate": self.degenerate,
        }
        if self.energies is not None:
            arrays["energies"] = self.energies
        if self.shares is not None:
            arrays["shares"] = self.shares
        units = {"states": "V", "outputs": "V", "eigenvalues": "1/s", "energies": "W"}
        law = "Poincare and Hopf; other values say that some are missing"
        facts = [Fact("sum of (-1)^index", float(self.index_sum), 1.0, 0.0, law)]
        record = {"names": list(self.names), "searches": self.searches}
        return Findings(
            "equilibria", arrays, units, (self.message, *rows), tuple(facts), record, self.interrupted
        )

    def plot(self) -> Figure:
        """Return a picture: the energies by index, or the rightmost eigenvalues."""
        return self.findings().plot()

    def to_dict(self) -> dict[str, Any]:
        """Return the equilibria as plain values for JSON."""
        return {
            "message": self.message,
            "count": len(self),
            "stable": self.stable,
            "index_sum": self.index_sum,
            "searches": self.searches,
            "equilibria": [
                {
                    "state": dict(zip(self.names, self.states[:, k].tolist(), strict=True)),
                    "outputs": self.outputs[:, k].tolist(),
                    "eigenvalues": [[value.real, value.imag] for value in self.eigenvalues[k].tolist()],
                    "index": int(self.indices[k]),
                    "energy": None if self.energies is None else float(self.energies[k]),
                    "share": None if self.shares is None else float(self.shares[k]),
                }
                for k in range(len(self))
            ],
        }


def equilibria(
    source: System | Circuit | str | Path,
    *,
    starts: int = 256,
    seed: int = 0,
    parameters: Mapping[str, str | float] | None = None,
    time_limit: float | None = None,
    limits: Limits | None = None,
) -> Equilibria:
    """Return all equilibria of `source`, as in `simulate`, that searches from many places find.

    Newton's method starts from zero, from the states that belong to saturated outputs (all sign patterns up
    to twelve amplifiers), and from `starts` random states within their reach. Then the equilibria that are
    known are deflated, so that no search ends there again, until forty searches in a row find nothing new
    (Farrell, Birkisson & Funke 2015, SIAM J. Sci. Comput. 37:A2026). Inputs and schedules are those after
    the last of them has come to rest. `time_limit` (s of wall clock) and Ctrl-C end the search, and what has
    been found is returned. Raises `InputError` for more than 64 states, for inputs that never come to rest,
    and for noise.
    """
    opened = source_of(source, parameters)
    system = opened.lure if isinstance(opened, OpenCircuit) else opened
    if not isinstance(starts, int | np.integer) or isinstance(starts, bool) or starts < 0:
        raise InputError(f"`starts` is {starts!r}, expected a whole number from 0")
    check_seed(seed, "seed")
    if not 1 <= system.size <= LARGEST:
        raise InputError(f"the circuit has {system.size} states: equilibria are sought of 1 to {LARGEST}")
    quiet = quiet_time(system)
    search = Deflation(system, check_number(quiet, "quiet", "a time"))
    with limited(limits, time_limit=time_limit) as within, within.heed(), np.errstate(all="ignore"):
        places = list(search.places(int(starts), seed))
        for k, place in enumerate(places):
            if within.over:
                break
            search.plain(place)
            within.tell(k + 1, len(places))
        search.deflated(places, within)
        for again in range(ROUNDS):
            if within.over or search.index_sum == 1:
                break
            more = list(search.further(max(int(starts), 1), seed, again))
            for place in more:
                search.plain(place)
            search.deflated(more, within)
        return _assembled(system, quiet, search, within.over)


def _assembled(system: System, t: float, search: Deflation, ended: bool) -> Equilibria:
    """Return the equilibria found, with their stability and energies."""
    states = np.array(search.found).reshape(-1, system.size).T
    jacobians = [dense_jacobian(system, t, x) for x in states.T]
    values = [np.linalg.eigvals(J) if np.isfinite(J).all() else np.full(len(J), np.nan) for J in jacobians]
    eigenvalues = np.array([v[np.argsort(-v.real, kind="stable")] for v in values], dtype=np.complex128)
    eigenvalues = eigenvalues.reshape(-1, system.size)
    norms = np.array([float(np.abs(J).sum(axis=1).max()) for J in jacobians])
    degenerate = (np.abs(eigenvalues.real) <= _FLAT * norms[:, None]).any(axis=1)
    indices = (eigenvalues.real > 0).sum(axis=1).astype(np.int64)
    energies = None
    if system.has_energy and states.shape[1]:
        energies = np.sum(list(system.energy(t, states).values()), axis=0)
    order = np.lexsort((indices,) if energies is None else (indices, energies))
    return Equilibria(
        states=states[:, order],
        outputs=system.outputs(t, states)[:, order],
        eigenvalues=eigenvalues[order],
        indices=indices[order],
        degenerate=np.asarray(degenerate, dtype=bool)[order],
        energies=None if energies is None else energies[order],
        names=system.state_names,
        searches=search.searches,
        interrupted=ended,
    )
