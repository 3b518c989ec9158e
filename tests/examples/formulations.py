"""Small instances of every formulation, by name, with what the laws are to compare."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from analoghop.memory.circuits.continuous import PairsFormulation
from analoghop.memory.circuits.modern import OneLayer, TwoLayers
from analoghop.problems.base import Answer, Formulation
from analoghop.problems.colouring.adaptive import AdaptiveColouring
from analoghop.problems.colouring.binary import Binary
from analoghop.problems.constraints.adaptive import AdaptiveModel
from analoghop.problems.constraints.penalty import Penalty
from analoghop.problems.qap import PottsQAP
from analoghop.problems.queens.adaptive import QueensMemristive
from analoghop.problems.satisfiability.encodings import (
    AdaptiveClauses,
    GradientFlow,
    LagrangeOscillators,
    MemcomputingForm,
)
from analoghop.problems.spins import MACHINES
from analoghop.problems.sudoku.adaptive import SudokuMemristive
from analoghop.problems.tsp import FORMULATIONS as TOURS
from analoghop.problems.tsp import Potts
from tests.examples.problems import PROBLEMS


class Way(NamedTuple):
    """A formulation, the name of its problem in `PROBLEMS`, and options of `check_formulation`."""

    formulation: Formulation[Any]
    problem: str
    options: Mapping[str, Any] = {}


def equal(a: Answer, b: Answer) -> bool:
    """The very same answer."""
    return bool(np.array_equal(np.asarray(list(a)), np.asarray(list(b))))


def same_sides(a: Answer, b: Answer) -> bool:
    """The same sides, whatever their names."""
    return equal(np.not_equal(a, a[0]), np.not_equal(b, b[0]))


def same_tour(a: Sequence[int], b: Sequence[int]) -> bool:
    """The same order of cities, from city 0 on."""
    i, j = a.index(0), b.index(0)
    return (*a[i:], *a[:i]) == (*b[j:], *b[:j])


EXACT = {"same": equal, "offset": 0.0}
TOUR = {"same": same_tour, "offset": 0.0}


def spins() -> dict[str, Way]:
    """Every machine for spins, on cuts, spins and bits."""
    same: dict[str, Callable[[Any, Any], bool]] = {"maxcut": same_sides, "ising": equal, "qubo": equal}
    return {
        f"{name} of {problem}": Way(machine(), problem, {"same": same[problem], "offset": 0.0})
        for name, machine in MACHINES.items()
        for problem in same
    }


def tours() -> dict[str, Way]:
    """Every formulation of the salesman; the elastic ring knows maps only, and in one direction."""
    maps = {name: Way(kind(), "tsp", TOUR) for name, kind in TOURS.items()}
    one_way = {
        f"{name}, one-way": Way(kind(), "tsp, one-way", TOUR)
        for name, kind in TOURS.items()
        if name != "elastic"
    }
    return {**maps, **one_way}


FORMULATIONS: dict[str, Way] = {
    **spins(),
    **tours(),
    "potts, one circuit": Way(Potts(steps=100), "tsp", TOUR),
    "qap, one circuit": Way(PottsQAP(steps=100), "qap", EXACT),
    "qap": Way(PottsQAP(), "qap", EXACT),
    "qap, one-way": Way(PottsQAP(), "qap, one-way", EXACT),
    "colouring": Way(AdaptiveColouring(), "colouring", {"offset": 0.0}),
    "colouring, whole": Way(AdaptiveColouring(core=False), "colouring", EXACT),
    "colouring, binary": Way(Binary(), "colouring", EXACT),
    "model": Way(AdaptiveModel(), "model", EXACT),
    **{
        f"{name} of {problem}": Way(form, problem, EXACT)
        for name, form in (("memristive", AdaptiveModel()), ("penalty", Penalty()))
        for problem in ("independent set", "vertex cover", "partition")
        if (name, problem) != ("memristive", "partition")
    },
    "queens": Way(QueensMemristive(), "queens", EXACT),
    "sudoku": Way(SudokuMemristive(), "sudoku", EXACT),
    "maxsat": Way(AdaptiveModel(), "maxsat", EXACT),
    "clauses": Way(AdaptiveClauses(), "satisfiability", EXACT),
    "clauses, one circuit": Way(AdaptiveClauses(others=0), "satisfiability", EXACT),
    "memcomputing": Way(MemcomputingForm(), "satisfiability", EXACT),
    "lagrange": Way(LagrangeOscillators(), "satisfiability", EXACT),
    "satisfaction": Way(GradientFlow(), "satisfiability", EXACT),
    "pairs": Way(PairsFormulation(), "memory", EXACT),
    "pairs, binary": Way(PairsFormulation("pseudo-inverse", units="binary"), "memory", EXACT),
    "pairs, morita": Way(PairsFormulation(amplifier="morita"), "memory", EXACT),
    "two layers": Way(TwoLayers(), "memory", EXACT),
    "two layers, polynomial": Way(TwoLayers("polynomial", degree=4.0), "memory", EXACT),
    "one layer": Way(OneLayer(), "memory", EXACT),
    "one layer, polynomial": Way(OneLayer("polynomial", degree=4.0), "memory", EXACT),
}


def check(name: str, check_formulation: Callable[..., None]) -> None:
    """Run the law on the way `name`, with the valid answers of its problem."""
    way = FORMULATIONS[name]
    problem, answers = PROBLEMS[way.problem]()
    valid = [answer for answer in answers if problem.verify(answer).valid]
    check_formulation(way.formulation, problem, valid, **way.options)
