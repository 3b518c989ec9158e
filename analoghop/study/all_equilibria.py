"""`equilibria`: all equilibria of a small circuit, their stability, and whether the set can be complete."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
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
from analoghop.study.findings import Fact, Findings
from analoghop.systems.base import System

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LARGEST = 64
"""States of the largest circuit whose equilibria are sought."""
_CORNERS = 4096  # sign patterns that are tried; all of them up to twelve amplifiers
_STEPS = 60  # Newton steps of one search
_EXACT = 1e-12  # last Newton step, relative to the state and its input scale
_SAME = 1e-6  # relative distance of two states that are one equilibrium
_FLAT = 1e-9  # of the Jacobian's norm: an eigenvalue that is smaller may have either sign
_FAR = 1e3  # of the reach of the outputs: a search that is farther away has left the circuit
_AGAIN = 8  # further rounds of searches while the indices do not sum to 1
_QUIET = 40  # searches in a row without a new equilibrium after which deflation ends


@dataclass(frozen=True, eq=False)
class Equilibria(Brief):
    """The equilibria that were found, in the order of their energies, or of their indices without one.

    `states` (n, k) in V, `outputs` (m, k), `eigenvalues` (k, n) of the Jacobians in 1/s, rightmost first;
    `indices` (k,) count those with a positive real part, so that 0 is stable; `energies` (k,) in W, None
    without an energy. `names` (n,) are those of the states. `searches` is the number of Newton searches, and
    `interrupted` is True if a limit ended them.

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
            for k, value, energy in zip(
                self.indices.tolist(),
                self.eigenvalues[:, 0].tolist(),
                [None] * len(self) if self.energies is None else self.energies.tolist(),
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
    if system.noise is not None:
        raise InputError("this circuit has noise and never comes to rest, so it has no equilibrium")
    quiet = system.quiet_after()
    if not np.isfinite(quiet):
        raise InputError("an input of this circuit never comes to rest, so it has no equilibrium")
    search = _Deflation(system, check_number(quiet, "quiet", "a time"))
    with limited(limits, time_limit=time_limit) as within, within.heed(), np.errstate(all="ignore"):
        places = list(search.places(int(starts), seed))
        for k, place in enumerate(places):
            if within.over:
                break
            search.plain(place)
            within.tell(k + 1, len(places))
        search.deflated(places, within)
        for again in range(_AGAIN):
            if within.over or search.index_sum == 1:
                break
            more = list(search.further(max(int(starts), 1), seed, again))
            for place in more:
                search.plain(place)
            search.deflated(more, within)
        return search.result(within.over)


class _Deflation:
    """Newton searches for F(x) = tau dx/dt = 0, and the equilibria that they have `found`."""

    def __init__(self, system: System, t: float) -> None:
        self._system, self._t = system, t
        self._tau, self._scale = system.time_constants[:, 0], system.input_scale[:, 0]
        self._reach = self._within()
        self.found: list[Array] = []
        self.searches = 0

    def _rate(self, x: Array) -> Array:
        return np.asarray(self._system.rhs(self._t, x[:, None])[:, 0] * self._tau)

    def _jacobian(self, x: Array) -> Array:
        return self._tau[:, None] * dense_jacobian(self._system, self._t, x)

    def _within(self) -> Array:
        """Return how far states can lie from zero: where saturated outputs hold them, or a few scales."""
        far = 50.0 * self._scale
        ends = [np.abs(self._rate(sign * far) + sign * far) for sign in (1.0, -1.0)]
        reach = np.maximum(*ends)
        network = self._system.network
        if network is not None:
            span = np.abs(network.amplifiers.scale[:, 0]) + np.abs(network.amplifiers.base[:, 0])
            conductance = np.where(network.G[:, 0] > 0, network.G[:, 0], np.inf)
            held = np.abs(network.T.toarray()) @ span + np.abs(network.current(self._t)[:, 0])
            reach = np.where(np.isfinite(conductance), held / conductance, reach)
        return np.maximum(np.where(np.isfinite(reach), reach, far), 2.0 * self._scale)

    def places(self, starts: int, seed: int) -> Iterator[Array]:
        """Yield the states from which searches start."""
        n = len(self._reach)
        yield np.zeros(n)
        rng = np.random.default_rng(seed)
        all_signs = itertools.product((-1.0, 1.0), repeat=n)
        signs = all_signs if 2**n <= _CORNERS else (rng.choice((-1.0, 1.0), n) for _ in range(_CORNERS // 4))
        for sign in signs:
            corner = np.asarray(sign) * self._reach
            # One step of the circuit's own fixed point: the state that these saturated outputs hold.
            held = corner + self._rate(corner)
            yield held if np.isfinite(held).all() else corner
        for _ in range(starts):
            yield rng.uniform(-1.1, 1.1, n) * self._reach

    def further(self, starts: int, seed: int, again: int) -> Iterator[Array]:
        """Yield states between the equilibria that are known, and beside them: saddles lie there."""
        rng = np.random.default_rng([seed, again + 1])
        for _ in range(starts):
            a, b = rng.integers(len(self.found), size=2) if self.found else (0, 0)
            ends = [self.found[k] if self.found else np.zeros(len(self._reach)) for k in (a, b)]
            share = rng.random()
            wide = 0.3 * (again + 1) / _AGAIN * self._reach
            yield share * ends[0] + (1.0 - share) * ends[1] + wide * rng.standard_normal(len(self._reach))

    @property
    def index_sum(self) -> int:
        """The sum of (-1)^index over what has been found."""
        signs = [np.linalg.slogdet(-self._jacobian(x))[0] for x in self.found]
        return int(np.sum(np.rint(signs))) if signs else 0

    def plain(self, place: Array) -> None:
        """Search from a place without deflation."""
        self._keep(self._newton(place, deflate=False))

    def deflated(self, places: list[Array], limits: Limits) -> None:
        """Search with what is known deflated, until nothing new is found for a while."""
        barren = 0
        for place in itertools.cycle(places):
            if limits.over or barren >= min(_QUIET, len(places)):
                return
            new = self._keep(self._newton(place, deflate=True))
            barren = 0 if new else barren + 1

    def _keep(self, x: Array | None) -> bool:
        """Add an equilibrium that is not known yet; return whether it is new."""
        if x is None:
            return False
        size = np.maximum(np.abs(x), self._scale)
        if any((np.abs(x - known) <= _SAME * size).all() for known in self.found):
            return False
        self.found.append(x)
        return True

    def _newton(self, x: Array, deflate: bool) -> Array | None:
        """Return the equilibrium that damped Newton steps reach from `x`, None if they reach none."""
        self.searches += 1
        rate = self._rate(x)
        for _ in range(_STEPS):
            if not rate.any():
                return x
            step = self._step(x, rate)
            if step is None:
                return None
            if deflate:
                step = step * self._factor(x, step)
            if not np.isfinite(step).all():
                return None
            if (np.abs(step) <= _EXACT * (self._scale + np.abs(x))).all():
                return x + step if not deflate else self._newton(x + step, deflate=False)
            x, rate = self._shortened(x, step, rate, deflate)
            if (np.abs(x) > _FAR * self._reach).any():
                return None
        return None

    def _step(self, x: Array, rate: Array) -> Array | None:
        try:
            return np.asarray(np.linalg.solve(self._jacobian(x), -rate))
        except np.linalg.LinAlgError:
            return None

    def _factor(self, x: Array, step: Array) -> float:
        """Return the factor that deflation puts on a Newton step.

        With M = prod (1/|x - r|^2 + 1) the Newton step of M F is s/(1 - s.grad(ln M)).
        """
        slope = 0.0
        for known in self.found:
            apart = (x - known) / self._scale
            square = float(apart @ apart)
            if square == 0.0:
                return float("nan")
            weight = 1.0 / square
            slope += -2.0 * weight**2 / (weight + 1.0) * float(apart @ (step / self._scale))
        return 1.0 / (1.0 - slope) if slope != 1.0 else float("nan")

    def _shortened(self, x: Array, step: Array, rate: Array, deflate: bool) -> tuple[Array, Array]:
        """Return the state behind the step, or behind the first half of it that makes the rates smaller."""
        size = float(np.linalg.norm(rate / self._scale))
        for halving in range(1 if deflate else 8):
            new = x + 0.5**halving * step
            left = self._rate(new)
            if float(np.linalg.norm(left / self._scale)) < size:
                return new, left
        new = x + step
        return new, self._rate(new)

    def result(self, ended: bool) -> Equilibria:
        """Return the equilibria found, with their stability and energies."""
        system, t = self._system, self._t
        states = np.array(self.found).reshape(-1, system.size).T
        jacobians = [dense_jacobian(system, t, x) for x in states.T]
        values = [
            np.linalg.eigvals(J) if np.isfinite(J).all() else np.full(len(J), np.nan) for J in jacobians
        ]
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
            searches=self.searches,
            interrupted=ended,
        )
